// Multivalue functions: mvappend, mvcount, mvindex, mvjoin, mvrange, split …
#include <algorithm>
#include <string>

#include "base/arena_builder.h"
#include "functions/arguments.h"
#include "functions/each_value.h"
#include "functions/entry.h"
#include "functions/mvrange.h"
#include "functions/regex_argument.h"
#include "io/json_value.h"
#include "syntax/parse.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kMultivaluePage = "Multivalue eval functions";

// ---------------------------------------------------------------- counting and choosing

Value Mvcount(Call&, std::span<const Value> arguments) {
  return Value::Integer(static_cast<int64_t>(arguments[0].count()));
}

// The position that an index stands for; negative ones count from the end. May lie outside.
int64_t PositionOf(int64_t index, size_t count) {
  return index < 0 ? index + static_cast<int64_t>(count) : index;
}

// A range may end beyond the last value, and then ends there; it may not begin outside.
Value Mvindex(Call&, std::span<const Value> arguments) {
  const std::span<const Value> values = arguments[0].each();
  const std::optional<int64_t> start = WholeArgument(arguments[1]);
  const std::optional<int64_t> end = arguments.size() > 2 ? WholeArgument(arguments[2]) : start;
  if (!start || !end) return Value::Null();
  const auto count = static_cast<int64_t>(values.size());
  const int64_t first = PositionOf(*start, values.size());
  const int64_t last = std::min(PositionOf(*end, values.size()), count - 1);
  if (first < 0 || first >= count || last < first) return Value::Null();
  return Value::Multi(
      values.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first) + 1));
}

Value Mvfind(Call& call, std::span<const Value> arguments) {
  if (arguments[1].is_multi()) return Value::Null();
  RegexMatcher* matcher = call.prepared<RegexArgument>().Find(call.TextOf(arguments[1]));
  if (matcher == nullptr) return Value::Null();
  char buffer[kNumberText];
  int64_t index = 0;
  for (const Value& value : arguments[0].each()) {
    if (HasMatch(*matcher, TextOf(value, buffer), call)) return Value::Integer(index);
    ++index;
  }
  return Value::Null();
}

absl::StatusOr<std::unique_ptr<Prepared>> PrepareMvfind(std::span<const Value* const> constants) {
  return RegexArgument::Make(constants[1]);
}

// ---------------------------------------------------------------- the same values in another way

Value Mvappend(Call& call, std::span<const Value> arguments) {
  size_t count = 0;
  for (const Value& argument : arguments) count += argument.count();
  auto* values = call.arena().AllocateArray<Value>(count);
  if (values == nullptr) return Value::Null();
  Value* out = values;
  for (const Value& argument : arguments) {
    for (const Value& value : argument.each()) *out++ = FieldValue(value);
  }
  return Value::Multi({values, count});
}

Value Mvreverse(Call& call, std::span<const Value> arguments) {
  const std::span<const Value> values = arguments[0].each();
  auto* reversed = call.arena().AllocateArray<Value>(values.size());
  if (reversed == nullptr) return Value::Null();
  std::reverse_copy(values.begin(), values.end(), reversed);
  return Value::Multi({reversed, values.size()});
}

struct SortedValue {
  std::string_view text;
  size_t index = 0;

  // By bytes; equal texts stay in the order they had.
  friend bool operator<(const SortedValue& a, const SortedValue& b) {
    const int order = a.text.compare(b.text);
    return order != 0 ? order < 0 : a.index < b.index;
  }
};

// The texts of the values, sorted; empty when memory is used up.
std::span<SortedValue> SortedTexts(Call& call, std::span<const Value> values) {
  auto* entries = call.scratch().AllocateArray<SortedValue>(values.size());
  if (entries == nullptr) return {};
  for (size_t i = 0; i < values.size(); ++i) entries[i] = {call.TextOf(values[i]), i};
  std::sort(entries, entries + values.size());
  return {entries, values.size()};
}

