// gentimes: makes rows of adjacent ranges of time.
#include <charconv>
#include <cmath>

#include "commands/entry.h"
#include "value/relative_time.h"
#include "value/time_format.h"
#include "value/time_span.h"

namespace spelk::commands {
namespace {

// A time as the search has it: days before or after today, or the seconds of a date, which depend
// on the zone and are found when the search runs.
struct GenTimesNode final : plan::Node {
  static constexpr std::string_view kName = "gentimes";
  std::string start;
  std::string end;        // Empty: the midnight before now.
  std::string increment;  // 1d, 12h, 30m, 10s.
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(),
                        .passes = false,
                        .order = Order::kDestroys,
                        .runs = Runs::kSource};
    flow.columns = columns;
    flow.reads_clock = true;
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("start", start);
    visit("end", end);
    visit("increment", increment);
    visit("columns", columns);
  }
};

std::optional<int64_t> ParseDays(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t days = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  // What lies beyond the years that have a date is no time.
  constexpr int64_t kMost = 3'000'000;
  const bool whole = error == std::errc() && stop == text.data() + text.size();
  return whole && days >= -kMost && days <= kMost ? std::optional(days) : std::nullopt;
}

// "-5" (days from today's midnight), "10/1/2020", "4/1/21:12:34:56".
std::optional<double> ParseGenTime(std::string_view text, double now, absl::TimeZone zone) {
  if (const std::optional<int64_t> days = ParseDays(text)) {
    return AddUnits(SnapToUnit(now, TimeUnit::kDay, zone), *days, TimeUnit::kDay, zone);
  }
  for (const std::string_view format :
       {"%m/%d/%Y:%H:%M:%S", "%m/%d/%Y", "%m/%d/%y:%H:%M:%S", "%m/%d/%y"}) {
    // A year of two digits is none of four.
    const size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const size_t digits = std::min(text.find(':', slash), text.size()) - slash - 1;
    if ((digits == 4) != (format.find('Y') != std::string_view::npos)) continue;
    if (const auto time = ParseTime(text, format, zone, now)) return time;
  }
  return std::nullopt;
}

std::optional<TimeSpan> ParseIncrement(std::string_view text) {
  const std::optional<TimeSpan> span = ParseTimeSpan(text);
  if (!span || text.empty() || std::string_view("smhd").find(text.back()) == text.npos) {
    return std::nullopt;
  }
  const bool known = span->unit == TimeUnit::kSecond || span->unit == TimeUnit::kMinute ||
                     span->unit == TimeUnit::kHour || span->unit == TimeUnit::kDay;
  return known && text.front() >= '0' && text.front() <= '9' ? span : std::nullopt;
}

class GenTimes final : public exec::SourceOperator {
 public:
  GenTimes(const GenTimesNode& node, const exec::RunContext& run)
      : node_(node),
        schema_(std::make_shared<Schema>(node.columns, node.columns.size())),
        run_(run) {}

  absl::Status Produce(exec::Output& out) const override {
    const plan::RunConstants& constants = run_.evaluation.constants;
    const absl::TimeZone zone = constants.zone;
    const TimeSpan step = *ParseIncrement(node_.increment);
    double at = ParseGenTime(node_.start, constants.now, zone).value_or(0);
    const double end = node_.end.empty() ? SnapToUnit(constants.now, TimeUnit::kDay, zone)
                                         : ParseGenTime(node_.end, constants.now, zone).value_or(0);
    while (at < end && !out.enough()) {
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      auto memory = std::make_shared<BatchMemory>(run_.budget);
      auto* values = memory->arena.AllocateArray<Value>(4 * run_.batch_rows);
      SPELK_RETURN_IF_ERROR(memory->arena.status("gentimes"));
      size_t rows = 0;
      for (; rows < run_.batch_rows && at < end; ++rows) {
        const double next = AddUnits(at, step.count, step.unit, zone);
        const double last = next - 1;
        Value* row = values + rows;
        row[0] = Value::Integer(static_cast<int64_t>(at));
        row[run_.batch_rows] = Human(at, memory->arena);
        row[2 * run_.batch_rows] = Value::Integer(static_cast<int64_t>(last));
        row[3 * run_.batch_rows] = Human(last, memory->arena);
        at = next > at ? next : end;
      }
      SPELK_RETURN_IF_ERROR(memory->arena.status("gentimes"));
      std::vector<Column> columns;
      for (size_t c = 0; c < 4; ++c) {
        columns.push_back(Column::Values({values + c * run_.batch_rows, rows}));
      }
      SPELK_RETURN_IF_ERROR(out.Push(Batch(schema_, std::move(columns), rows, std::move(memory))));
    }
    return absl::OkStatus();
  }

