// Informational functions: what a value is. They see null and multivalues.
#include <cmath>
#include <optional>

#include "functions/entry.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kInformationalPage = "Informational functions";

// A number as eval reads one: text of a field that looks like one, but no text of the query's own.
std::optional<Number> NumberArgument(const Call& call, const Value& value) {
  if (call.type(0) == Type::kString) return std::nullopt;
  return NumberOf(value);
}

// Written or computed without a fraction. "5.0" has one.
bool IsInteger(const Value& value, const Number& number) {
  if (!std::isfinite(number.value) || number.value != std::trunc(number.value)) return false;
  return !value.is_text() || number.significant_digits == 0;
}

Value IsNull(Call&, std::span<const Value> values) { return Value::Bool(values[0].is_null()); }
Value IsNotNull(Call&, std::span<const Value> values) { return Value::Bool(!values[0].is_null()); }
Value IsBool(Call&, std::span<const Value> values) { return Value::Bool(values[0].is_bool()); }
Value IsMulti(Call&, std::span<const Value> values) { return Value::Bool(values[0].is_multi()); }

Value IsNum(Call& call, std::span<const Value> values) {
  return Value::Bool(NumberArgument(call, values[0]).has_value());
}
Value IsInt(Call& call, std::span<const Value> values) {
  const std::optional<Number> number = NumberArgument(call, values[0]);
  return Value::Bool(number && IsInteger(values[0], *number));
}
Value IsDouble(Call& call, std::span<const Value> values) {
  const std::optional<Number> number = NumberArgument(call, values[0]);
  return Value::Bool(number && !IsInteger(values[0], *number));
}

// The text NaN in a field is both a number and a string (isnum).
Value IsStr(Call& call, std::span<const Value> values) {
  const std::optional<Number> number = NumberArgument(call, values[0]);
  return Value::Bool(values[0].is_text() && (!number || std::isnan(number->value)));
}

Value TypeOf(Call& call, std::span<const Value> values) {
  if (values[0].is_null()) return Value::Text("Invalid");
  if (values[0].is_bool()) return Value::Text("Boolean");
  if (values[0].is_multi()) return Value::Text("Multivalue");
  return Value::Text(NumberArgument(call, values[0]) ? "Number" : "String");
}

constexpr Example kIsBoolExamples[] = {
    {.title = "A comparison is one, the text of a field never",
     .input = R"({"a":"true"})",
     .query = R"(eval r=if(isbool(1=2), "yes", "no"), s=if(isbool(a), "yes", "no"))",
     .output = R"({"a":"true","r":"yes","s":"no"})"}};
constexpr Example kIsDoubleExamples[] = {
    {.title = "Numbers with a fraction",
     .input = R"({"n":1.5} {"n":2})",
     .query = R"(eval r=if(isdouble(n), "double", "no") | table r)",
     .output = R"({"r":"double"} {"r":"no"})"}};
constexpr Example kIsIntExamples[] = {{.title = "The text of a field may be an integer",
                                       .input = R"({"n":"12"} {"n":"12.5"} {"n":"1a"})",
                                       .query = R"(eval r=if(isint(n), "int", "no") | table r)",
                                       .output = R"({"r":"int"} {"r":"no"} {"r":"no"})"}};
constexpr Example kIsMvExamples[] = {
    {.title = "More than one value",
     .input = R"({"tags":["a","b"]} {"tags":["a"]})",
     .query = R"(eval r=if(ismv('tags{}'), "many", "one") | table r)",
     .output = R"({"r":"many"} {"r":"one"})"}};
constexpr Example kIsNotNullExamples[] = {{.title = "The empty string is a value",
                                           .input = R"({"a":""} {"b":1})",
                                           .query = "where isnotnull(a)",
                                           .output = R"({"a":""})"}};
constexpr Example kIsNullExamples[] = {{.title = "Events without a field",
                                        .input = R"({"user":"ana"} {"host":"web-1"})",
                                        .query = "where isnull(user)",
                                        .output = R"({"host":"web-1"})"}};
constexpr Example kIsNumExamples[] = {
    {.title = "The text of a field may be a number; a quoted text is none",
     .input = R"({"n":"12"} {"n":"12abc"})",
     .query = R"(eval r=if(isnum(n), "num", "no"), s=if(isnum("12"), "num", "no") | table r s)",
     .output = R"({"r":"num","s":"no"} {"r":"no","s":"no"})"}};
constexpr Example kIsStrExamples[] = {{.title = "Text that is no number",
                                       .input = R"({"n":"12"} {"n":"abc"})",
                                       .query = R"(eval r=if(isstr(n), "str", "no") | table r)",
                                       .output = R"({"r":"no"} {"r":"str"})"}};
constexpr Example kTypeOfExamples[] = {
    {.title = "How eval reads a value",
     .input = R"({"n":"12"})",
     .query =
         R"(eval r=typeof(n), s=typeof("12"), t=typeof(1=2), u=typeof(missing) | table r s t u)",
     .output = R"({"r":"Number","s":"String","t":"Boolean","u":"Invalid"})"}};

constexpr std::string_view kNotMultiNotes[] = {"false for a multivalue"};
constexpr std::string_view kIntNotes[] = {
    "a number written with a point is no integer (5.0), a computed one without a fraction is "
    "(10/2)",
    "false for a multivalue"};
constexpr std::string_view kTypeOfNotes[] = {
    "a multivalue is Multivalue, a Boolean is Boolean (the documentation also says Bool)"};

constexpr FunctionEntry TestOfType(std::string_view name, std::string_view signature,
                                   std::string_view summary,
                                   Value (*call)(Call&, std::span<const Value>),
                                   std::span<const Example> examples,
                                   std::span<const std::string_view> notes = {}) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kInformationalPage,
          .arity = {1, 1},
          .result = Type::kBoolean,
          .nulls = Nulls::kSee,
          .multi = Multi::kWhole,
          .call = call,
          .examples = examples,
          .notes = notes};
}

constexpr FunctionEntry kInformationalTable[] = {
    TestOfType("isbool", "isbool(<value>)", "True for a Boolean.", &IsBool, kIsBoolExamples),
    TestOfType("isdouble", "isdouble(<value>)", "True for a number that is no integer.", &IsDouble,
               kIsDoubleExamples, kIntNotes),
    TestOfType("isint", "isint(<value>)", "True for an integer.", &IsInt, kIsIntExamples,
               kIntNotes),
    TestOfType("ismv", "ismv(<value>)", "True for a multivalue: two values or more.", &IsMulti,
               kIsMvExamples),
    TestOfType("isnotnull", "isnotnull(<value>)", "True if there is a value.", &IsNotNull,
               kIsNotNullExamples),
    TestOfType("isnull", "isnull(<value>)", "True if there is no value.", &IsNull, kIsNullExamples),
    TestOfType("isnum", "isnum(<value>)", "True for a number.", &IsNum, kIsNumExamples,
               kNotMultiNotes),
    TestOfType("isstr", "isstr(<value>)", "True for text that is no number.", &IsStr,
               kIsStrExamples, kNotMultiNotes),
    {.name = "typeof",
     .signature = "typeof(<value>)",
     .summary = "The type of a value: Number, String, Boolean, Multivalue or Invalid.",
     .page = kInformationalPage,
     .arity = {1, 1},
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &TypeOf,
     .examples = kTypeOfExamples,
     .notes = kTypeOfNotes},
};

}  // namespace

std::span<const FunctionEntry> InformationalFunctions() { return kInformationalTable; }

}  // namespace spelk::functions
