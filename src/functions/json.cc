// JSON functions: json_object, json_extract, json_set, json_append …
#include <algorithm>

#include "functions/entry.h"
#include "functions/json_argument.h"
#include "functions/json_edit.h"
#include "functions/path_argument.h"
#include "io/json_path.h"

namespace spelk::functions {
namespace {

using io::JsonKind;
using io::JsonNode;

constexpr std::string_view kJsonPage = "JSON functions";

// ---------------------------------------------------------------- making

Value JsonObject(Call& call, std::span<const Value> arguments) {
  JsonNode* object = io::NewJson(JsonKind::kObject, call.scratch());
  if (object == nullptr) return Value::Null();
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (arguments[i].is_null() || arguments[i].is_multi()) return Value::Null();
    JsonNode* member = JsonFrom(call, arguments, i + 1);
    if (member == nullptr) return Value::Null();
    member->key = call.TextOf(arguments[i]);
    io::AddChild(*object, member);
  }
  return Printed(call, object);
}

Value JsonArray(Call& call, std::span<const Value> arguments) {
  JsonNode* array = io::NewJson(JsonKind::kArray, call.scratch());
  if (array == nullptr) return Value::Null();
  for (size_t i = 0; i < arguments.size(); ++i) {
    io::AddChild(*array, JsonFrom(call, arguments, i));
  }
  return Printed(call, array);
}

// ---------------------------------------------------------------- asking

Value Json(Call& call, std::span<const Value> arguments) {
  return Printed(call, ParsedArgument(call, arguments[0]));
}

Value JsonValid(Call& call, std::span<const Value> arguments) {
  return Value::Bool(ParsedArgument(call, arguments[0]) != nullptr);
}

Value JsonKeys(Call& call, std::span<const Value> arguments) {
  const JsonNode* object = ParsedArgument(call, arguments[0]);
  if (object == nullptr || object->kind != JsonKind::kObject) return Value::Null();
  JsonNode* keys = io::NewJson(JsonKind::kArray, call.scratch());
  if (keys == nullptr) return Value::Null();
  for (const JsonNode* child = object->first; child != nullptr; child = child->next) {
    io::AddChild(*keys, io::NewJsonText(JsonKind::kString, child->key, call.scratch()));
  }
  return Printed(call, keys);
}

Value JsonEntries(Call& call, std::span<const Value> arguments) {
  const JsonNode* object = ParsedArgument(call, arguments[0]);
  if (object == nullptr || object->kind != JsonKind::kObject) return Value::Null();
  JsonNode* entries = io::NewJson(JsonKind::kArray, call.scratch());
  for (const JsonNode* child = object->first; child != nullptr; child = child->next) {
    JsonNode* entry = io::NewJson(JsonKind::kObject, call.scratch());
    JsonNode* key = io::NewJsonText(JsonKind::kString, child->key, call.scratch());
    if (entries == nullptr || entry == nullptr || key == nullptr) return Value::Null();
    key->key = "key";
    io::AddChild(*entry, key);
    AddShared(entry, child, call.scratch());
    entry->last->key = "value";
    io::AddChild(*entries, entry);
  }
  return Printed(call, entries);
}

Value JsonHasKeyExact(Call& call, std::span<const Value> arguments) {
  const JsonNode* object = ParsedArgument(call, arguments[0]);
  if (object == nullptr || object->kind != JsonKind::kObject) return Value::Null();
  return Value::Bool(io::FindMember(*object, call.TextOf(arguments[1])) != nullptr);
}

// ---------------------------------------------------------------- extracting

// What stands at a path: with {} an array of all that was found. Null if nothing was.
const JsonNode* NodeAt(Call& call, JsonNode& root, const io::LocationPath& path) {
  const auto& steps = path.steps();
  const auto is_every = [](const io::PathStep& step) {
    return step.kind == io::PathStep::Kind::kEvery;
  };
  // {} of what is no array is the whole of it.
  if (steps.size() == 1 && is_every(steps[0]) && root.kind != JsonKind::kArray) return &root;
  ArenaBuilder<JsonNode*> found(call.scratch());
  io::FindJson(root, path, found);
  const std::span<JsonNode*> nodes = found.Finish();
  if (nodes.empty()) return nullptr;
  if (std::none_of(steps.begin(), steps.end(), is_every)) return nodes.front();
  JsonNode* array = io::NewJson(JsonKind::kArray, call.scratch());
  for (const JsonNode* node : nodes) AddShared(array, node, call.scratch());
  return array;
}

// One result as a value, several as a JSON array in which null stands for what is missing.
template <class Find>
Value Extract(Call& call, std::span<const Value> arguments, Find find) {
  JsonNode* root = ParsedArgument(call, arguments[0]);
  if (root == nullptr) return Value::Null();
  if (arguments.size() == 1) return io::JsonToValue(*root, call.arena());
  if (arguments.size() == 2) {
    const JsonNode* node = find(*root, 1);
    return node == nullptr ? Value::Null() : io::JsonToValue(*node, call.arena());
  }
  JsonNode* array = io::NewJson(JsonKind::kArray, call.scratch());
  for (size_t i = 1; i < arguments.size(); ++i) {
    AddShared(array, find(*root, i), call.scratch());
  }
  return Printed(call, array);
}

Value JsonExtract(Call& call, std::span<const Value> arguments) {
  return Extract(call, arguments, [&](JsonNode& root, size_t i) {
    return NodeAt(call, root, call.prepared<PathArguments>().Find(i, call.TextOf(arguments[i])));
  });
}

Value JsonExtractExact(Call& call, std::span<const Value> arguments) {
  return Extract(call, arguments, [&](JsonNode& root, size_t i) -> const JsonNode* {
    return io::FindMember(root, call.TextOf(arguments[i]));
  });
}

Value JsonArrayToMv(Call& call, std::span<const Value> arguments) {
  const bool quotes = arguments.size() > 1 && arguments[1].is_bool() && arguments[1].boolean();
  const JsonNode* array = ParsedArgument(call, arguments[0]);
  if (array == nullptr || array->kind != JsonKind::kArray) return Value::Null();
  ArenaBuilder<Value> values(call.scratch());
  for (const JsonNode* child = array->first; child != nullptr; child = child->next) {
    const bool as_text = quotes || child->kind == JsonKind::kNull;
    values.Add(as_text ? Printed(call, child) : io::JsonToValue(*child, call.arena()));
  }
  return call.Multi(values.items());
}

// ---------------------------------------------------------------- changing

// Calls change(root, path, value) for each pair, from left to right. A pair without a path is left
// out.
template <class Change>
Value ChangeAtPaths(Call& call, std::span<const Value> arguments, Change change) {
  JsonNode* root = ParsedArgument(call, arguments[0]);
  if (root == nullptr) return Value::Null();
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    if (arguments[i].is_null() || arguments[i].is_multi()) continue;
    const JsonNode* value = JsonFrom(call, arguments, i + 1);
    if (value == nullptr) return Value::Null();
    change(*root, call.prepared<PathArguments>().Find(i, call.TextOf(arguments[i])), *value);
  }
  return Printed(call, root);
}

