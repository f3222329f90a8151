// count: how many rows, or how many values of a field.
#include "functions/entry.h"
#include "plan/aggregate.h"

namespace spelk::functions {
namespace {

struct CountState {
  uint64_t count = 0;

  void Add(const plan::AggregateInput&, plan::AggregateMemory&) { ++count; }
  void AddCount(uint64_t values) { count += values; }
  void Merge(const CountState& other, plan::AggregateMemory&) { count += other.count; }
  Value Result(plan::AggregateResult&) const { return Value::Integer(static_cast<int64_t>(count)); }
  void Save(ByteWriter& out) const { out.Varint(count); }
  void Load(ByteReader& in, plan::AggregateMemory&) { count = in.Varint(); }

  static constexpr std::array<std::string_view, 1> kPartialCodes = {"ct"};
  void WritePartial(std::span<Value> out, Arena&) const {
    out[0] = Value::Integer(static_cast<int64_t>(count));
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory&) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<uint64_t> counted = input.Count(0);
    if (!counted) return plan::PartialRead::kDamaged;
    count += *counted;
    return plan::PartialRead::kTaken;
  }
};

constexpr std::string_view kAliases[] = {"c"};
constexpr Example kCountExamples[] = {
    {.title = "Rows, and values of a field",
     .input = R"({"x":1} {"x":""} {"y":1})",
     .query = "stats count c(x)",
     .output = R"json({"count":3,"c(x)":2})json"},
    {.title = "Where an expression is true",
     .input = R"({"code":200} {"code":404} {})",
     .query = "stats count(eval(code>=400)) AS errors",
     .output = R"({"errors":1})"},
};
constexpr std::string_view kCountNotes[] = {
    "the empty string is a value and counts; each value of a multivalue counts"};

constexpr AggregateEntry kCountTable[] = {
    {.name = "count",
     .aliases = kAliases,
     .signature = "count, count(<field>), count(eval(<expression>))",
     .summary = "How many rows, or how many values of a field.",
     .page = "Aggregate functions",
     .without_field = true,
     .boolean_argument = true,
     .ops = &plan::OpsOf<CountState>,
     .examples = kCountExamples,
     .notes = kCountNotes},
};

}  // namespace

std::span<const AggregateEntry> CountStatistics() { return kCountTable; }

}  // namespace spelk::functions