Value Mvsort(Call& call, std::span<const Value> arguments) {
  const std::span<const Value> values = arguments[0].each();
  const std::span<SortedValue> entries = SortedTexts(call, values);
  auto* sorted = call.arena().AllocateArray<Value>(entries.size());
  if (sorted == nullptr) return Value::Null();
  std::transform(entries.begin(), entries.end(), sorted,
                 [values](const SortedValue& entry) { return values[entry.index]; });
  return Value::Multi({sorted, entries.size()});
}

Value Mvdedup(Call& call, std::span<const Value> arguments) {
  const std::span<const Value> values = arguments[0].each();
  const std::span<SortedValue> entries = SortedTexts(call, values);
  // The first of each text is kept, in the order of the values.
  const auto end =
      std::unique(entries.begin(), entries.end(),
                  [](const SortedValue& a, const SortedValue& b) { return a.text == b.text; });
  std::sort(entries.begin(), end,
            [](const SortedValue& a, const SortedValue& b) { return a.index < b.index; });
  const auto count = static_cast<size_t>(end - entries.begin());
  auto* kept = call.arena().AllocateArray<Value>(count);
  if (kept == nullptr) return Value::Null();
  std::transform(entries.begin(), end, kept,
                 [values](const SortedValue& entry) { return values[entry.index]; });
  return Value::Multi({kept, count});
}

// ---------------------------------------------------------------- joining and splitting

Value Mvjoin(Call& call, std::span<const Value> arguments) {
  if (arguments[1].is_multi()) return Value::Null();
  if (!arguments[0].is_multi()) return Value::Text(call.TextOf(arguments[0]));
  const std::string_view delimiter = call.TextOf(arguments[1]);
  char buffer[kNumberText];
  ArenaText out(call.arena());
  bool first = true;
  for (const Value& value : arguments[0].each()) {
    if (!first) out.Add(delimiter);
    first = false;
    out.Add(TextOf(value, buffer));
  }
  return Value::Text(out.FinishText());
}

// Stops at the end of the shorter one.
Value Mvzip(Call& call, std::span<const Value> arguments) {
  const std::span<const Value> left = arguments[0].each();
  const std::span<const Value> right = arguments[1].each();
  if (arguments.size() > 2 && arguments[2].is_multi()) return Value::Null();
  const std::string_view delimiter = arguments.size() > 2 ? call.TextOf(arguments[2]) : ",";
  const size_t count = std::min(left.size(), right.size());
  auto* pairs = call.arena().AllocateArray<Value>(count);
  if (pairs == nullptr) return Value::Null();
  char buffer[kNumberText];
  for (size_t i = 0; i < count; ++i) {
    ArenaText pair(call.arena());
    pair.Add(TextOf(left[i], buffer));
    pair.Add(delimiter);
    pair.Add(TextOf(right[i], buffer));
    pairs[i] = Value::Text(pair.FinishText());
    if (call.arena().exhausted()) return Value::Null();
  }
  return Value::Multi({pairs, count});
}

// The pieces between the delimiters, the empty ones too; without a delimiter the characters.
template <class Take>
void ForEachPiece(std::string_view text, std::string_view delimiter, Take take) {
  if (delimiter.empty()) {
    for (size_t at = 0; at < text.size();) {
      size_t end = at + 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
      take(text.substr(at, end - at));
      at = end;
    }
    return;
  }
  for (;;) {
    const size_t end = text.find(delimiter);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + delimiter.size());
  }
}

Value Split(Call& call, std::span<const Value> arguments) {
  const std::string_view text = call.TextOf(arguments[0]);
  const std::string_view delimiter = call.TextOf(arguments[1]);
  if (text.empty()) return Value::Text(text);
  ArenaBuilder<Value> pieces(call.arena());
  ForEachPiece(text, delimiter, [&](std::string_view piece) { pieces.Add(Value::Text(piece)); });
  return Value::Multi(pieces.Finish());
}

// ---------------------------------------------------------------- mv_to_json_array

