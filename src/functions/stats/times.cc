// earliest, latest, earliest_time, latest_time, rate: values by the _time of their rows.
#include <fmt/format.h>

#include <cmath>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "plan/aggregate.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

// Which of two moments is kept: the earlier or the later one; of equal ones the first seen.
struct Moment {
  bool any = false;
  double time = 0;
  plan::RowRank rank;

  bool YieldsTo(double other_time, const plan::RowRank& other_rank, bool later) const {
    if (!any) return true;
    if (time != other_time) return later ? time < other_time : other_time < time;
    return other_rank < rank;
  }
  void Save(ByteWriter& out) const {
    out.Bool(any);
    out.Double(time);
    rank.Save(out);
  }
  void Load(ByteReader& in) {
    any = in.Bool();
    time = in.Double();
    rank = plan::RowRank::Load(in);
    if (in.failed() || std::isnan(time)) *this = Moment();
  }
};

std::optional<double> TimeOf(const plan::AggregateInput& input) {
  if (!input.time || std::isnan(input.time->value)) return std::nullopt;
  return input.time->value;
}

// An item of a list in a partial row; nothing if it is no number.
std::optional<double> TakeNumber(std::string_view* list) {
  const std::optional<std::string> item = plan::TakeItem(list);
  const std::optional<double> number = item ? plan::ParseExact(*item) : std::nullopt;
  return number && !std::isnan(*number) ? number : std::nullopt;
}

template <bool kLater>
struct TimedState {
  Moment moment;
  KeptText kept;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    const std::optional<double> time = TimeOf(input);
    if (!time || !moment.YieldsTo(*time, input.rank, kLater)) return;
    moment = {true, *time, input.rank};
    kept.Set(input.value, memory);
  }
  void Merge(const TimedState& other, plan::AggregateMemory& memory) {
    if (!other.moment.any || !moment.YieldsTo(other.moment.time, other.moment.rank, kLater)) return;
    moment = other.moment;
    kept.Set(other.kept.text(), other.kept.type(), memory);
  }
  Value Result(plan::AggregateResult& result) const {
    return moment.any ? kept.Result(result) : Value::Null();
  }
  size_t HeapBytes() const { return kept.HeapBytes(); }
  void Save(ByteWriter& out) const {
    moment.Save(out);
    kept.Save(out);
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    moment.Load(in);
    kept.Load(in, memory);
  }

  // The time, then the value.
  static constexpr std::array<std::string_view, 1> kPartialCodes = {kLater ? "lv" : "ev"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    std::string text;
    if (moment.any) {
      plan::AppendItem(plan::ExactText(moment.time), &text);
      kept.AppendTo(&text);
    }
    out[0] = Value::Text(moment.any ? arena.Copy(text) : kNoPartial);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> text = input.Text(0);
    if (text && *text == kNoPartial) return plan::PartialRead::kTaken;
    std::string_view list = text ? std::string_view(*text) : std::string_view();
    const std::optional<double> time = TakeNumber(&list);
    const std::optional<std::string> item = plan::TakeItem(&list);
    TimedState other;
    plan::AggregateMemory scratch;
    if (!time || !item || !other.kept.Take(*item, scratch)) return plan::PartialRead::kDamaged;
    other.moment = {true, *time, input.rank};
    Merge(other, memory);
    return plan::PartialRead::kTaken;
  }
};

template <bool kLater>
struct TimeState {
  bool any = false;
  double time = 0;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory&) {
    if (const std::optional<double> seen = TimeOf(input)) Take(*seen);
  }
  void Merge(const TimeState& other, plan::AggregateMemory&) {
    if (other.any) Take(other.time);
  }
  // Splunk prints these with six decimals.
  Value Result(plan::AggregateResult& result) const {
    if (!any) return Value::Null();
    if (!std::isfinite(time)) return Value::Double(time);
    return Value::Text(result.arena.Copy(fmt::format("{:.6f}", time)), JsonType::kNumber);
  }
  void Save(ByteWriter& out) const {
    out.Bool(any);
    out.Double(time);
  }
  void Load(ByteReader& in, plan::AggregateMemory&) {
    any = in.Bool();
    time = in.Double();
    if (in.failed() || std::isnan(time)) *this = TimeState();
  }

  static constexpr std::array<std::string_view, 1> kPartialCodes = {kLater ? "lt" : "et"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    out[0] = any ? ExactNumber(time, arena) : Value::Text(kNoPartial);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory&) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> text = input.Text(0);
    if (text && *text == kNoPartial) return plan::PartialRead::kTaken;
    const std::optional<double> seen = input.Number(0);
    if (!seen || std::isnan(*seen)) return plan::PartialRead::kDamaged;
    Take(*seen);
    return plan::PartialRead::kTaken;
  }

 private:
  void Take(double seen) {
    const double other = seen + 0.0;  // -0 is 0.
    if (!any || (kLater ? time < other : other < time)) time = other;
    any = true;
  }
};

// The change of a counter between the earliest and the latest event that has it, by seconds.
struct RateState {
  struct Point {
    Moment moment;
    double number = 0;

