// Finding apps and packs, and reading the fields of feeds.
#include "cli/lsp/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "cli/home.h"
#include "spelk/pack.h"

namespace spelk::cli::lsp {
namespace {

namespace fs = std::filesystem;

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
  if (json["lint"] && !json["lint"].is_null()) lint = json["lint"].is_true();
  if (json["findApps"] && !json["findApps"].is_null()) find_apps = json["findApps"].is_true();
  for (const std::string& name : json.Names()) {
    constexpr std::string_view kKnown[] = {"apps",    "lookups",     "macros",   "data",
                                           "builtin", "emptyTables", "findApps", "lint"};
    if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
      unknown->push_back(name);
    }
  }
}

void Workspace::Forget() {
  engines_.clear();
  homes_.clear();
  lint_options_.clear();
  read_feed_ = false;
}

bool Workspace::IsRoot(std::string_view folder) const {
  return std::find(roots_.begin(), roots_.end(), folder) != roots_.end();
}

// The folder of the app or pack around a file; empty if there is none.
std::string Workspace::HomeOf(const std::string& path) const {
  if (!settings_.find_apps || !path.starts_with('/')) return "";
  // What the editor has not opened is not looked at.
  return cli::HomeOf(fs::path(path).parent_path().string(),
                     [this](const std::string& folder) { return IsRoot(folder); });
}

const Engine& Workspace::EngineFor(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const auto [home, is_new] = homes_.try_emplace(folder);
  if (is_new) home->second = HomeOf(path);
  std::unique_ptr<Engine>& engine = engines_[home->second];
  if (engine != nullptr) return *engine;
  EngineOptions options = settings_.engine;
  if (!home->second.empty() && IsPackFolder(home->second)) {
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
    feed_ = nullptr;
    if (!settings_.data.empty()) ReadFeed();
  }
  return options_;
}

// Of a large feed the first events tell of most fields, but not that a field is in none.
void Workspace::ReadFeed() {
  constexpr uint64_t kMostBytes = uint64_t{64} << 20U;
  uint64_t bytes = 0;
  for (const std::string& path : settings_.data) {
    std::error_code error;
    const uint64_t size = fs::file_size(path, error);
    bytes += error ? kMostBytes : size;  // A folder, a glob.
  }
  EngineOptions engine_options;
  engine_options.builtin = settings_.engine.builtin;
  const Engine engine(engine_options);
  RunOptions run;
  run.order = EventOrder::kInput;
  LintFeed feed;
  if (bytes < kMostBytes) {
    Result<LintFeed> read = ReadLintFeed(engine, Files(settings_.data), run);
    if (!read.ok()) {
      problems_.push_back(read.error().message());
      return;
    }
    feed = std::move(*read);
    feed.name = settings_.data.front();
    feed_ = std::make_shared<const LintFeed>(feed);
  } else {
    const Result<Query> query =
        engine.Compile("head 20000 | fieldsummary maxvals=1 | table field count");
    if (!query.ok()) return;
    const auto take = [&](const RowBatch& rows) {
      for (size_t row = 0; row < rows.rows(); ++row) {
        feed.fields[rows.at(row, rows.FindColumn("field")).text()] =
            static_cast<uint64_t>(rows.at(row, rows.FindColumn("count")).number());
      }
      return Flow::kMore;
    };
    const Result<Summary> done = query->Run(Files(settings_.data), run, take);
    if (!done.ok()) problems_.push_back(done.error().message());
  }
  for (const auto& [name, count] : feed.fields) {
    options_.fields.push_back(
        {name, fmt::format("in {} event{} of the feed", count, count == 1 ? "" : "s")});
  }
}

std::string Workspace::LintConfigOf(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  while (folder.has_relative_path()) {
    for (const char* name : {".spelk-lint.yaml", ".spelk-lint.yml"}) {
      if (IsFile(folder / name)) return (folder / name).string();
    }
    folder = folder.parent_path();
  }
  return "";
}

const LintOptions& Workspace::LintOptionsFor(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  const auto [found, is_new] = lint_options_.try_emplace(folder);
  if (!is_new) return found->second;
  options();  // Reads the feed.
  LintOptions& made = found->second;
  made.feed = feed_;
  const std::string file = LintConfigOf(path);
  if (file.empty()) return made;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  Result<LintConfig> config = ReadLintConfig(text.str(), file);
  if (config.ok()) {
    made.config = std::move(*config);
  } else {
    problems_.push_back(config.error().message());
  }
  return made;
}

}  // namespace spelk::cli::lsp