Value JsonSet(Call& call, std::span<const Value> arguments) {
  return ChangeAtPaths(call, arguments, [&](JsonNode& root, const auto& path, const auto& value) {
    SetJson(root, path, value, call.scratch());
  });
}

Value JsonAppend(Call& call, std::span<const Value> arguments) {
  return ChangeAtPaths(call, arguments, [&](JsonNode& root, const auto& path, const auto& value) {
    AppendJson(root, path, value, false, call.scratch());
  });
}

Value JsonExtend(Call& call, std::span<const Value> arguments) {
  return ChangeAtPaths(call, arguments, [&](JsonNode& root, const auto& path, const auto& value) {
    AppendJson(root, path, value, true, call.scratch());
  });
}

Value JsonSetExact(Call& call, std::span<const Value> arguments) {
  JsonNode* root = ParsedArgument(call, arguments[0]);
  if (root == nullptr || root->kind != JsonKind::kObject) return Value::Null();
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    if (arguments[i].is_null() || arguments[i].is_multi()) continue;
    JsonNode* value = JsonFrom(call, arguments, i + 1);
    if (value == nullptr) return Value::Null();
    value->key = call.TextOf(arguments[i]);
    if (JsonNode* member = io::FindMember(*root, value->key)) {
      io::Replace(*member, *value);
    } else {
      io::AddChild(*root, value);
    }
  }
  return Printed(call, root);
}

