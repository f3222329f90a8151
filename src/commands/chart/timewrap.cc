// timewrap: the periods of a timechart beside each other.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/time_format.h"
#include "value/time_span.h"

namespace spelk::commands {
namespace {

enum class SeriesNames : uint8_t { kRelative, kExact, kShort };
constexpr size_t EnumSize(SeriesNames) { return 3; }
std::string_view NameOf(SeriesNames names) {
  constexpr std::string_view kNames[] = {"relative", "exact", "short"};
  return kNames[static_cast<size_t>(names)];
}

struct TimewrapNode final : plan::Node {
  static constexpr std::string_view kName = "timewrap";
  std::string period;
  bool to_now = false;
  SeriesNames series = SeriesNames::kRelative;
  std::string format;
  Field time;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    flow.reads_clock = true;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return ParseTimeSpan(period).has_value(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("period", period);
    visit("align_now", to_now);
    visit("series", series);
    visit("time_format", format);
    visit("time", time);
  }
};

std::string_view WordOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return "microsecond";
    case TimeUnit::kMillisecond:
      return "millisecond";
    case TimeUnit::kCentisecond:
      return "centisecond";
    case TimeUnit::kDecisecond:
      return "decisecond";
    case TimeUnit::kSecond:
      return "second";
    case TimeUnit::kMinute:
      return "minute";
    case TimeUnit::kHour:
      return "hour";
    case TimeUnit::kDay:
      return "day";
    case TimeUnit::kWeek:
      return "week";
    case TimeUnit::kMonth:
      return "month";
    case TimeUnit::kQuarter:
      return "quarter";
    case TimeUnit::kYear:
      return "year";
  }
  return "";
}

constexpr int64_t kMostPeriods = 10'000;

// Counts periods back from an instant.
class Periods {
 public:
  Periods(const TimeSpan& span, double end, absl::TimeZone zone)
      : span_(span), end_(end), zone_(zone) {}

  // Where the period begins; the latest one is period 0.
  double StartOf(int64_t period) const { return Shifted(end_, -(period + 1)); }
  // Nothing beyond the most there may be.
  std::optional<int64_t> Of(double time) const {
    if (time >= end_) return 0;
    const double guess = std::floor((end_ - time) / span_.seconds());
    if (guess > 2 * kMostPeriods) return std::nullopt;
    auto period = std::max<int64_t>(static_cast<int64_t>(guess) - 2, 0);
    while (time < StartOf(period)) ++period;  // Calendars make some longer than others.
    while (period > 0 && time >= StartOf(period - 1)) --period;
    if (period >= kMostPeriods) return std::nullopt;
    return period;
  }
  double Shifted(double time, int64_t periods) const {
    return AddUnits(time, periods * span_.count, span_.unit, zone_);
  }

 private:
  const TimeSpan span_;
  const double end_;
  const absl::TimeZone zone_;
};

class Timewrap final : public WholeSink {
 public:
  Timewrap(const TimewrapNode& node, const exec::RunContext& run)
      : WholeSink("timewrap", node, run), node_(node), span_(*ParseTimeSpan(node.period)) {}

 private:
  struct Cell {
    double time;  // As in the latest period.
    int64_t period;
    size_t row;
  };

  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    std::vector<Field> series;
    for (const Field field : fields) {
      if (!field.internal()) series.push_back(field);
    }
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (2 * sizeof(Cell) + sizeof(Value))));
    const std::vector<Value> times = rows.ValuesOf(node_.time);
    const absl::TimeZone zone = run().evaluation.constants.zone;
    const Periods periods(span_, EndOf(times), zone);
    std::vector<Cell> cells;
    int64_t most = 0;
    for (size_t r = 0; r < times.size(); ++r) {
      const std::optional<Number> time = NumberOf(times[r]);
      if (!time || !std::isfinite(time->value)) continue;
      const std::optional<int64_t> period = periods.Of(time->value);
      if (!period) {
        return absl::ResourceExhaustedError(
            fmt::format("timewrap: more than {} periods; a longer one makes fewer", kMostPeriods));
      }
      most = std::max(most, *period);
      cells.push_back({periods.Shifted(time->value, *period), *period, r});
    }
    if (cells.empty() || series.empty()) return absl::OkStatus();
    std::stable_sort(cells.begin(), cells.end(),
                     [](const Cell& a, const Cell& b) { return a.time < b.time; });
    SPELK_ASSIGN_OR_RETURN(std::vector<Field> columns, ColumnsOf(series, most, periods, rows));
    WideRows table(std::move(columns), run(), "timewrap", out);
    for (size_t c = 0; c < cells.size() && !out.enough(); ++c) {
      if (c == 0 || cells[c].time != cells[c - 1].time) {
        SPELK_RETURN_IF_ERROR(table.Begin());
        table.Set(0, NumberValue(cells[c].time));
      }
      const auto place = static_cast<size_t>(most - cells[c].period);
      const auto each = static_cast<size_t>(most + 1);
      for (size_t s = 0; s < series.size(); ++s) {
        table.Set(1 + s * each + place, rows.At(cells[c].row, series[s]));
      }
    }
    return table.Finish();
  }

  // The end of the search's range of time or, where that is open, of the last row.
  double EndOf(const std::vector<Value>& times) const {
    if (node_.to_now) return run().evaluation.constants.now;
    if (run().time_range.latest) return *run().time_range.latest;
    std::vector<double> sorted;
    for (const Value& value : times) {
      if (const auto time = NumberOf(value); time && std::isfinite(time->value)) {
        sorted.push_back(time->value);
      }
    }
    if (sorted.empty()) return 0;
    std::sort(sorted.begin(), sorted.end());
    double step = span_.seconds();
    for (size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i] > sorted[i - 1]) step = std::min(step, sorted[i] - sorted[i - 1]);
    }
    return sorted.back() + step;
  }

  absl::StatusOr<std::vector<Field>> ColumnsOf(const std::vector<Field>& series, int64_t most,
                                               const Periods& periods, AllRows& rows) const {
    constexpr size_t kColumn = 160;
    SPELK_RETURN_IF_ERROR(rows.Reserve(series.size() * static_cast<size_t>(most + 1) * kColumn));
    std::vector<Field> columns = {node_.time};
    absl::flat_hash_set<Field> taken = {node_.time};
    for (const Field field : series) {
      for (int64_t period = most; period >= 0; --period) {
        std::string name = NameOfPeriod(period, periods);
        if (series.size() > 1) name = fmt::format("{}_{}", field.name(), name);
        SPELK_ASSIGN_OR_RETURN(Field column, run().fields->TryIntern(name));
        for (int again = 2; !taken.insert(column).second; ++again) {
          SPELK_ASSIGN_OR_RETURN(column,
                                 run().fields->TryIntern(fmt::format("{}_{}", name, again)));
        }
        columns.push_back(column);
      }
    }
    return columns;
  }

  std::string NameOfPeriod(int64_t period, const Periods& periods) const {
    if (node_.series == SeriesNames::kShort) return fmt::format("s{}", period);
    if (node_.series == SeriesNames::kExact) {
      const auto text =
          FormatTime(periods.StartOf(period), node_.format, run().evaluation.constants.zone);
      if (text && !text->empty()) return *text;
    }
    const int64_t count = std::max<int64_t>(period, 1) * span_.count;
    const std::string_view plural = count == 1 ? "" : "s";
    if (period > 0) return fmt::format("{}{}{}_before", count, WordOf(span_.unit), plural);
    if (span_.count == 1) return fmt::format("latest_{}", WordOf(span_.unit));
    return fmt::format("latest_{}{}{}", count, WordOf(span_.unit), plural);
  }

  const TimewrapNode& node_;
  const TimeSpan span_;
};