    void Take(double time, const plan::RowRank& rank, double seen, bool later) {
      if (!moment.YieldsTo(time, rank, later)) return;
      moment = {true, time, rank};
      number = seen;
    }
  };
  Point earliest;
  Point latest;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory&) {
    const std::optional<double> time = TimeOf(input);
    const std::optional<Number> seen = time ? NumberOf(input.value) : std::nullopt;
    if (!seen) return;
    earliest.Take(*time, input.rank, seen->value, false);
    latest.Take(*time, input.rank, seen->value, true);
  }
  void Merge(const RateState& other, plan::AggregateMemory&) {
    if (!other.earliest.moment.any) return;
    const Point& first = other.earliest;
    const Point& last = other.latest;
    earliest.Take(first.moment.time, first.moment.rank, first.number, false);
    latest.Take(last.moment.time, last.moment.rank, last.number, true);
  }

  // Both points: time, number, time, number.
  static constexpr std::array<std::string_view, 1> kPartialCodes = {"ra"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    std::string text;
    for (const double each :
         {earliest.moment.time, earliest.number, latest.moment.time, latest.number}) {
      plan::AppendItem(plan::ExactText(each), &text);
    }
    out[0] = Value::Text(earliest.moment.any ? arena.Copy(text) : kNoPartial);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory&) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> text = input.Text(0);
    if (text && *text == kNoPartial) return plan::PartialRead::kTaken;
    std::string_view list = text ? std::string_view(*text) : std::string_view();
    std::array<double, 4> read = {};
    for (double& each : read) {
      const std::optional<std::string> item = plan::TakeItem(&list);
      const std::optional<double> number = item ? plan::ParseExact(*item) : std::nullopt;
      if (!number) return plan::PartialRead::kDamaged;
      each = *number;
    }
    if (std::isnan(read[0]) || std::isnan(read[2])) return plan::PartialRead::kDamaged;
    earliest.Take(read[0], input.rank, read[1], false);
    latest.Take(read[2], input.rank, read[3], true);
    return plan::PartialRead::kTaken;
  }
  Value Result(plan::AggregateResult&) const {
    const double seconds = latest.moment.time - earliest.moment.time;
    if (!earliest.moment.any || !(seconds > 0)) return Value::Null();
    return Value::Double((latest.number - earliest.number) / seconds);
  }
  void Save(ByteWriter& out) const {
    for (const Point* point : {&earliest, &latest}) {
      point->moment.Save(out);
      out.Double(point->number);
    }
  }
  void Load(ByteReader& in, plan::AggregateMemory&) {
    for (Point* point : {&earliest, &latest}) {
      point->moment.Load(in);
      point->number = in.Double();
    }
    if (in.failed() || earliest.moment.any != latest.moment.any) *this = RateState();
  }
};

constexpr std::string_view kTimesNotes[] = {
    "by _time, whatever the order of the rows; rows without _time are left out; of equal times the "
    "first seen"};
constexpr Example kTimedExamples[] = {
    {.title = "By time, not by row",
     .input =
         R"({"_time":20,"x":"mid"} {"_time":10,"x":"old"} {"_time":30,"x":"new"} {"_time":40})",
     .query = "stats earliest(x) latest(x)",
     .output = R"json({"earliest(x)":"old","latest(x)":"new"})json"},
};
constexpr Example kTimeExamples[] = {
    {.title = "When the field occurs first and last",
     .input = R"({"_time":10,"x":1} {"_time":20,"x":2} {"_time":30})",
     .query = "stats earliest_time(x) latest_time(x)",
     .output = R"json({"earliest_time(x)":10,"latest_time(x)":20})json"},
};
constexpr Example kRateExamples[] = {
    {.title = "A counter's change by seconds",
     .input = R"({"_time":0,"c":5} {"_time":10,"c":25})",
     .query = "stats rate(c)",
     .output = R"json({"rate(c)":2})json"},
};
constexpr std::string_view kRateNotes[] = {
    "null for fewer than two times; a counter that starts "
    "again is not corrected"};

constexpr AggregateEntry kTimesTable[] = {
    {.name = "earliest",
     .signature = "earliest(<field>)",
     .summary = "The value at the least _time.",
     .page = "Time functions",
     .needs = AggregateNeeds::kTime,
     .ops = &plan::OpsOf<TimedState<false>>,
     .examples = kTimedExamples,
     .notes = kTimesNotes},
    {.name = "latest",
     .signature = "latest(<field>)",
     .summary = "The value at the greatest _time.",
     .page = "Time functions",
     .needs = AggregateNeeds::kTime,
     .ops = &plan::OpsOf<TimedState<true>>,
     .examples = kTimedExamples,
     .notes = kTimesNotes},
    {.name = "earliest_time",
     .signature = "earliest_time(<field>)",
     .summary = "The least _time of a row that has the field.",
     .page = "Time functions",
     .needs = AggregateNeeds::kTime,
     .ops = &plan::OpsOf<TimeState<false>>,
     .examples = kTimeExamples,
     .notes = kTimesNotes},
    {.name = "latest_time",
     .signature = "latest_time(<field>)",
     .summary = "The greatest _time of a row that has the field.",
     .page = "Time functions",
     .needs = AggregateNeeds::kTime,
     .ops = &plan::OpsOf<TimeState<true>>,
     .examples = kTimeExamples,
     .notes = kTimesNotes},
    {.name = "rate",
     .signature = "rate(<field>)",
     .summary = "How much a number changes by seconds, from its earliest to its latest.",
     .page = "Time functions",
     .numeric = true,
     .needs = AggregateNeeds::kTime,
     .ops = &plan::OpsOf<RateState>,
     .examples = kRateExamples,
     .notes = kRateNotes},
};

}  // namespace

std::span<const AggregateEntry> TimesStatistics() { return kTimesTable; }

}  // namespace spelk::functions