// The keys of one argument: a text, several, or a JSON array of texts.
void DeleteKeys(Call& call, JsonNode& root, const Value& keys) {
  for (const Value& key : keys.each()) {
    const std::string_view text = call.TextOf(key);
    const JsonNode* array = text.starts_with('[') ? ParsedArgument(call, key) : nullptr;
    if (array == nullptr) {
      DeleteJson(root, io::LocationPath(text));
      continue;
    }
    for (const JsonNode* child = array->first; child != nullptr; child = child->next) {
      if (child->kind == JsonKind::kString) DeleteJson(root, io::LocationPath(child->text));
    }
  }
}

Value JsonDelete(Call& call, std::span<const Value> arguments) {
  JsonNode* root = ParsedArgument(call, arguments[0]);
  if (root == nullptr || root->kind != JsonKind::kObject) return Value::Null();
  for (const Value& keys : arguments.subspan(1)) DeleteKeys(call, *root, keys);
  return Printed(call, root);
}

// ---------------------------------------------------------------- entries

std::string CheckKeysAndValues(std::span<const plan::ExprPtr> arguments) {
  return arguments.size() % 2 == 0 ? "" : "keys and values come in pairs";
}

std::string CheckPairsAfterFirst(std::span<const plan::ExprPtr> arguments) {
  return arguments.size() % 2 == 1 ? "" : "paths and values come in pairs";
}

