// JSON arrays and objects as types: isarray, isobject, toarray, tomv, toobject.
#include "base/arena_builder.h"
#include "functions/entry.h"
#include "io/json_value.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kToJsonTypePage = "Conversion functions";
constexpr std::string_view kJsonTypePage = "Informational functions";

// A text of JSON with that kind at its top, or null.
io::JsonNode* Parse(Call& call, const Value& value, io::JsonKind kind) {
  if (!value.is_text()) return nullptr;
  io::JsonNode* node = io::ParseJson(value.text(), call.scratch());
  return node != nullptr && node->kind == kind ? node : nullptr;
}

template <io::JsonKind kKind>
Value IsKind(Call& call, std::span<const Value> values) {
  return Value::Bool(Parse(call, values[0], kKind) != nullptr);
}

Value PrintedNode(const io::JsonNode& node, Call& call) {
  ArenaText text(call.arena());
  io::PrintJson(node, text);
  return Value::Text(text.FinishText());
}

// Each value is what it looks like as JSON, else a string.
Value ArrayOf(std::span<const Value> values, Call& call) {
  io::JsonNode* array = io::NewJson(io::JsonKind::kArray, call.scratch());
  if (array == nullptr) return Value::Null();
  for (const Value& value : values) {
    const std::string_view text = call.TextOf(value);
    io::JsonNode* node = io::ParseJson(text, call.scratch());
    if (node == nullptr) node = io::NewJsonText(io::JsonKind::kString, text, call.scratch());
    io::AddChild(*array, node);
  }
  return PrintedNode(*array, call);
}

Value ToArray(Call& call, std::span<const Value> values) {
  if (values[0].is_multi()) return ArrayOf(values[0].each(), call);
  const io::JsonNode* array = Parse(call, values[0], io::JsonKind::kArray);
  return array == nullptr ? Value::Null() : PrintedNode(*array, call);
}

Value ToObject(Call& call, std::span<const Value> values) {
  const io::JsonNode* object = Parse(call, values[0], io::JsonKind::kObject);
  return object == nullptr ? Value::Null() : PrintedNode(*object, call);
}

Value ToMv(Call& call, std::span<const Value> values) {
  if (values[0].is_multi()) return values[0];
  const io::JsonNode* array = Parse(call, values[0], io::JsonKind::kArray);
  if (array == nullptr) return Value::Null();
  size_t count = 0;
  for (const io::JsonNode* node = array->first; node != nullptr; node = node->next) ++count;
  auto* elements = call.arena().AllocateArray<Value>(count);
  if (elements == nullptr) return Value::Null();
  size_t i = 0;
  for (const io::JsonNode* node = array->first; node != nullptr; node = node->next) {
    elements[i++] = PrintedNode(*node, call);
  }
  return Value::Multi({elements, count});
}

constexpr Example kIsArrayExamples[] = {{.title = "Text that is a JSON array",
                                         .input = R"({"j":"[1, 2]"} {"j":"1"})",
                                         .query = R"(eval r=if(isarray(j), "yes", "no") | table r)",
                                         .output = R"({"r":"yes"} {"r":"no"})"}};
constexpr Example kIsObjectExamples[] = {
    {.title = "Text that is a JSON object",
     .input = R"({"j":"{\"a\": 1}"} {"j":"{a: 1}"})",
     .query = R"(eval r=if(isobject(j), "yes", "no") | table r)",
     .output = R"({"r":"yes"} {"r":"no"})"}};
constexpr Example kToArrayExamples[] = {{.title = "Values become what they look like",
                                         .input = R"({"tags":["a","2","true"]})",
                                         .query = "eval r=toarray('tags{}') | table r",
                                         .output = R"({"r":"[\"a\",2,true]"})"}};
constexpr Example kToMvExamples[] = {{.title = "Elements become values, strings with their quotes",
                                      .input = R"({"j":"[\"a\", 2, [3]]"})",
                                      .query = "eval r=tomv(j) | table r",
                                      .output = R"({"r":["\"a\"","2","[3]"]})"}};
constexpr Example kToObjectExamples[] = {
    {.title = "Printed without blanks; what is no object gives null",
     .input = R"({"j":"{ \"a\": 1 }"} {"j":"[1]"})",
     .query = "eval r=toobject(j) | table r",
     .output = R"({"r":"{\"a\":1}"} {})"}};

constexpr FunctionEntry Test(std::string_view name, std::string_view signature,
                             std::string_view summary, Value (*call)(Call&, std::span<const Value>),
                             std::span<const Example> examples) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kJsonTypePage,
          .arity = {1, 1},
          .result = Type::kBoolean,
          .nulls = Nulls::kSee,
          .multi = Multi::kWhole,
          .call = call,
          .examples = examples};
}

constexpr FunctionEntry Conversion(std::string_view name, std::string_view signature,
                                   std::string_view summary, Type result,
                                   Value (*call)(Call&, std::span<const Value>),
                                   std::span<const Example> examples) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kToJsonTypePage,
          .arity = {1, 1},
          .result = result,
          .multi = Multi::kWhole,
          .call = call,
          .examples = examples};
}

constexpr FunctionEntry kJsonTypesTable[] = {
    Test("isarray", "isarray(<value>)", "True for text that is a JSON array.",
         &IsKind<io::JsonKind::kArray>, kIsArrayExamples),
    Test("isobject", "isobject(<value>)", "True for text that is a JSON object.",
         &IsKind<io::JsonKind::kObject>, kIsObjectExamples),
    Conversion("toarray", "toarray(<value>)",
               "A JSON array out of a multivalue, or of text that is one; else null.",
               Type::kString, &ToArray, kToArrayExamples),
    Conversion("tomv", "tomv(<array>)",
               "The elements of a JSON array as a multivalue; null if it is none.", Type::kAny,
               &ToMv, kToMvExamples),
    Conversion("toobject", "toobject(<text>)",
               "A JSON object, printed without blanks; null if the text is none.", Type::kString,
               &ToObject, kToObjectExamples),
};

}  // namespace

std::span<const FunctionEntry> JsonTypesFunctions() { return kJsonTypesTable; }

}  // namespace spelk::functions