Value MvToJsonArray(Call& call, std::span<const Value> arguments) {
  const bool infer = arguments.size() > 1 && arguments[1].is_bool() && arguments[1].boolean();
  Arena& scratch = call.scratch();
  io::JsonNode* array = io::NewJson(io::JsonKind::kArray, scratch);
  if (array == nullptr) return Value::Null();
  for (const Value& value : arguments[0].each()) {
    const std::string_view text = call.TextOf(value);
    io::JsonNode* node = infer ? io::ParseJson(text, scratch)
                               : io::NewJsonText(io::JsonKind::kString, text, scratch);
    if (node == nullptr) node = io::NewJson(io::JsonKind::kNull, scratch);
    io::AddChild(*array, node);
  }
  return io::JsonToValue(*array, call.arena());
}

// ---------------------------------------------------------------- commands

Value Commands(Call& call, std::span<const Value> arguments) {
  const ShapeTable* shapes = call.run().commands;
  if (shapes == nullptr) return Value::Null();
  const Source source("<search>", std::string(call.TextOf(arguments[0])));
  Diagnostics diagnostics;
  const absl::StatusOr<ast::Pipeline> search = Parse(source, *shapes, SyntaxLimits(), diagnostics);
  if (!search.ok()) return Value::Null();
  ArenaBuilder<Value> names(call.arena());
  for (const ast::CommandCall& command : search->commands) {
    if (!command.macro) names.Add(call.Text(command.name.text));
  }
  return Value::Multi(names.Finish());
}

// ---------------------------------------------------------------- entries

constexpr Type kAnyAndNumbers[] = {Type::kAny, Type::kNumber};
constexpr Type kTwoAndText[] = {Type::kAny, Type::kAny, Type::kString};
constexpr Type kRange[] = {Type::kNumber, Type::kNumber, Type::kAny};
constexpr Type kPredicate[] = {Type::kBoolean};

