// Packs as JSON: objects with a search each, and STIX bundles of ATT&CK.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "engine/pack/pack_reading.h"
#include "io/json_value.h"
#include "io/terminal_text.h"
#include "knowledge/conf.h"
#include "value/ascii.h"
#include "value/utf8.h"

namespace spelk::engine {
namespace {

using io::JsonKind;
using io::JsonNode;

constexpr size_t kMostMemory = size_t{1} << 30U;  // Of the tree of one file.

std::string TextMember(const JsonNode& node, std::string_view key) {
  const JsonNode* member = FindMember(node, key);
  if (member == nullptr) return "";
  const bool text = member->kind == JsonKind::kString || member->kind == JsonKind::kNumber;
  return text ? std::string(member->text) : "";
}

// The first of the members that has a text.
std::string FirstMember(const JsonNode& node, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    std::string text = TextMember(node, key);
    if (!text.empty()) return text;
  }
  return "";
}

// Of a member that is a list of texts, or one text.
std::vector<std::string> TextMembers(const JsonNode& node, std::string_view key) {
  std::vector<std::string> texts;
  const JsonNode* member = FindMember(node, key);
  if (member == nullptr) return texts;
  if (member->kind == JsonKind::kString) texts.emplace_back(member->text);
  if (member->kind != JsonKind::kArray) return texts;
  for (const JsonNode* each = member->first; each != nullptr; each = each->next) {
    if (each->kind == JsonKind::kString) texts.emplace_back(each->text);
  }
  return texts;
}

// ---------------------------------------------------------------- objects

bool AddJsonMacro(const JsonNode& node, const std::string& file, size_t line, PackFiles& files) {
  const JsonNode* definition = FindMember(node, "definition");
  const std::string name = TextMember(node, "name");
  if (definition == nullptr || definition->kind != JsonKind::kString || name.empty()) return false;
  const std::vector<std::string> arguments = TextMembers(node, "arguments");
  ConfStanza stanza{
      .conf = "macros.conf",
      .name = arguments.empty() ? name : fmt::format("{}({})", name, arguments.size()),
      .settings = {{"definition", std::string(definition->text)}},
      .file = file,
      .line = line};
  if (!arguments.empty()) {
    stanza.settings.emplace_back("args", fmt::format("{}", fmt::join(arguments, ",")));
  }
  files.pack().stanzas.push_back(std::move(stanza));
  return true;
}

absl::Status AddObject(const JsonNode& node, const std::string& file, size_t line,
                       PackFiles& files) {
  Analytic analytic;
  analytic.search = FirstMember(node, {"search", "query", "qualifiedSearch"});
  if (analytic.search.empty()) {
    if (AddJsonMacro(node, file, line, files)) return absl::OkStatus();
    files.Note(
        fmt::format("{}:{}: neither \"search\" nor \"query\" is there as a text", file, line));
    return absl::OkStatus();
  }
  const size_t number = files.pack().analytics.size() + 1;
  analytic.id = FirstMember(node, {"id", "uuid", "rule_id"});
  analytic.name = FirstMember(node, {"name", "title"});
  if (analytic.id.empty()) {
    analytic.id = analytic.name.empty() ? std::to_string(number) : analytic.name;
  }
  if (analytic.name.empty()) analytic.name = analytic.id;
  analytic.description = TextMember(node, "description");
  analytic.type = TextMember(node, "type");
  analytic.data = TextMembers(node, "data_source");
  if (analytic.data.empty()) analytic.data = TextMembers(node, "data");
  analytic.false_positives = FirstMember(node, {"known_false_positives", "false_positives"});
  for (const std::string_view key :
       {"mitre", "mitre_attack_id", "mitre_attack", "technique", "techniques", "attack", "tags"}) {
    for (const std::string& text : TextMembers(node, key)) {
      std::string upper = text;  // attack.t1047, as Sigma tags it.
      for (char& c : upper) c = c == 't' ? 'T' : c;
      AddTechniques(upper, &analytic.mitre);
    }
  }
  analytic.earliest = FirstMember(node, {"earliest", "dispatch.earliest_time"});
  analytic.latest = FirstMember(node, {"latest", "dispatch.latest_time"});
  analytic.file = file;
  analytic.line = line;
  return files.Add(std::move(analytic));
}

// ---------------------------------------------------------------- STIX

// &lt; and its like.
std::string WithoutEntities(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {{"&lt;", '<'},    {"&gt;", '>'},
                                                             {"&quot;", '"'},  {"&#39;", '\''},
                                                             {"&apos;", '\''}, {"&amp;", '&'}};
  std::string out;
  while (!text.empty()) {
    const auto* found =
        std::find_if(std::begin(kEntities), std::end(kEntities),
                     [text](const auto& entity) { return text.starts_with(entity.first); });
    const bool entity = found != std::end(kEntities);
    out += entity ? found->second : text.front();
    text.remove_prefix(entity ? found->first.size() : 1);
  }
  return out;
}

// "Analytic 1 - Creation through WMI", the last line before a block that says so; empty if none
// does.
std::string TitleIn(std::string_view before) {
  const size_t at = before.rfind("Analytic");
  if (at == std::string_view::npos) return "";
  std::string_view title = before.substr(at);
  title = title.substr(0, title.find('\n'));
  std::string text = Trimmed(title);
  while (!text.empty() && (text.back() == '*' || text.back() == ':')) text.pop_back();
  return text;
}

// Words that are marked as code in a sentence are none.
bool LooksLikeSearch(std::string_view text) {
  return text.find('=') != std::string_view::npos &&
         text.find_first_of("|\"(") != std::string_view::npos;
}

class Bundle {
 public:
  Bundle(const JsonNode& objects, const std::string& file, PackFiles& files)
      : objects_(objects), file_(file), files_(files) {}

