// sum, avg, sumsq, var, varp, stdev, stdevp: what follows from sums of numbers and of their
// squares.
#include <cmath>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "plan/aggregate.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::functions {
namespace {

// The sum of a double and what rounding lost of it: some 106 bits.
struct Pair {
  double high = 0;
  double low = 0;
};

Pair Normalized(double high, double low) {
  const double sum = high + low;
  return {sum, low - (sum - high)};
}

Pair Quotient(Pair a, double divisor) {
  const double high = a.high / divisor;
  const double rest = std::fma(-high, divisor, a.high) + a.low;
  return Normalized(high, rest / divisor);
}

Pair PairOf(const ExactSum& sum) {
  Pair pair;
  sum.Result(&pair.high, &pair.low);
  return pair;
}

// A sum in partial rows: as a number and, if that is not all of it, with every bit.
void WriteSum(const ExactSum& sum, Value* number, Value* exact, Arena& arena) {
  const double rounded = sum.Result();
  *number = ExactNumber(rounded, arena);
  ExactSum again;
  again.Add(rounded);
  std::string bytes;
  std::string rounded_bytes;
  ByteWriter bytes_out(bytes);
  ByteWriter rounded_out(rounded_bytes);
  sum.Save(bytes_out);
  again.Save(rounded_out);
  *exact =
      bytes == rounded_bytes ? Value::Null() : Value::Text(arena.Copy(plan::EncodeBytes(bytes)));
}

std::optional<ExactSum> ReadSum(const plan::PartialInput& input, size_t number, size_t exact) {
  ExactSum sum;
  if (const std::optional<std::string> text = input.Text(exact)) {
    const std::optional<std::string> bytes = plan::DecodeBytes(*text);
    if (!bytes) return std::nullopt;
    ByteReader reader(*bytes);
    sum = ExactSum::Load(reader);
    if (reader.failed() || !reader.at_end()) return std::nullopt;
    return sum;
  }
  const std::optional<double> rounded = input.Number(number);
  if (!rounded) return std::nullopt;
  sum.Add(*rounded);
  return sum;
}

// A sum of numbers. Values that are no numbers are left out.
struct SumState {
  ExactSum sum;
  uint64_t count = 0;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    const size_t before = sum.heap_bytes();
    if (!sum.AddNumber(input.value)) return;
    memory.Changed(before, sum.heap_bytes());
    ++count;
  }
  void Merge(const SumState& other, plan::AggregateMemory& memory) {
    const size_t before = sum.heap_bytes();
    sum.Merge(other.sum);
    memory.Changed(before, sum.heap_bytes());
    count += other.count;
  }
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : NumberValue(sum.Result());
  }
  size_t HeapBytes() const { return sum.heap_bytes(); }
  void Save(ByteWriter& out) const {
    out.Varint(count);
    sum.Save(out);
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    const size_t before = sum.heap_bytes();
    count = in.Varint();
    sum = ExactSum::Load(in);
    memory.Changed(before, sum.heap_bytes());
  }

  static constexpr std::array<std::string_view, 3> kPartialCodes = {"nc", "sm", "se"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    out[0] = Value::Integer(static_cast<int64_t>(count));
    if (count > 0) WriteSum(sum, &out[1], &out[2], arena);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.values[0].is_null()) return plan::PartialRead::kNothing;
    SumState other;
    const std::optional<uint64_t> counted = input.Count(0);
    if (!counted) return plan::PartialRead::kDamaged;
    if (*counted == 0) return plan::PartialRead::kTaken;
    std::optional<ExactSum> summed = ReadSum(input, 1, 2);
    if (!summed) return plan::PartialRead::kDamaged;
    other.count = *counted;
    other.sum = std::move(*summed);
    Merge(other, memory);
    return plan::PartialRead::kTaken;
  }
};

struct AverageState : SumState {
  Value Result(plan::AggregateResult&) const {
    if (count == 0) return Value::Null();
    const Pair total = PairOf(sum);
    const auto divisor = static_cast<double>(count);
    return NumberValue(std::isfinite(total.high) ? Quotient(total, divisor).high : total.high);
  }
};

