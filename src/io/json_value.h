// JsonNode: a JSON text as a tree that can be changed and printed again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena_builder.h"
#include "value/value.h"

namespace spelk::io {

enum class JsonKind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

// A node of a tree; lives in an arena with all that it points to. The order of members and the text
// of numbers are kept.
struct JsonNode {
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;
  // Of a number its text, of a string the text it stands for, of a parsed array or object the text
  // that it was parsed from, blanks and all.
  std::string_view text;
  std::string_view key;  // Its name in the object that holds it.
  JsonNode* first = nullptr;
  JsonNode* last = nullptr;
  JsonNode* next = nullptr;  // In the array or object that holds it.

  bool is_container() const { return kind == JsonKind::kArray || kind == JsonKind::kObject; }
};

// Reads one whole JSON text (RFC 8259), blanks around it left out. Null if it is none, if it nests
// deeper than kMaxJsonDepth, and if the arena is exhausted. Texts without escapes are views into
// `text`.
JsonNode* ParseJson(std::string_view text, Arena& arena);

// These answer null when the arena is exhausted.
JsonNode* NewJson(JsonKind kind, Arena& arena);
JsonNode* NewJsonText(JsonKind kind, std::string_view text, Arena& arena);
JsonNode* CopyJson(const JsonNode& node, Arena& arena);

// Puts a node that nothing else holds at the end. Ignores a null child.
void AddChild(JsonNode& parent, JsonNode* child);
// The first member of that name; null if there is none or the node is no object.
JsonNode* FindMember(const JsonNode& node, std::string_view key);
// Makes a node what another one is; its own key and place stay.
void Replace(JsonNode& node, const JsonNode& by);

// Without blanks: {"a":1,"b":[1,2]}
void PrintJson(const JsonNode& node, ArenaText& out);
// As a value of SPL: null is null, true and false the texts, an array or object its compact text.
// Texts are copied into the arena.
Value JsonToValue(const JsonNode& node, Arena& arena);

}  // namespace spelk::io