  absl::Status Read() {
    for (const JsonNode* object = objects_.first; object != nullptr; object = object->next) {
      by_id_.emplace(TextMember(*object, "id"), object);
    }
    for (const JsonNode* object = objects_.first; object != nullptr; object = object->next) {
      const std::string type = TextMember(*object, "type");
      if (IsGone(*object)) continue;
      if (type == "relationship" && TextMember(*object, "relationship_type") == "detects") {
        SPELK_RETURN_IF_ERROR(AddBlocks(TextMember(*object, "description"),
                                        Find(TextMember(*object, "target_ref")),
                                        Find(TextMember(*object, "source_ref"))));
      } else if (type == "attack-pattern") {
        SPELK_RETURN_IF_ERROR(AddBlocks(TextMember(*object, "x_mitre_detection"), object, nullptr));
      } else if (type == "x-mitre-analytic") {
        SPELK_RETURN_IF_ERROR(AddBlocks(TextMember(*object, "description"), nullptr, object));
      }
    }
    return absl::OkStatus();
  }

 private:
  static bool IsGone(const JsonNode& object) {
    for (const std::string_view key : {"revoked", "x_mitre_deprecated"}) {
      const JsonNode* flag = FindMember(object, key);
      if (flag != nullptr && flag->kind == JsonKind::kBool && flag->boolean) return true;
    }
    return false;
  }

  const JsonNode* Find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  static std::string AttackId(const JsonNode* object) {
    const JsonNode* references =
        object == nullptr ? nullptr : FindMember(*object, "external_references");
    if (references == nullptr) return "";
    for (const JsonNode* each = references->first; each != nullptr; each = each->next) {
      if (TextMember(*each, "source_name") == "mitre-attack")
        return TextMember(*each, "external_id");
    }
    return "";
  }