// Numbers and their squares.
struct SquaresState : SumState {
  ExactSum squares;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    const std::optional<Number> number = NumberOf(input.value);
    if (!number) return;
    const size_t before = HeapBytes();
    sum.Add(number->value);
    squares.AddSquare(number->value);
    ++count;
    memory.Changed(before, HeapBytes());
  }
  void Merge(const SquaresState& other, plan::AggregateMemory& memory) {
    SumState::Merge(other, memory);
    const size_t before = squares.heap_bytes();
    squares.Merge(other.squares);
    memory.Changed(before, squares.heap_bytes());
  }
  size_t HeapBytes() const { return sum.heap_bytes() + squares.heap_bytes(); }
  void Save(ByteWriter& out) const {
    SumState::Save(out);
    squares.Save(out);
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    SumState::Load(in, memory);
    const size_t before = squares.heap_bytes();
    squares = ExactSum::Load(in);
    memory.Changed(before, squares.heap_bytes());
  }

  static constexpr std::array<std::string_view, 5> kPartialCodes = {"nc", "sm", "se", "ss", "qe"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    SumState::WritePartial(out, arena);
    if (count > 0) WriteSum(squares, &out[3], &out[4], arena);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    const std::optional<uint64_t> counted = input.Count(0);
    if (counted && *counted > 0) {
      if (input.values[3].is_null() && input.values[4].is_null()) {
        return plan::PartialRead::kNothing;  // Only sums were kept.
      }
      std::optional<ExactSum> summed = ReadSum(input, 3, 4);
      if (!summed) return plan::PartialRead::kDamaged;
      const size_t before = squares.heap_bytes();
      squares.Merge(*summed);
      memory.Changed(before, squares.heap_bytes());
    }
    return SumState::ReadPartial(input, memory);
  }

  // The sum of squared distances from the mean, divided by n - 1 or, for a population, by n. Of one
  // value the sample variance is 0 as well (stats, example on earthquakes).
  ScaledNumber Variance(bool sample) const {
    if (sample && count < 2) return {};
    ScaledNumber distances = ExactSum::Distances(count, sum, squares);
    const auto n = static_cast<double>(count);
    distances.mantissa /= n * (sample ? n - 1 : n);
    return distances;
  }
};

Value VarianceValue(const ScaledNumber& variance) {
  return NumberValue(std::ldexp(variance.mantissa, variance.exponent));
}

// Taken from the scaled number, as the variance may lie outside the range of doubles.
Value DeviationValue(ScaledNumber variance) {
  if (variance.exponent % 2 != 0) {
    variance.mantissa *= 2;
    --variance.exponent;
  }
  return NumberValue(std::ldexp(std::sqrt(variance.mantissa), variance.exponent / 2));
}

struct SumOfSquaresState : SquaresState {
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : NumberValue(squares.Result());
  }
};
struct VarianceState : SquaresState {
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : VarianceValue(Variance(true));
  }
};
struct PopulationVarianceState : SquaresState {
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : VarianceValue(Variance(false));
  }
};
struct DeviationState : SquaresState {
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : DeviationValue(Variance(true));
  }
};
struct PopulationDeviationState : SquaresState {
  Value Result(plan::AggregateResult&) const {
    return count == 0 ? Value::Null() : DeviationValue(Variance(false));
  }
};

constexpr std::string_view kAverageAliases[] = {"mean"};
constexpr std::string_view kSumNotes[] = {
    "sums are exact and rounded once: the order of the rows does not show"};
constexpr Example kSumOfRowsExamples[] = {
    {.title = "What is no number is left out",
     .input = R"({"x":1} {"x":"2"} {"x":"n/a"} {"x":0.5})",
     .query = "stats sum(x)",
     .output = R"json({"sum(x)":3.5})json"},
    {.title = "Of a computed value",
     .input = R"({"bytes":10} {"bytes":20})",
     .query = "stats sum(eval(bytes*2)) AS double",
     .output = R"({"double":60})"},
};
constexpr Example kAverageExamples[] = {
    {.title = "The arithmetic mean",
     .input = R"({"x":1} {"x":2} {"x":6})",
     .query = "stats avg(x) mean(x)",
     .output = R"json({"avg(x)":3,"mean(x)":3})json"},
};
constexpr Example kSquaresExamples[] = {
    {.title = "Each number squared",
     .input = R"({"x":1} {"x":2} {"x":3})",
     .query = "stats sumsq(x)",
     .output = R"json({"sumsq(x)":14})json"},
};
constexpr Example kSampleExamples[] = {
    {.title = "Divided by n - 1; 0 for one value",
     .input = R"({"h":"a","x":1} {"h":"a","x":2} {"h":"a","x":3} {"h":"b","x":9})",
     .query = "stats var(x) stdev(x) BY h",
     .output = R"json({"h":"a","var(x)":1,"stdev(x)":1} {"h":"b","var(x)":0,"stdev(x)":0})json"},
};
constexpr Example kPopulationExamples[] = {
    {.title = "Divided by n",
     .input = R"({"x":1} {"x":3})",
     .query = "stats varp(x) stdevp(x)",
     .output = R"json({"varp(x)":1,"stdevp(x)":1})json"},
};