constexpr Example kCommandsExamples[] = {
    {.title = "Of a search in a field",
     .input = R"({"search":"search foo | stats count | sort count"})",
     .query = "eval c=commands(search) | table c",
     .output = R"({"c":["search","stats","sort"]})"},
};
constexpr Example kMvappendExamples[] = {
    {.title = "All values in one field; what is absent adds nothing",
     .input = R"({"a":"x","b":["y","z"]})",
     .query = "eval all=mvappend(a,nothing,'b{}') | table all",
     .output = R"({"all":["x","y","z"]})"},
};
constexpr Example kMvcountExamples[] = {
    {.title = "A field without values has no count",
     .input = R"({"to":["a","b"]} {"to":["a"]} {})",
     .query = "eval n=mvcount('to{}') | table n",
     .output = R"({"n":2} {"n":1} {})"},
};
constexpr Example kMvdedupExamples[] = {
    {.title = "The first of each value",
     .input = R"({"s":"b,a,b,A"})",
     .query = "eval s=mvdedup(split(s,\",\"))",
     .output = R"({"s":["b","a","A"]})"},
};
constexpr Example kMvfilterExamples[] = {
    {.title = "The values for which it is true",
     .input = R"({"mail":["a@x.com","b@x.net","c@y.org"]})",
     .query = R"(eval m=mvfilter(match('mail{}',"\.net$") OR match('mail{}',"\.org$")) | table m)",
     .output = R"({"m":["b@x.net","c@y.org"]})"},
};
constexpr Example kMvfindExamples[] = {
    {.title = "The first value that matches",
     .input = R"({"s":"ok,err42"})",
     .query = R"(eval i=mvfind(split(s,","),"err\d+"))",
     .output = R"({"s":"ok,err42","i":1})"},
};
constexpr Example kMvindexExamples[] = {
    {.title = "From the beginning, from the end, a range",
     .input = R"({"s":"a,b,c"})",
     .query = R"(eval s=split(s,","), x=mvindex(s,0), y=mvindex(s,-1), z=mvindex(s,1,2))",
     .output = R"({"s":["a","b","c"],"x":"a","y":"c","z":["b","c"]})"},
};
constexpr Example kMvjoinExamples[] = {
    {.title = "One text",
     .input = R"({"n":3})",
     .query = "eval s=mvjoin(mvrange(1,n+1),\" OR \")",
     .output = R"({"n":3,"s":"1 OR 2 OR 3"})"},
};
constexpr Example kMvmapExamples[] = {
    {.title = "The field's name stands for one value",
     .input = R"({"factor":10})",
     .query = "eval x=mvrange(1,4), y=mvmap(x,x*factor) | table y",
     .output = R"({"y":[10,20,30]})"},
};
constexpr Example kMvrangeExamples[] = {
    {.title = "The end is left out",
     .input = R"({"end":11})",
     .query = "eval odd=mvrange(1,end,2)",
     .output = R"({"end":11,"odd":[1,3,5,7,9]})"},
    {.title = "Days of the calendar",
     .input = R"({"start":1514764800})",
     .query = "eval days=mvrange(start,start+172800,\"1d\")",
     .output = R"({"start":1514764800,"days":[1514764800,1514851200]})"},
};
constexpr Example kMvreverseExamples[] = {
    {.title = "The last one first",
     .input = R"({"s":"1,2,3"})",
     .query = "eval s=mvreverse(split(s,\",\"))",
     .output = R"({"s":["3","2","1"]})"},
};
constexpr Example kMvsortExamples[] = {
    {.title = "Numbers are texts here",
     .input = R"({"s":"9,100,70,10"})",
     .query = "eval s=mvsort(split(s,\",\"))",
     .output = R"({"s":["10","100","70","9"]})"},
};
constexpr Example kMvzipExamples[] = {
    {.title = "Hosts with their ports",
     .input = R"({"host":["a","b"],"port":[80,443]})",
     .query = "eval at=mvzip('host{}','port{}',\":\") | table at",
     .output = R"({"at":["a:80","b:443"]})"},
};
constexpr Example kMvToJsonArrayExamples[] = {
    {.title = "Values that are JSON keep their type if asked for",
     .input = R"({"a":"true","b":"x"})",
     .query = "eval t=mv_to_json_array(mvappend(a,b)), j=mv_to_json_array(mvappend(a,b),true())",
     .output = R"({"a":"true","b":"x","t":"[\"true\",\"x\"]","j":"[true,null]"})"},
};
constexpr Example kSplitExamples[] = {
    {.title = "Empty parts are values",
     .input = R"({"s":"a^b^"})",
     .query = "eval parts=split(s,\"^\"), count=mvcount(parts)",
     .output = R"({"s":"a^b^","parts":["a","b",""],"count":3})"},
};

constexpr std::string_view kCommandsNotes[] = {
    "Commands of subsearches are left out; what is no search gives null."};
constexpr std::string_view kMvindexNotes[] = {
    "A range that ends beyond the last value ends there; an index or a beginning outside of the "
    "values gives null."};
constexpr std::string_view kMvrangeNotes[] = {
    "A negative step counts down. Steps of days and longer follow the calendar of --tz."};