  // Each <code> block that holds a search.
  absl::Status AddBlocks(std::string_view text, const JsonNode* technique, const JsonNode* source) {
    constexpr std::string_view kBegin = "<code>";
    constexpr std::string_view kEnd = "</code>";
    const std::string id = AttackId(technique);
    const std::string component = source == nullptr ? "" : TextMember(*source, "name");
    size_t at = 0;
    for (size_t number = 1;;) {
      const size_t begin = text.find(kBegin, at);
      const size_t end = begin == std::string_view::npos ? begin : text.find(kEnd, begin);
      if (end == std::string_view::npos) return absl::OkStatus();
      const std::string title = TitleIn(text.substr(at, begin - at));
      const std::string search = WithoutEntities(
          TrimBlanks(text.substr(begin + kBegin.size(), end - begin - kBegin.size())));
      at = end + kEnd.size();
      if (search.empty() || (title.empty() && !LooksLikeSearch(search))) continue;
      Analytic analytic;
      analytic.search = search;
      analytic.name = title.empty() ? fmt::format("Analytic {}", number) : title;
      const std::string place = fmt::format("{}{}{}", id, component.empty() ? "" : "/", component);
      analytic.id = fmt::format("{}/{}", place, number++);
      if (source != nullptr && id.empty()) AddTechniques(component, &analytic.mitre);
      AddTechniques(id, &analytic.mitre);
      if (!component.empty()) analytic.data.push_back(component);
      analytic.description = Trimmed(text.substr(0, text.find("Analytic")));
      analytic.file = file_;
      analytic.line = 0;
      SPELK_RETURN_IF_ERROR(files_.Add(std::move(analytic)));
    }
  }

  const JsonNode& objects_;
  const std::string& file_;
  PackFiles& files_;
  std::map<std::string, const JsonNode*> by_id_;
};

// One document: a bundle, or an array of objects. False if it is neither.
absl::StatusOr<bool> ReadDocument(std::string_view text, const std::string& file,
                                  PackFiles& files) {
  MemoryBudget budget(kMostMemory);
  Arena arena(&budget);
  const JsonNode* root = io::ParseJson(text, arena);
  SPELK_RETURN_IF_ERROR(arena.status(file));
  if (root == nullptr) return false;
  if (root->kind == JsonKind::kArray) {
    for (const JsonNode* each = root->first; each != nullptr; each = each->next) {
      SPELK_RETURN_IF_ERROR(AddObject(*each, file, 0, files));
    }
    return true;
  }
  const JsonNode* objects = FindMember(*root, "objects");
  if (TextMember(*root, "type") != "bundle" || objects == nullptr) return false;
  files.pack().kind = PackKind::kStix;
  SPELK_RETURN_IF_ERROR(Bundle(*objects, file, files).Read());
  return true;
}

}  // namespace

absl::Status ReadJsonPack(std::string_view text, const std::string& file, PackFiles& files) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  // A first line that is an object by itself begins JSON lines.
  const std::string_view whole = TrimBlanks(text);
  const std::string_view first = TrimBlanks(whole.substr(0, whole.find('\n')));
  if (!first.ends_with('}') || first.size() == whole.size()) {
    SPELK_ASSIGN_OR_RETURN(const bool read, ReadDocument(text, file, files));
    if (read) return absl::OkStatus();
  }
  size_t line = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view object = TrimBlanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
    if (object.empty()) continue;
    MemoryBudget budget(kMostMemory);
    Arena arena(&budget);
    const JsonNode* node = io::ParseJson(object, arena);
    SPELK_RETURN_IF_ERROR(arena.status(file));
    if (node == nullptr || node->kind != JsonKind::kObject) {
      constexpr size_t kMostProblems = 20;
      if (files.pack().problems.size() < kMostProblems) {
        files.Note(fmt::format("{}:{}: this line is no JSON object", file, line));
      }
      continue;
    }
    SPELK_RETURN_IF_ERROR(AddObject(*node, file, line, files));
  }
  return absl::OkStatus();
}

}  // namespace spelk::engine
