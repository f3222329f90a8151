// Finding apps and packs, and reading the fields of feeds.
#include "cli/lsp/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "spelk/pack.h"

namespace spelk::cli::lsp {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// A tree of detections, as security_content has it.
bool IsPack(const fs::path& folder) {
  return IsFolder(folder / "detections") &&
         (IsFolder(folder / "macros") || IsFolder(folder / "lookups"));
}

bool IsApp(const fs::path& folder) {
  for (const char* layer : {"default", "local"}) {
    for (const char* name : {"app.conf", "macros.conf", "savedsearches.conf", "props.conf",
                             "transforms.conf", "eventtypes.conf"}) {
      if (IsFile(folder / layer / name)) return true;
    }
  }
  return false;
}

}  // namespace

void Settings::Read(const Json& json, std::vector<std::string>* unknown) {
  const auto texts = [&](std::string_view name, std::vector<std::string>* to) {
    if (json[name].is_array()) *to = json[name].Texts();
  };
  texts("apps", &engine.apps);
  texts("lookups", &engine.lookups);
  texts("macros", &engine.macros);
  texts("data", &data);
  if (json["builtin"] && !json["builtin"].is_null()) engine.builtin = json["builtin"].is_true();
  if (json["emptyTables"]) engine.empty_tables = json["emptyTables"].is_true();
  if (json["findApps"] && !json["findApps"].is_null()) find_apps = json["findApps"].is_true();
  for (const std::string& name : json.Names()) {
    constexpr std::string_view kKnown[] = {"apps",    "lookups",     "macros",  "data",
                                           "builtin", "emptyTables", "findApps"};
    if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
      unknown->push_back(name);
    }
  }
}

void Workspace::Forget() {
  engines_.clear();
  homes_.clear();
  read_feed_ = false;
}

bool Workspace::IsRoot(std::string_view folder) const {
  return std::find(roots_.begin(), roots_.end(), folder) != roots_.end();
}

// The folder of the app or pack around a file; empty if there is none.
std::string Workspace::HomeOf(const std::string& path) const {
  constexpr int kMostUp = 8;
  if (!settings_.find_apps || !path.starts_with('/')) return "";
  fs::path folder = fs::path(path).parent_path();
  for (int i = 0; i < kMostUp && folder.has_relative_path(); ++i) {
    if (IsPack(folder) || IsApp(folder)) return folder.string();
    if (IsRoot(folder.string())) break;  // What the editor has not opened is not looked at.
    folder = folder.parent_path();
  }
  return "";
}

const Engine& Workspace::EngineFor(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const auto [home, is_new] = homes_.try_emplace(folder);
  if (is_new) home->second = HomeOf(path);
  std::unique_ptr<Engine>& engine = engines_[home->second];
  if (engine != nullptr) return *engine;
  EngineOptions options = settings_.engine;
  if (!home->second.empty() && IsPack(home->second)) {
    const Result<Pack> pack = ReadPack(home->second);
    if (pack.ok()) {
      AddPack(*pack, &options);
      for (const std::string& problem : pack->problems) problems_.push_back(problem);
    } else {
      problems_.push_back(pack.error().message());
    }
  } else if (!home->second.empty()) {
    options.apps.insert(options.apps.begin(), home->second);
  }
  engine = std::make_unique<Engine>(options);
  const Result<AppReport> apps = engine->Apps();
  if (!apps.ok()) {
    // Better without its apps than without anything.
    problems_.push_back(apps.error().message());
    EngineOptions plain;
    plain.builtin = options.builtin;
    engine = std::make_unique<Engine>(plain);
  } else {
    problems_.insert(problems_.end(), apps->problems.begin(), apps->problems.end());
  }
  return *engine;
}

const AssistOptions& Workspace::options() {
  if (!read_feed_) {
    read_feed_ = true;
    options_.fields.clear();
    if (!settings_.data.empty()) {
      EngineOptions options;
      options.builtin = settings_.engine.builtin;
      ReadFeed(Engine(options));
    }
  }
  return options_;
}

// The first events tell of most fields.
void Workspace::ReadFeed(const Engine& engine) {
  constexpr std::string_view kSearch = "head 20000 | fieldsummary maxvals=1 | table field count";
  const Result<Query> query = engine.Compile(kSearch);
  if (!query.ok()) return;
  RunOptions run;
  run.order = EventOrder::kInput;
  const auto take = [&](const RowBatch& rows) {
    const size_t name = rows.FindColumn("field");
    const size_t count = rows.FindColumn("count");
    for (size_t row = 0; row < rows.rows(); ++row) {
      options_.fields.push_back(
          {std::string(rows.at(row, name).text()),
           fmt::format("in {} of the first events", rows.at(row, count).text())});
    }
    return Flow::kMore;
  };
  const Result<Summary> done = query->Run(Files(settings_.data), run, take);
  if (!done.ok()) problems_.push_back(done.error().message());
}

}  // namespace spelk::cli::lsp