constexpr Example kJsonExamples[] = {
    {.title = "JSON without its blanks, or nothing",
     .input = R"({"t":"{ \"a\" : 1 }"} {"t":"Golden Gate"})",
     .query = "eval j=json(t) | table j",
     .output = R"({"j":"{\"a\":1}"} {})"},
};
constexpr Example kAppendExamples[] = {
    {.title = "An array is added as one element",
     .input = R"({"j":"{\"l\":[1,2]}"})",
     .query = R"(eval j=json_append(j,"l",json_array(3,4)))",
     .output = R"({"j":"{\"l\":[1,2,[3,4]]}"})"},
};
constexpr Example kArrayExamples[] = {
    {.title = "Texts, numbers and objects",
     .input = R"({"name":"patel"})",
     .query = R"(eval a=json_array("dubois",7,json_object("name",name)) | table a)",
     .output = R"({"a":"[\"dubois\",7,{\"name\":\"patel\"}]"})"},
};
constexpr Example kArrayToMvExamples[] = {
    {.title = "Without and with the quotes",
     .input = R"({"a":"[\"x\",\"y\"]"})",
     .query = "eval m=json_array_to_mv(a), q=json_array_to_mv(a,true()) | table m q",
     .output = R"({"m":["x","y"],"q":["\"x\"","\"y\""]})"},
};
constexpr Example kDeleteExamples[] = {
    {.title = "A key, and one inside an object",
     .input = R"({"j":"{\"a\":1,\"b\":{\"c\":2,\"d\":3}}"})",
     .query = R"(eval j=json_delete(j,"a","b.c"))",
     .output = R"({"j":"{\"b\":{\"d\":3}}"})"},
};
constexpr Example kEntriesExamples[] = {
    {.title = "Keys and values",
     .input = R"({"j":"{\"a\":1,\"b\":[2]}"})",
     .query = "eval e=json_entries(j) | table e",
     .output = R"({"e":"[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":[2]}]"})"},
};
constexpr Example kExtendExamples[] = {
    {.title = "The elements of an array are added one by one",
     .input = R"({"j":"{\"l\":[1,2]}"})",
     .query = R"(eval j=json_extend(j,"l",json_array(3,4)))",
     .output = R"({"j":"{\"l\":[1,2,3,4]}"})"},
};
constexpr Example kExtractExamples[] = {
    {.title = "One value, all of an array, several paths",
     .input = R"({"j":"[{\"n\":\"a\",\"k\":1},{\"n\":\"b\"}]"})",
     .query = R"(eval x=json_extract(j,"{0}.k"), y=json_extract(j,"{}.n"), )"
              R"(z=json_extract(j,"{0}.n","{1}.k") | table x y z)",
     .output = R"({"x":1,"y":"[\"a\",\"b\"]","z":"[\"a\",null]"})"},
};
constexpr Example kExtractExactExamples[] = {
    {.title = "A key with dots",
     .input = R"({"j":"{\"a.b\":\"x\"}"})",
     .query = "eval x=json_extract_exact(j,\"a.b\") | table x",
     .output = R"({"x":"x"})"},
};
constexpr Example kHasKeyExamples[] = {
    {.title = "Whether there is a key",
     .input = R"({"j":"{\"a.b\":null}"})",
     .query = R"(eval r=if(json_has_key_exact(j,"a.b"),"has","has not") | table r)",
     .output = R"({"r":"has"})"},
};
constexpr Example kKeysExamples[] = {
    {.title = "The keys of an object",
     .input = R"({"j":"{\"name\":\"x\",\"length\":5}"})",
     .query = "eval k=json_keys(j) | table k",
     .output = R"({"k":"[\"name\",\"length\"]"})"},
};
constexpr Example kObjectExamples[] = {
    {.title = "Texts, numbers, Booleans and arrays",
     .input = R"({"user":"ana","n":5})",
     .query = R"(eval j=json_object("user",user,"n",n,"ok",true(),"l",json_array(1)) | table j)",
     .output = R"({"j":"{\"user\":\"ana\",\"n\":5,\"ok\":true,\"l\":[1]}"})"},
};
constexpr Example kSetExamples[] = {
    {.title = "Missing keys are made",
     .input = R"({"j":"{\"l\":[{\"n\":1},{\"n\":2}]}"})",
     .query = R"(eval j=json_set(j,"a.b","x","l{}.ok",true(),"l{1}.n",3))",
     .output =
         R"({"j":"{\"l\":[{\"n\":1,\"ok\":true},{\"n\":3,\"ok\":true}],\"a\":{\"b\":\"x\"}}"})"},
};
constexpr Example kSetExactExamples[] = {
    {.title = "A key with dots",
     .input = R"({"path":"/opt"})",
     .query = R"(eval j=json_set_exact(json_object(),"a.b",path) | table j)",
     .output = R"({"j":"{\"a.b\":\"/opt\"}"})"},
};
constexpr Example kValidExamples[] = {
    {.title = "A test",
     .input = R"({"t":"[1,2]"} {"t":"[1,2"})",
     .query = "where json_valid(t)",
     .output = R"({"t":"[1,2]"})"},
};

constexpr std::string_view kValueNotes[] = {
    "A text that is a JSON array or object counts as that; a field's text that is a number as a "
    "number; a multivalue as an array; null as JSON's null."};
constexpr std::string_view kExtractNotes[] = {
    "JSON's true and false are the texts true and false, null is null. With several paths, null "
    "stands for what is missing. The empty path is the whole document."};
constexpr std::string_view kArrayToMvNotes[] = {
    "JSON's null is the text null, as in the fields of events."};
constexpr std::string_view kDeleteNotes[] = {
    "The keys may also be given as a JSON array or a multivalue."};

constexpr FunctionEntry kJsonTable[] = {
    {.name = "json",
     .signature = "json(<value>)",
     .summary = "Returns the JSON text without blanks, null for what is no JSON.",
     .page = kJsonPage,
     .arity = {1, 1},
     .call = &Json,
     .examples = kJsonExamples},
    {.name = "json_append",
     .signature = "json_append(<json>, <path>, <value>[, <path>, <value>]…)",
     .summary = "Adds values to the arrays at the paths.",
     .page = kJsonPage,
     .arity = {3, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonAppend,
     .prepare = &PathArguments::Make,
     .check = &CheckPairsAfterFirst,
     .examples = kAppendExamples,
     .notes = kValueNotes},
    {.name = "json_array",
     .signature = "json_array([<value>[, <value>]…])",
     .summary = "Returns a JSON array of its arguments.",
     .page = kJsonPage,
     .arity = {0, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonArray,
     .examples = kArrayExamples,
     .notes = kValueNotes},
    {.name = "json_array_to_mv",
     .signature = "json_array_to_mv(<json_array>[, <keep_quotes>])",
     .summary = "Returns the elements of a JSON array as a multivalue.",
     .page = kJsonPage,
     .arity = {1, 2},
     .parameters = kAnyAndBoolean,
     .call = &JsonArrayToMv,
     .examples = kArrayToMvExamples,
     .notes = kArrayToMvNotes},
    {.name = "json_delete",
     .signature = "json_delete(<object>, <key>[, <key>]…)",
     .summary = "Takes keys and their values out of a JSON object.",
     .page = kJsonPage,
     .arity = {2, kMany},
     .parameters = kAnyAndText,
     .result = Type::kString,
     .multi = Multi::kWhole,
     .call = &JsonDelete,
     .examples = kDeleteExamples,
     .notes = kDeleteNotes},
    {.name = "json_entries",
     .signature = "json_entries(<object>)",
     .summary = "Returns the members of a JSON object as an array of objects key, value.",
     .page = kJsonPage,
     .arity = {1, 1},
     .result = Type::kString,
     .call = &JsonEntries,
     .examples = kEntriesExamples},
    {.name = "json_extend",
     .signature = "json_extend(<json>, <path>, <array>[, <path>, <array>]…)",
     .summary = "Adds the elements of arrays to the arrays at the paths.",
     .page = kJsonPage,
     .arity = {3, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonExtend,
     .prepare = &PathArguments::Make,
     .check = &CheckPairsAfterFirst,
     .examples = kExtendExamples,
     .notes = kValueNotes},
    {.name = "json_extract",
     .signature = "json_extract(<json>[, <path>]…)",
     .summary = "Returns what stands at a path of a JSON text.",
     .page = kJsonPage,
     .arity = {1, kMany},
     .parameters = kAnyAndText,
     .call = &JsonExtract,
     .prepare = &PathArguments::Make,
     .examples = kExtractExamples,
     .notes = kExtractNotes},
    {.name = "json_extract_exact",
     .signature = "json_extract_exact(<json>[, <key>]…)",
     .summary = "Returns the value of a key of a JSON object; dots and braces are part of the key.",
     .page = kJsonPage,
     .arity = {1, kMany},
     .parameters = kAnyAndText,
     .call = &JsonExtractExact,
     .examples = kExtractExactExamples,
     .notes = kExtractNotes},
    {.name = "json_has_key_exact",
     .signature = "json_has_key_exact(<object>, <key>)",
     .summary = "Tells whether a JSON object has the key.",
     .page = kJsonPage,
     .arity = {2, 2},
     .parameters = kAnyAndText,
     .result = Type::kBoolean,
     .call = &JsonHasKeyExact,
     .examples = kHasKeyExamples},
    {.name = "json_keys",
     .signature = "json_keys(<object>)",
     .summary = "Returns the keys of a JSON object as a JSON array.",
     .page = kJsonPage,
     .arity = {1, 1},
     .result = Type::kString,
     .call = &JsonKeys,
     .examples = kKeysExamples},
    {.name = "json_object",
     .signature = "json_object([<key>, <value>[, <key>, <value>]…])",
     .summary = "Returns a JSON object of keys and values.",
     .page = kJsonPage,
     .arity = {0, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonObject,
     .check = &CheckKeysAndValues,
     .examples = kObjectExamples,
     .notes = kValueNotes},
    {.name = "json_set",
     .signature = "json_set(<json>, <path>, <value>[, <path>, <value>]…)",
     .summary = "Sets the values at the paths; where a path does not fit, nothing changes.",
     .page = kJsonPage,
     .arity = {3, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonSet,
     .prepare = &PathArguments::Make,
     .check = &CheckPairsAfterFirst,
     .examples = kSetExamples,
     .notes = kValueNotes},
    {.name = "json_set_exact",
     .signature = "json_set_exact(<json>, <key>, <value>[, <key>, <value>]…)",
     .summary = "Sets keys of a JSON object; dots and braces are part of the key.",
     .page = kJsonPage,
     .arity = {3, kMany},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &JsonSetExact,
     .check = &CheckPairsAfterFirst,
     .examples = kSetExactExamples,
     .notes = kValueNotes},
    {.name = "json_valid",
     .signature = "json_valid(<json>)",
     .summary = "Tells whether the text is JSON.",
     .page = kJsonPage,
     .arity = {1, 1},
     .result = Type::kBoolean,
     .call = &JsonValid,
     .examples = kValidExamples},
};

}  // namespace

std::span<const FunctionEntry> JsonFunctions() { return kJsonTable; }

}  // namespace spelk::functions