 private:
  Value Human(double seconds, Arena& arena) const {
    const auto text = FormatTime(seconds, "%a %b %e %H:%M:%S %Y", run_.evaluation.constants.zone);
    return text ? Value::Text(arena.Copy(*text)) : Value::Null();
  }

  const GenTimesNode& node_;
  const SchemaPtr schema_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<std::string> TimeOption(const ast::CommandCall& call, std::string_view name,
                                       plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(std::string text, binder.Text(call, name));
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr || ParseGenTime(text, 0, absl::UTCTimeZone())) return text;
  return binder.Error(
      ErrorCode::kBadOptionValue, option->value->span,
      "option " + std::string(name) + " does not take \"" + text + "\"",
      {"it takes a date such as 10/1/2020 or 4/1/2021:12:34:56, or a number of days "
       "such as -5"});
}

absl::StatusOr<plan::NodePtr> BindGenTimes(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<GenTimesNode>(call.span);
  if (binder.FindOption(call, "start") == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "start= is missing",
                        {"usage: | gentimes start=<time> [end=<time>] [increment=<span>]"});
  }
  SPELK_ASSIGN_OR_RETURN(node->start, TimeOption(call, "start", binder));
  SPELK_ASSIGN_OR_RETURN(node->end, TimeOption(call, "end", binder));
  SPELK_ASSIGN_OR_RETURN(node->increment, binder.Text(call, "increment"));
  if (!ParseIncrement(node->increment)) {
    const ast::ArgumentOption* option = binder.FindOption(call, "increment");
    return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                        "option increment does not take \"" + node->increment + "\"",
                        {"it takes a number of s, m, h or d: 10s, 1h, 7d"});
  }
  for (const std::string_view name : {"starttime", "starthuman", "endtime", "endhuman"}) {
    node->columns.push_back(binder.Intern(name));
  }
  return node;
}

exec::OperatorPtr BuildGenTimes(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<GenTimes>(plan::As<GenTimesNode>(node), run);
}

constexpr Argument kGenTimesArguments[] = {
    {.name = "start",
     .type = "time",
     .fallback = "",
     .summary =
         "The first range's start: 10/1/2020, 4/1/2021:12:34:56, or -5 for the midnight five "
         "days before today's.",
     .is_option = true},
    {.name = "end",
     .type = "time",
     .fallback = "",
     .summary = "No range starts at this time or later; without it, at today's midnight.",
     .is_option = true},
    {.name = "increment",
     .type = "span",
     .fallback = "1d",
     .summary = "The length of a range in s, m, h or d; days are those of the local calendar.",
     .is_option = true}};
constexpr std::string_view kGenTimesNotes[] = {
    "endtime is the second before the next range starts; the last range may reach beyond the end"};
constexpr Example kGenTimesExamples[] = {
    {.title = "Two days",
     .input = "",
     .query = "| gentimes start=4/4/21 end=4/6/21",
     .output = R"({"starttime":1617494400,"starthuman":"Sun Apr  4 00:00:00 2021",
                   "endtime":1617580799,"endhuman":"Sun Apr  4 23:59:59 2021"}
                  {"starttime":1617580800,"starthuman":"Mon Apr  5 00:00:00 2021",
                   "endtime":1617667199,"endhuman":"Mon Apr  5 23:59:59 2021"})"},
};

constexpr plan::NodeEntry kGenTimesNodes[] = {{&plan::TypeOf<GenTimesNode>, &BuildGenTimes}};

}  // namespace

extern constexpr CommandEntry kGenTimes = {
    .name = "gentimes",
    .signature = "| gentimes start=<time> [end=<time>] [increment=<span>]",
    .summary = "Makes rows of adjacent ranges of time.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kGenTimesArguments,
    .notes = kGenTimesNotes,
    .examples = kGenTimesExamples,
    .nodes = kGenTimesNodes,
    .bind = &BindGenTimes,
};

}  // namespace spelk::commands