constexpr Example kPerUnitExamples[] = {
    {.title = "The sum, scaled from the span to the unit",
     .input = R"({"_time":60,"x":10} {"_time":30,"x":20})",
     .query = "timechart span=30m per_second(x) per_minute(x) per_hour(x) per_day(x)",
     .output = R"json({"_time":0,"per_second(x)":0.016666666666666666,"per_minute(x)":1,
                       "per_hour(x)":60,"per_day(x)":1440})json"},
};

constexpr Example kSeriesRateExamples[] = {
    {.title = "Counters of two hosts",
     .input =
         R"({"_time":10,"host":"a","metric_name:n":20} {"_time":10,"host":"b","metric_name:n":15}
                 {"_time":0,"host":"a","metric_name:n":0} {"_time":0,"host":"b","metric_name:n":5})",
     .query = "| mstats rate_avg(n) rate_sum(n)",
     .output = R"json({"rate_avg(n)":1.5,"rate_sum(n)":3})json"},
};
constexpr std::string_view kSeriesRateNotes[] = {
    "of mstats only; a time series are the measurements of equal metrics and dimensions",
    "within a span the rate counts from the latest measurement of the spans before, where there is "
    "one; a counter that starts again is not corrected"};

constexpr AggregateEntry kMomentsTable[] = {
    {.name = "sum",
     .signature = "sum(<field>)",
     .summary = "The sum of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .ops = &plan::OpsOf<SumState>,
     .examples = kSumOfRowsExamples,
     .notes = kSumNotes},
    {.name = "avg",
     .aliases = kAverageAliases,
     .signature = "avg(<field>)",
     .summary = "The mean of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<AverageState>,
     .examples = kAverageExamples,
     .notes = kSumNotes},
    {.name = "sumsq",
     .signature = "sumsq(<field>)",
     .summary = "The sum of the squares of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .ops = &plan::OpsOf<SumOfSquaresState>,
     .examples = kSquaresExamples},
    {.name = "var",
     .signature = "var(<field>)",
     .summary = "The sample variance of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .kept_as = "sumsq",
     .ops = &plan::OpsOf<VarianceState>,
     .examples = kSampleExamples},
    {.name = "varp",
     .signature = "varp(<field>)",
     .summary = "The population variance of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .kept_as = "sumsq",
     .ops = &plan::OpsOf<PopulationVarianceState>,
     .examples = kPopulationExamples},
    {.name = "stdev",
     .signature = "stdev(<field>)",
     .summary = "The sample standard deviation of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .kept_as = "sumsq",
     .ops = &plan::OpsOf<DeviationState>,
     .examples = kSampleExamples},
    {.name = "stdevp",
     .signature = "stdevp(<field>)",
     .summary = "The population standard deviation of a field's numbers.",
     .page = "Aggregate functions",
     .numeric = true,
     .kept_as = "sumsq",
     .ops = &plan::OpsOf<PopulationDeviationState>,
     .examples = kPopulationExamples},
    {.name = "per_second",
     .signature = "per_second(<field>)",
     .summary = "timechart only: the sum of a field's numbers in a span, for each second of it.",
     .page = "Time functions",
     .only_in = "timechart",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<SumState>,
     .examples = kPerUnitExamples},
    {.name = "per_minute",
     .signature = "per_minute(<field>)",
     .summary = "timechart only: the sum of a field's numbers in a span, for each minute of it.",
     .page = "Time functions",
     .only_in = "timechart",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<SumState>,
     .examples = kPerUnitExamples},
    {.name = "per_hour",
     .signature = "per_hour(<field>)",
     .summary = "timechart only: the sum of a field's numbers in a span, for each hour of it.",
     .page = "Time functions",
     .only_in = "timechart",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<SumState>,
     .examples = kPerUnitExamples},
    {.name = "per_day",
     .signature = "per_day(<field>)",
     .summary = "timechart only: the sum of a field's numbers in a span, for each day of it.",
     .page = "Time functions",
     .only_in = "timechart",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<SumState>,
     .examples = kPerUnitExamples},
    {.name = "rate_avg",
     .signature = "rate_avg(<metric>)",
     .summary = "mstats only: the average of how much each time series changes by seconds.",
     .page = "Time functions",
     .only_in = "mstats",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<AverageState>,
     .examples = kSeriesRateExamples,
     .notes = kSeriesRateNotes},
    {.name = "rate_sum",
     .signature = "rate_sum(<metric>)",
     .summary = "mstats only: the sum of how much each time series changes by seconds.",
     .page = "Time functions",
     .only_in = "mstats",
     .numeric = true,
     .kept_as = "sum",
     .ops = &plan::OpsOf<SumState>,
     .examples = kSeriesRateExamples,
     .notes = kSeriesRateNotes},
};

}  // namespace

std::span<const AggregateEntry> MomentsStatistics() { return kMomentsTable; }

}  // namespace spelk::functions
