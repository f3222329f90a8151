// Recursion is bounded by the length of a path.
#include "functions/json_edit.h"

#include <algorithm>
#include <span>

namespace spelk::functions {
namespace {

using io::JsonKind;
using io::JsonNode;
using io::PathStep;
using Steps = std::span<const PathStep>;

bool IsKey(const PathStep& step) { return step.kind == PathStep::Kind::kKey; }

void ReplaceByCopy(JsonNode& node, const JsonNode& value, Arena& arena) {
  if (const JsonNode* copy = io::CopyJson(value, arena)) io::Replace(node, *copy);
}

// The member of that name, made if it is missing and all that follows it can be made too.
JsonNode* MemberFor(JsonNode& object, Steps steps, Arena& arena) {
  if (object.kind != JsonKind::kObject) return nullptr;
  if (JsonNode* member = io::FindMember(object, steps.front().name)) return member;
  if (!std::all_of(steps.begin(), steps.end(), &IsKey)) return nullptr;
  JsonNode* member = io::NewJson(JsonKind::kObject, arena);
  if (member == nullptr) return nullptr;
  member->key = arena.Copy(steps.front().name);
  io::AddChild(object, member);
  return member;
}

void Set(JsonNode& node, Steps steps, const JsonNode& value, Arena& arena) {
  if (steps.empty()) {
    ReplaceByCopy(node, value, arena);
    return;
  }
  if (IsKey(steps.front())) {
    JsonNode* member = MemberFor(node, steps, arena);
    if (member != nullptr) Set(*member, steps.subspan(1), value, arena);
    return;
  }
  if (node.kind != JsonKind::kArray) return;
  const bool every = steps.front().kind == PathStep::Kind::kEvery;
  const bool one = steps.front().kind == PathStep::Kind::kIndex;
  size_t index = 0;
  for (JsonNode* child = node.first; child != nullptr; child = child->next) {
    if (every || (one && index == steps.front().index)) {
      Set(*child, steps.subspan(1), value, arena);
    }
    ++index;
  }
}

void RemoveMembers(JsonNode& object, std::string_view key) {
  JsonNode* child = object.first;
  object.first = object.last = nullptr;
  while (child != nullptr) {
    JsonNode* next = child->next;
    if (child->key != key) io::AddChild(object, child);
    child = next;
  }
}

}  // namespace

void SetJson(JsonNode& root, const io::LocationPath& path, const JsonNode& value, Arena& arena) {
  if (path.leads_somewhere()) Set(root, path.steps(), value, arena);
}

void AppendJson(JsonNode& root, const io::LocationPath& path, const JsonNode& value, bool flatten,
                Arena& arena) {
  ArenaBuilder<JsonNode*> found(arena);
  io::FindJson(root, path, found);
  for (JsonNode* node : found.Finish()) {
    if (node->kind != JsonKind::kArray) {
      JsonNode* array = io::NewJson(JsonKind::kArray, arena);
      JsonNode* element = io::NewJson(node->kind, arena);
      if (array == nullptr || element == nullptr) return;
      *element = *node;
      io::AddChild(*array, element);
      io::Replace(*node, *array);
    }
    if (!flatten || value.kind != JsonKind::kArray) {
      io::AddChild(*node, io::CopyJson(value, arena));
      continue;
    }
    for (const JsonNode* child = value.first; child != nullptr; child = child->next) {
      io::AddChild(*node, io::CopyJson(*child, arena));
    }
  }
}

void DeleteJson(JsonNode& root, const io::LocationPath& path) {
  const Steps steps = path.steps();
  if (steps.empty() || !path.leads_somewhere()) return;
  if (!std::all_of(steps.begin(), steps.end(), &IsKey)) return;
  JsonNode* node = &root;
  for (const PathStep& step : steps.first(steps.size() - 1)) {
    node = io::FindMember(*node, step.name);
    if (node == nullptr) return;
  }
  if (node->kind == JsonKind::kObject) RemoveMembers(*node, steps.back().name);
}

}  // namespace spelk::functions
