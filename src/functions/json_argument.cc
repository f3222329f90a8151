// Values and JSON nodes.
#include "functions/json_argument.h"

#include <algorithm>
#include <cmath>

#include "io/json_text.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

using io::JsonKind;
using io::JsonNode;

JsonNode* FromText(std::string_view text, bool number, Arena& scratch) {
  const size_t first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const bool container = first < text.size() && (text[first] == '{' || text[first] == '[');
  if (container) {
    if (JsonNode* parsed = io::ParseJson(text, scratch)) return parsed;
  }
  return io::NewJsonText(number ? JsonKind::kNumber : JsonKind::kString, text, scratch);
}

// `numeric`: a text that is a number counts as one.
JsonNode* FromOne(const Value& value, bool numeric, Arena& scratch) {
  switch (value.kind()) {
    case ValueKind::kBool: {
      JsonNode* node = io::NewJson(JsonKind::kBool, scratch);
      if (node != nullptr) node->boolean = value.boolean();
      return node;
    }
    case ValueKind::kInteger:
    case ValueKind::kDouble: {
      char buffer[kNumberText];
      const bool finite = value.is_integer() || std::isfinite(value.number());
      return io::NewJsonText(finite ? JsonKind::kNumber : JsonKind::kString,
                             scratch.Copy(TextOf(value, buffer)), scratch);
    }
    case ValueKind::kText:
      return FromText(
          value.text(),
          (numeric || value.json_type() == JsonType::kNumber) && io::IsJsonNumber(value.text()),
          scratch);
    case ValueKind::kNull:
    case ValueKind::kMulti:
      break;
  }
  return io::NewJson(JsonKind::kNull, scratch);
}

}  // namespace

JsonNode* JsonFrom(plan::Call& call, std::span<const Value> arguments, size_t index) {
  const Value& value = arguments[index];
  if (!value.is_multi()) {
    return FromOne(value, call.type(index) != plan::Type::kString, call.scratch());
  }
  JsonNode* array = io::NewJson(JsonKind::kArray, call.scratch());
  if (array == nullptr) return nullptr;
  for (const Value& each : value.each()) {
    io::AddChild(*array, FromOne(each, false, call.scratch()));
  }
  return array;
}

JsonNode* ParsedArgument(plan::Call& call, const Value& value) {
  if (value.is_bool()) return FromOne(value, false, call.scratch());
  if (value.is_null() || value.is_multi()) return nullptr;
  return io::ParseJson(call.TextOf(value), call.scratch());
}

Value Printed(plan::Call& call, const JsonNode* node) {
  if (node == nullptr) return Value::Null();
  ArenaText out(call.arena());
  io::PrintJson(*node, out);
  const bool literal = node->kind == JsonKind::kNull || node->kind == JsonKind::kBool;
  const JsonType type = node->kind == JsonKind::kNumber ? JsonType::kNumber
                        : literal                       ? JsonType::kLiteral
                                                        : JsonType::kString;
  return Value::Text(out.FinishText(), type);
}

void AddShared(JsonNode* container, const JsonNode* node, Arena& arena) {
  JsonNode* shared = io::NewJson(JsonKind::kNull, arena);
  if (container == nullptr || shared == nullptr) return;
  if (node != nullptr) *shared = *node;
  io::AddChild(*container, shared);
}

}  // namespace spelk::functions