absl::StatusOr<plan::NodePtr> BindTimewrap(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<TimewrapNode>(call.span);
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the period is missing",
                        {"usage: timewrap 1d [align=now|end] [series=relative|exact|short]"});
  }
  const auto* word = std::get_if<ast::Name>(&arguments[0]->value);
  if (word == nullptr || !ParseTimeSpan(word->text)) {
    return binder.Unexpected(*arguments[0], {"a period is due: 1d, 2w, month"});
  }
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1], {"it takes one period"});
  node->period = word->text;
  // Here, unlike elsewhere, m is a month (timewrap, timescale).
  if (node->period.find_first_not_of("0123456789") + 1 == node->period.size() &&
      node->period.ends_with('m')) {
    node->period += "on";
  }
  SPELK_ASSIGN_OR_RETURN(const std::string align, binder.Choice(call, "align"));
  SPELK_ASSIGN_OR_RETURN(const std::string series, binder.Choice(call, "series"));
  SPELK_ASSIGN_OR_RETURN(node->format, binder.Text(call, "time_format"));
  node->to_now = align == "now";
  if (series == "exact") node->series = SeriesNames::kExact;
  if (series == "short") node->series = SeriesNames::kShort;
  node->time = binder.Intern("_time");
  return node;
}

exec::OperatorPtr BuildTimewrap(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Timewrap>(plan::As<TimewrapNode>(node), run);
}

constexpr Argument kTimewrapArguments[] = {
    {.name = "period",
     .type = "span of time",
     .fallback = "",
     .summary = "How long each series is: 1d, week, 2w, month, 1q, year; m is a month, too."},
    {.name = "align",
     .type = "one of end|now",
     .fallback = "end",
     .summary = "Where the latest period ends: with the search's range of time, or now.",
     .is_option = true},
    {.name = "series",
     .type = "one of relative|exact|short",
     .fallback = "relative",
     .summary = "What series are called: latest_day, 1day_before …; by time_format; s0, s1 …",
     .is_option = true},
    {.name = "time_format",
     .type = "text",
     .fallback = "%Y-%m-%d %H:%M:%S",
     .summary = "With series=exact: the name, from the beginning of the period.",
     .is_option = true}};
constexpr std::string_view kTimewrapNotes[] = {
    "the oldest series comes first; of several columns each has its own, and their names begin "
    "with "
    "that of the column",
    "the range of time ends with latest= or, without it, with the last row",
    "rows have the times of the latest period"};
constexpr Example kTimewrapExamples[] = {
    {.title = "Two days beside each other",
     .input = R"({"_time":0} {"_time":43200} {"_time":86400} {"_time":86401})",
     .query = "timechart span=12h count | timewrap 1d",
     .output = R"({"_time":43200,"latest_day":1} )"
               R"({"_time":86400,"1day_before":1,"latest_day":2})"},
};

constexpr plan::NodeEntry kTimewrapNodes[] = {{&plan::TypeOf<TimewrapNode>, &BuildTimewrap}};

}  // namespace

extern constexpr CommandEntry kTimewrap = {
    .name = "timewrap",
    .signature =
        "timewrap <period> [align=now|end] [series=relative|exact|short] "
        "[time_format=<text>]",
    .summary = "Shows the periods of a timechart as series beside each other.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTimewrapArguments,
    .notes = kTimewrapNotes,
    .examples = kTimewrapExamples,
    .nodes = kTimewrapNodes,
    .bind = &BindTimewrap,
};

}  // namespace spelk::commands