constexpr FunctionEntry kMultivalueTable[] = {
    {.name = "commands",
     .signature = "commands(<search>)",
     .summary = "Returns the commands of a search.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .parameters = kTexts,
     .call = &Commands,
     .examples = kCommandsExamples,
     .notes = kCommandsNotes},
    {.name = "mv_to_json_array",
     .signature = "mv_to_json_array(<field>[, <infer_types>])",
     .summary = "Returns the values as a JSON array, as strings or as the JSON that they are.",
     .page = kMultivaluePage,
     .arity = {1, 2},
     .parameters = kAnyAndBoolean,
     .result = Type::kString,
     .multi = Multi::kWhole,
     .call = &MvToJsonArray,
     .examples = kMvToJsonArrayExamples},
    {.name = "mvappend",
     .signature = "mvappend(<value>[, <value>]…)",
     .summary = "Returns all values of its arguments in one multivalue.",
     .page = kMultivaluePage,
     .arity = {1, kMany},
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &Mvappend,
     .examples = kMvappendExamples},
    {.name = "mvcount",
     .signature = "mvcount(<mv>)",
     .summary = "Returns the number of values.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .result = Type::kNumber,
     .multi = Multi::kWhole,
     .call = &Mvcount,
     .examples = kMvcountExamples},
    {.name = "mvdedup",
     .signature = "mvdedup(<mv>)",
     .summary = "Returns the values without repetitions.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .multi = Multi::kWhole,
     .call = &Mvdedup,
     .examples = kMvdedupExamples},
    {.name = "mvfilter",
     .signature = "mvfilter(<predicate>)",
     .summary = "Returns the values of a field for which the predicate is true.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .parameters = kPredicate,
     .make = &MakeMvfilter,
     .check = &CheckMvfilter,
     .arrange = &ArrangeMvfilter,
     .arranged = 2,
     .examples = kMvfilterExamples},
    {.name = "mvfind",
     .signature = "mvfind(<mv>, <regex>)",
     .summary = "Returns the index of the first value that matches the regular expression.",
     .page = kMultivaluePage,
     .arity = {2, 2},
     .parameters = kAnyAndText,
     .result = Type::kNumber,
     .multi = Multi::kWhole,
     .call = &Mvfind,
     .prepare = &PrepareMvfind,
     .examples = kMvfindExamples},
    {.name = "mvindex",
     .signature = "mvindex(<mv>, <start>[, <end>])",
     .summary = "Returns the value at an index, or those from one index to another.",
     .page = kMultivaluePage,
     .arity = {2, 3},
     .parameters = kAnyAndNumbers,
     .multi = Multi::kWhole,
     .call = &Mvindex,
     .examples = kMvindexExamples,
     .notes = kMvindexNotes},
    {.name = "mvjoin",
     .signature = "mvjoin(<mv>, <delim>)",
     .summary = "Returns the values as one text, with a delimiter between them.",
     .page = kMultivaluePage,
     .arity = {2, 2},
     .parameters = kAnyAndText,
     .result = Type::kString,
     .multi = Multi::kWhole,
     .call = &Mvjoin,
     .examples = kMvjoinExamples},
    {.name = "mvmap",
     .signature = "mvmap(<mv>, <expression>)",
     .summary = "Returns what the expression makes of each value.",
     .page = kMultivaluePage,
     .arity = {2, 2},
     .make = &MakeMvmap,
     .check = &CheckMvmap,
     .arrange = &ArrangeMvmap,
     .arranged = 1,
     .examples = kMvmapExamples},
    {.name = "mvrange",
     .signature = "mvrange(<start>, <end>[, <step>])",
     .summary = "Returns the numbers from start to end, by a step that may be a span of time.",
     .page = kMultivaluePage,
     .arity = {2, 3},
     .parameters = kRange,
     .call = &Mvrange,
     .examples = kMvrangeExamples,
     .notes = kMvrangeNotes},
    {.name = "mvreverse",
     .signature = "mvreverse(<mv>)",
     .summary = "Returns the values in the opposite order.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .multi = Multi::kWhole,
     .call = &Mvreverse,
     .examples = kMvreverseExamples},
    {.name = "mvsort",
     .signature = "mvsort(<mv>)",
     .summary = "Returns the values sorted as texts, by bytes.",
     .page = kMultivaluePage,
     .arity = {1, 1},
     .multi = Multi::kWhole,
     .call = &Mvsort,
     .examples = kMvsortExamples},
    {.name = "mvzip",
     .signature = "mvzip(<mv_left>, <mv_right>[, <delim>])",
     .summary = "Returns the values of two fields in pairs.",
     .page = kMultivaluePage,
     .arity = {2, 3},
     .parameters = kTwoAndText,
     .multi = Multi::kWhole,
     .call = &Mvzip,
     .examples = kMvzipExamples},
    {.name = "split",
     .signature = "split(<str>, <delim>)",
     .summary = "Returns the parts of the text between the delimiters.",
     .page = kMultivaluePage,
     .arity = {2, 2},
     .parameters = kTexts,
     .call = &Split,
     .examples = kSplitExamples},
};

}  // namespace

std::span<const FunctionEntry> MultivalueFunctions() { return kMultivalueTable; }

}  // namespace spelk::functions
