// Parsing of location paths, and following them through JSON.
#include "io/json_path.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "io/json_text.h"
#include "io/xml_path.h"

namespace spelk::io {
namespace {

using Kind = PathStep::Kind;

// What stands between braces; nothing if it is no step.
std::optional<PathStep> ParseBraces(std::string_view inside) {
  if (inside.empty() || inside == "*") return PathStep{Kind::kEvery, {}, 0};
  if (inside.front() == '@') return PathStep{Kind::kAttribute, std::string(inside.substr(1)), 0};
  size_t index = 0;
  const char* const end = inside.data() + inside.size();
  const auto [stop, error] = std::from_chars(inside.data(), end, index);
  if (stop != end || error != std::errc()) return std::nullopt;
  return PathStep{Kind::kIndex, {}, index};
}

void Follow(JsonNode& node, const std::vector<PathStep>& steps, size_t step,
            ArenaBuilder<JsonNode*>& found) {
  if (step == steps.size()) {
    found.Add(&node);
    return;
  }
  switch (steps[step].kind) {
    case Kind::kKey:
      if (JsonNode* member = FindMember(node, steps[step].name)) {
        Follow(*member, steps, step + 1, found);
      }
      return;
    case Kind::kEvery:
    case Kind::kIndex: {
      if (node.kind != JsonKind::kArray) return;
      size_t index = 0;
      for (JsonNode* child = node.first; child != nullptr; child = child->next) {
        if (steps[step].kind == Kind::kEvery || index++ == steps[step].index) {
          Follow(*child, steps, step + 1, found);
        }
      }
      return;
    }
    case Kind::kAttribute:
      return;
  }
}

// A node as spath shows it.
Value Shown(const JsonNode& node, Arena& arena) {
  if (node.kind == JsonKind::kNull) return Value::Text("null", JsonType::kLiteral);
  if (node.is_container()) return Value::Text(arena.Copy(node.text));
  return JsonToValue(node, arena);
}

}  // namespace

LocationPath::LocationPath(std::string_view text) {
  std::string key;
  bool has_key = false;  // A key began, even if nothing of it was read yet.
  const auto end_key = [&] {
    if (has_key) steps_.push_back({Kind::kKey, std::move(key), 0});
    key.clear();
    has_key = false;
  };
  for (size_t at = 0; at < text.size() && !too_long_; ++at) {
    const size_t close = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
    std::optional<PathStep> braces;
    if (close != std::string_view::npos) braces = ParseBraces(text.substr(at + 1, close - at - 1));
    if (braces) {
      if (!key.empty()) end_key();
      has_key = false;
      steps_.push_back(*std::move(braces));
      at = close;
    } else if (text[at] == '.') {
      const bool follows_braces = at > 0 && text[at - 1] == '}' && !has_key;
      if (!follows_braces) has_key = true;
      end_key();
      has_key = true;
    } else {
      key += text[at];
      has_key = true;
    }
    too_long_ = steps_.size() > kMaxJsonDepth;
  }
  end_key();
  too_long_ = steps_.size() > kMaxJsonDepth;
}

void FindJson(JsonNode& root, const LocationPath& path, ArenaBuilder<JsonNode*>& found) {
  if (path.leads_somewhere()) Follow(root, path.steps(), 0, found);
}

Value ValueAtPath(std::string_view text, const LocationPath& path, Arena& scratch, Arena& arena) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  if (text.substr(begin).starts_with('<')) return XmlAtPath(text, path, arena);
  JsonNode* root = ParseJson(text, scratch);
  if (root == nullptr) return Value::Null();
  ArenaBuilder<JsonNode*> found(scratch);
  FindJson(*root, path, found);
  const std::span<JsonNode*> nodes = found.items();
  auto* values = arena.AllocateArray<Value>(nodes.size());
  if (values == nullptr) return Value::Null();
  std::transform(nodes.begin(), nodes.end(), values,
                 [&](const JsonNode* node) { return Shown(*node, arena); });
  return Value::Multi({values, nodes.size()});
}

}  // namespace spelk::io
