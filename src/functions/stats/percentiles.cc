// perc, exactperc, upperperc, median: what a given part of the numbers does not exceed.
#include <algorithm>
#include <cmath>

#include "functions/entry.h"
#include "functions/stats/quantiles.h"
#include "plan/aggregate.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

// So many distinct numbers of a group are kept exactly.
constexpr size_t kMostBuckets = size_t{1} << 17U;
// What the numbers are called in partial rows.
constexpr std::string_view kDigest = "rd";

struct NumbersState {
  explicit NumbersState(size_t most_buckets) : numbers(most_buckets) {}
  Quantiles numbers;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    const std::optional<Number> number = NumberOf(input.value);
    if (!number || std::isnan(number->value)) return;
    numbers.Add(number->value);
    Report(memory);
  }
  void Merge(const NumbersState& other, plan::AggregateMemory& memory) {
    numbers.Merge(other.numbers);
    Report(memory);
  }
  size_t HeapBytes() const { return numbers.heap_bytes(); }
  void Save(ByteWriter& out) const { numbers.Save(out); }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    numbers.Load(in);
    Report(memory);
  }

 protected:
  // The number at rank p/100 * (n-1), between two numbers in proportion.
  Value Interpolated(double percent, bool upper, plan::AggregateResult& result) const {
    if (numbers.count() == 0) return Value::Null();
    result.approximate = numbers.estimates();
    const auto last = static_cast<double>(numbers.count() - 1);
    const double rank = std::clamp(percent * last / 100, 0.0, last);
    const double whole = std::floor(rank);
    const double part = rank - whole;
    const double low = numbers.At(static_cast<uint64_t>(whole), upper);
    if (part == 0) return Value::Double(low);
    const double high = numbers.At(static_cast<uint64_t>(whole) + 1, upper);
    return Value::Double(low == high ? low : low + part * (high - low));
  }
  // The number at rank floor(p/100 * n).
  Value Nearest(double percent) const {
    if (numbers.count() == 0) return Value::Null();
    const auto count = static_cast<double>(numbers.count());
    const double rank = std::clamp(std::floor(percent * count / 100), 0.0, count - 1);
    return Value::Double(numbers.At(static_cast<uint64_t>(rank)));
  }

 private:
  // Looking at the numbers may sort them, which takes memory as well.
  void Report(plan::AggregateMemory& memory) {
    memory.Changed(reported_, numbers.heap_bytes());
    reported_ = numbers.heap_bytes();
  }

  size_t reported_ = 0;
};

struct PercentileState : NumbersState {
  static constexpr std::string_view kPartialCode = kDigest;
  PercentileState() : NumbersState(kMostBuckets) {}
  Value Result(plan::AggregateResult& result) const {
    return Interpolated(result.number, false, result);
  }
};
struct UpperPercentileState : NumbersState {
  static constexpr std::string_view kPartialCode = kDigest;
  UpperPercentileState() : NumbersState(kMostBuckets) {}
  Value Result(plan::AggregateResult& result) const {
    return Interpolated(result.number, true, result);
  }
};
struct MedianState : NumbersState {
  static constexpr std::string_view kPartialCode = kDigest;
  MedianState() : NumbersState(kMostBuckets) {}
  Value Result(plan::AggregateResult& result) const { return Interpolated(50, false, result); }
};
struct ExactPercentileState : NumbersState {
  static constexpr std::string_view kPartialCode = "rx";
  ExactPercentileState() : NumbersState(Quantiles::kUnlimited) {}
  Value Result(plan::AggregateResult& result) const { return Nearest(result.number); }
};

constexpr std::string_view kPercentileAliases[] = {"p", "percentile"};
constexpr std::string_view kPercentilesNotes[] = {
    "between two numbers it interpolates, at rank N/100 * (n - 1)",
    "exact up to 131,072 distinct numbers of a group; an estimate beyond, with a warning: "
    "mostly within 0.01 %, in the worst case within 2 %"};
constexpr std::string_view kExactNotes[] = {"keeps every distinct number, in memory",
                                            "the number at rank floor(N/100 * n), counted from 0"};
constexpr Example kPercentileExamples[] = {
    {.title = "Interpolated between the two nearest numbers",
     .input = R"({"x":1} {"x":2} {"x":3} {"x":4})",
     .query = "stats perc50(x) p90(x)",
     .output = R"json({"perc50(x)":2.5,"p90(x)":3.7})json"},
};
constexpr Example kUpperPercExamples[] = {
    {.title = "The same as perc while that is exact",
     .input = R"({"x":1} {"x":2} {"x":3})",
     .query = "stats upperperc50(x)",
     .output = R"json({"upperperc50(x)":2})json"},
};
constexpr Example kExactPercExamples[] = {
    {.title = "One of the numbers, never one between",
     .input = R"({"x":1} {"x":2} {"x":3} {"x":4})",
     .query = "stats exactperc50(x)",
     .output = R"json({"exactperc50(x)":3})json"},
};
constexpr Example kMedianExamples[] = {
    {.title = "The number in the middle",
     .input = R"({"x":9} {"x":1} {"x":2})",
     .query = "stats median(x)",
     .output = R"json({"median(x)":2})json"},
};

constexpr AggregateEntry kPercentilesTable[] = {
    {.name = "perc",
     .aliases = kPercentileAliases,
     .signature = "perc<N>(<field>), percentile<N>(<field>), p<N>(<field>)",
     .summary = "The number that N percent of a field's numbers do not exceed.",
     .page = "Aggregate functions",
     .takes_number = true,
     .numeric = true,
     .kept_as = "median",
     .ops = &plan::OpsOf<PercentileState>,
     .examples = kPercentileExamples,
     .notes = kPercentilesNotes},
    {.name = "exactperc",
     .signature = "exactperc<N>(<field>)",
     .summary = "An exact percentile.",
     .page = "Aggregate functions",
     .takes_number = true,
     .numeric = true,
     .kept_as = "exactperc0",
     .ops = &plan::OpsOf<ExactPercentileState>,
     .examples = kExactPercExamples,
     .notes = kExactNotes},
    {.name = "upperperc",
     .signature = "upperperc<N>(<field>)",
     .summary = "The greatest that a percentile can be.",
     .page = "Aggregate functions",
     .takes_number = true,
     .numeric = true,
     .kept_as = "median",
     .ops = &plan::OpsOf<UpperPercentileState>,
     .examples = kUpperPercExamples,
     .notes = kPercentilesNotes},
    {.name = "median",
     .signature = "median(<field>)",
     .summary = "The number in the middle; the mean of the middle two of an even count.",
     .page = "Aggregate functions",
     .numeric = true,
     .ops = &plan::OpsOf<MedianState>,
     .examples = kMedianExamples,
     .notes = kPercentilesNotes},
};

}  // namespace

std::span<const AggregateEntry> PercentilesStatistics() { return kPercentilesTable; }

}  // namespace spelk::functions
