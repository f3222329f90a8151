// The layout of security_content: detections, and the macros, tables and schedules that they use.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/status.h"
#include "engine/pack/pack_reading.h"
#include "knowledge/conf.h"
#include "knowledge/yaml.h"
#include "value/ascii.h"

namespace spelk::engine {
namespace {

using knowledge::YamlNode;
using knowledge::YamlNodePtr;

// The maps of a file; what is wrong with it is a problem of the pack.
std::vector<YamlNodePtr> MapsOf(std::string_view text, const std::string& file, PackFiles& files) {
  absl::StatusOr<std::vector<YamlNodePtr>> documents = knowledge::ReadYaml(text, file);
  if (!documents.ok()) {
    files.Note(std::string(MessageOf(documents.status())));
    return {};
  }
  std::erase_if(*documents,
                [](const YamlNodePtr& node) { return node->kind != YamlNode::Kind::kMap; });
  if (documents->empty()) files.Note(fmt::format("{}: there are no keys in it", file));
  return std::move(*documents);
}

constexpr std::vector<std::string_view> YamlEndings() { return {".yml", ".yaml"}; }

struct Schedule {
  std::string earliest;
  std::string latest;
};
using Schedules = std::map<std::string, Schedule, std::less<>>;  // By type.

void ReadScheduling(const YamlNode& node, Analytic* analytic) {
  const YamlNode* scheduling = node.Find("scheduling");
  if (scheduling == nullptr) return;
  analytic->earliest = scheduling->Text("earliest_time");
  analytic->latest = scheduling->Text("latest_time");
}

// Files of tests say query, too.
const YamlNode* SearchOf(const YamlNode& node) {
  const YamlNode* search = node.Find("search");
  return search != nullptr ? search : node.Find("query");
}

Analytic OfDetection(const YamlNode& node, const std::string& file) {
  Analytic analytic;
  analytic.name = node.Text("name");
  if (analytic.name.empty()) analytic.name = node.Text("title");
  if (analytic.name.empty()) analytic.name = StemOf(file);
  analytic.id = node.Text("id");
  if (analytic.id.empty()) analytic.id = StemOf(file);
  analytic.file = file;
  analytic.description = Trimmed(node.Text("description"));
  analytic.type = node.Text("type");
  analytic.data = node.Texts("data_source");
  analytic.false_positives = Trimmed(node.Text("known_false_positives"));
  const std::string_view status = node.Text("status");
  analytic.disabled = status == "deprecated" || status == "removed";
  if (const YamlNode* tags = node.Find("tags")) {
    for (const std::string& id : tags->Texts("mitre_attack_id")) {
      AddTechniques(id, &analytic.mitre);
    }
  }
  for (const std::string& id : node.Texts("mitre_attack_id")) AddTechniques(id, &analytic.mitre);
  ReadScheduling(node, &analytic);
  const YamlNode* search = SearchOf(node);
  if (search == nullptr) return analytic;
  analytic.search = search->text;
  analytic.line = search->line;
  if (TrimBlanks(search->text).empty()) {
    analytic.problem =
        search->kind == YamlNode::Kind::kText || search->kind == YamlNode::Kind::kNull
            ? "its search is empty"
            : "its search is no text; begin it with | and indent it";
  }
  return analytic;
}

}  // namespace

namespace {

// The searches of a file of tests: that of all cases, and those of single ones. False if there are
// none.
absl::StatusOr<bool> AddTests(const YamlNode& node, const std::string& file, PackFiles& files) {
  bool any = false;
  if (node.Find("query") != nullptr) {
    any = true;
    SPELK_RETURN_IF_ERROR(files.Add(OfDetection(node, file)));
  }
  for (const std::string_view name : {"cases", "tests"}) {
    const YamlNode* cases = node.Find(name);
    if (cases == nullptr) continue;
    for (const YamlNodePtr& each : cases->items) {
      if (SearchOf(*each) == nullptr) continue;
      any = true;
      SPELK_RETURN_IF_ERROR(files.Add(OfDetection(*each, file)));
    }
  }
  return any;
}

}  // namespace

absl::Status AddDetection(std::string_view text, const std::string& file, PackFiles& files) {
  const bool must_be = files.pack().kind != PackKind::kFolder;
  for (const YamlNodePtr& node : MapsOf(text, file, files)) {
    if (node->Find("search") == nullptr) {
      // Those of a folder are no part of the pack that is in it.
      if (files.pack().kind == PackKind::kFile) {
        SPELK_ASSIGN_OR_RETURN(const bool tests, AddTests(*node, file, files));
        if (tests) continue;
      }
      if (must_be) files.Note(fmt::format("{}: it has no key search", file));
      continue;
    }
    SPELK_RETURN_IF_ERROR(files.Add(OfDetection(*node, file)));
  }
  return absl::OkStatus();
}

absl::Status AddTestSearches(std::string_view text, const std::string& file, PackFiles& files) {
  for (const YamlNodePtr& node : MapsOf(text, file, files)) {
    SPELK_RETURN_IF_ERROR(AddTests(*node, file, files).status());
  }
  return absl::OkStatus();
}

namespace {

void AddYamlMacro(const YamlNode& node, const std::string& file, PackFiles& files) {
  const YamlNode* definition = node.Find("definition");
  const std::string name(node.Text("name"));
  if (name.empty() || definition == nullptr) {
    files.Note(fmt::format("{}: a macro has a name and a definition", file));
    return;
  }
  const std::vector<std::string> arguments = node.Texts("arguments");
  ConfStanza stanza{
      .conf = "macros.conf",
      .name = arguments.empty() ? name : fmt::format("{}({})", name, arguments.size()),
      .settings = {{"definition", definition->text}},
      .file = file,
      .line = definition->line};
  if (!arguments.empty()) {
    stanza.settings.emplace_back("args", fmt::format("{}", fmt::join(arguments, ",")));
  }
  files.pack().stanzas.push_back(std::move(stanza));
}

void AddLookup(const YamlNode& node, const std::string& file, PackFiles& files) {
  constexpr std::string_view kSame[] = {
      "default_match", "min_matches", "max_matches", "case_sensitive_match", "fields_list",
      "filter",        "time_field",  "time_format", "max_offset_secs",      "min_offset_secs"};
  const std::string name(node.Text("name"));
  const std::string_view type = node.Text("lookup_type");
  std::string table(node.Text("filename"));
  // The newer layout leaves the file's name out: it is that of the definition.
  if (table.empty() && type == "csv") table = StemOf(file) + ".csv";
  if (name.empty()) {
    files.Note(fmt::format("{}: a lookup has a name", file));
    return;
  }
  if (type == "mlmodel" || table.ends_with(".mlmodel")) return;  // For apply, which is refused.
  ConfStanza stanza{
      .conf = "transforms.conf", .name = name, .settings = {}, .file = file, .line = node.line};
  const std::string_view collection = node.Text("collection");
  if (!table.empty()) {
    stanza.settings.emplace_back("filename", table);
  } else if (!collection.empty() || type == "kvstore") {
    stanza.settings.emplace_back("external_type", "kvstore");
    stanza.settings.emplace_back("collection", collection.empty() ? name : std::string(collection));
    const std::vector<std::string> fields = node.Texts("fields");
    if (fields.size() > 1) {
      stanza.settings.emplace_back("fields_list", fmt::format("{}", fmt::join(fields, ", ")));
    }
  } else {
    files.Note(fmt::format("{}: a lookup has a filename or a collection", file));
    return;
  }
  for (const std::string_view key : kSame) {
    const std::string_view text = node.Text(key);
    if (!text.empty()) stanza.settings.emplace_back(key, text);
  }
  const std::vector<std::string> matches = node.Texts("match_type");
  if (!matches.empty()) {
    stanza.settings.emplace_back("match_type", fmt::format("{}", fmt::join(matches, ", ")));
  }
  files.pack().stanzas.push_back(std::move(stanza));
}

template <class Take>
void ForEachMap(std::string_view folder, PackFiles& files, const Take& take) {
  for (const std::string& file : files.folder().FilesBelow(folder, YamlEndings())) {
    const std::optional<std::string> text = files.Read(file);
    if (!text) continue;
    const std::string name = files.NameOf(file);
    for (const YamlNodePtr& node : MapsOf(*text, name, files)) take(*node, name);
  }
}

Schedules ReadSchedules(PackFiles& files) {
  Schedules schedules;
  ForEachMap("deployments", files, [&](const YamlNode& node, const std::string&) {
    Analytic times;
    ReadScheduling(node, &times);
    const YamlNode* tags = node.Find("tags");
    const std::string type(tags == nullptr ? node.Text("type") : tags->Text("type"));
    schedules.try_emplace(type, Schedule{times.earliest, times.latest});
  });
  return schedules;
}

// Each detection has a filter that its users may define; those who publish it define it so.
void AddFilters(Pack* pack) {
  constexpr std::string_view kEnd = "_filter`";
  std::set<std::string, std::less<>> known;
  for (const ConfStanza& stanza : pack->stanzas) known.insert(stanza.name);
  for (const Analytic& analytic : pack->analytics) {
    const std::string_view text = analytic.search;
    for (size_t end = text.find(kEnd); end != std::string_view::npos;
         end = text.find(kEnd, end + 1)) {
      const size_t begin = end == 0 ? std::string_view::npos : text.find_last_of('`', end - 1);
      if (begin == std::string_view::npos) continue;
      const std::string name(text.substr(begin + 1, end + kEnd.size() - 2 - begin));
      const bool plain = name.find_first_of(" ()\"\n") == std::string::npos;
      if (!plain || !known.insert(name).second) continue;
      pack->stanzas.push_back({.conf = "macros.conf",
                               .name = name,
                               .settings = {{"definition", "search *"}},
                               .file = analytic.file,
                               .line = analytic.line});
    }
  }
}

}  // namespace

absl::Status ReadDetections(PackFiles& files) {
  Pack& pack = files.pack();
  pack.kind = PackKind::kDetections;
  const Schedules schedules = ReadSchedules(files);
  for (const std::string& file : files.folder().FilesBelow("detections", YamlEndings())) {
    const std::optional<std::string> text = files.Read(file);
    if (text) SPELK_RETURN_IF_ERROR(AddDetection(*text, files.NameOf(file), files));
  }
  for (Analytic& analytic : pack.analytics) {
    const auto schedule = schedules.find(analytic.type);
    if (schedule == schedules.end() || !analytic.earliest.empty()) continue;
    analytic.earliest = schedule->second.earliest;
    analytic.latest = schedule->second.latest;
  }
  ForEachMap("macros", files, [&](const YamlNode& node, const std::string& file) {
    AddYamlMacro(node, file, files);
  });
  ForEachMap("lookups", files,
             [&](const YamlNode& node, const std::string& file) { AddLookup(node, file, files); });
  if (files.folder().HasFolder("lookups")) pack.lookups.push_back(files.NameOf("lookups"));
  AddFilters(&pack);
  return absl::OkStatus();
}

}  // namespace spelk::engine
