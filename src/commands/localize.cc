// localize: the spans of time around which rows crowd, for map to search in.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/time_span.h"

namespace spelk::commands {
namespace {

struct LocalizeNode final : plan::Node {
  static constexpr std::string_view kName = "localize";
  double pause = 60;
  double after = 30;
  double before = 30;
  Field time;
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of({time});
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return columns.size() == 5; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("maxpause", pause);
    visit("timeafter", after);
    visit("timebefore", before);
    visit("time", time);
    visit("columns", columns);
  }
};

class Localize final : public WholeSink {
 public:
  Localize(const LocalizeNode& node, const exec::RunContext& run)
      : WholeSink("localize", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (sizeof(double) + sizeof(Value))));
    std::vector<double> times;
    for (const Value& value : rows.ValuesOf(node_.time)) {
      const std::optional<Number> time = NumberOf(value);
      if (time && std::isfinite(time->value)) times.push_back(time->value);
    }
    std::sort(times.begin(), times.end(), std::greater<>());
    WideRows regions(node_.columns, run(), "localize", out);
    for (size_t first = 0; first < times.size();) {
      size_t last = first;
      while (last + 1 < times.size() && times[last] - times[last + 1] <= node_.pause) ++last;
      SPELK_RETURN_IF_ERROR(regions.Begin());
      const double start = times[last] - node_.before;
      const double end = times[first] + node_.after;
      const size_t count = last + 1 - first;
      regions.Set(0, NumberValue(start));
      regions.Set(1, NumberValue(end));
      regions.Set(2, Value::Integer(static_cast<int64_t>(count)));
      regions.Set(3, NumberValue(end - start));
      if (end > start) regions.Set(4, NumberValue(static_cast<double>(count) / (end - start)));
      first = last + 1;
    }
    return regions.Finish();
  }

  const LocalizeNode& node_;
};

absl::StatusOr<double> DurationOption(const ast::CommandCall& call, std::string_view name,
                                      plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.Text(call, name));
  if (const std::optional<Number> number = ParseNumber(text);
      number && std::isfinite(number->value) && number->value >= 0) {
    return number->value;
  }
  const size_t digits = text.find_first_not_of('0');
  if (digits != 0 && digits != std::string::npos && ParseTimeUnit(text.substr(digits))) return 0;
  const std::optional<TimeSpan> span = ParseTimeSpan(text);
  if (span) return span->seconds();
  return binder.BadOption(*binder.FindOption(call, name), text);
}

absl::StatusOr<plan::NodePtr> BindLocalize(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<LocalizeNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->pause, DurationOption(call, "maxpause", binder));
  SPELK_ASSIGN_OR_RETURN(node->after, DurationOption(call, "timeafter", binder));
  SPELK_ASSIGN_OR_RETURN(node->before, DurationOption(call, "timebefore", binder));
  node->time = binder.Intern("_time");
  for (const std::string_view column : {"starttime", "endtime", "count", "duration", "density"}) {
    node->columns.push_back(binder.Intern(column));
  }
  return node;
}

exec::OperatorPtr BuildLocalize(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Localize>(plan::As<LocalizeNode>(node), run);
}

constexpr Argument kLocalizeArguments[] = {
    {.name = "maxpause",
     .type = "span of time",
     .fallback = "1m",
     .summary = "The longest time between two rows of one region.",
     .is_option = true},
    {.name = "timeafter",
     .type = "span of time",
     .fallback = "30s",
     .summary = "What a region reaches beyond its last row.",
     .is_option = true},
    {.name = "timebefore",
     .type = "span of time",
     .fallback = "30s",
     .summary = "What it reaches back before its first row.",
     .is_option = true}};
constexpr std::string_view kLocalizeNotes[] = {
    "the newest region comes first; rows without _time are left out",
    "count is how many rows a region has, duration how many seconds, density the one by the other"};
constexpr Example kLocalizeExamples[] = {
    {.title = "Two regions",
     .input = R"({"_time":1000} {"_time":1040} {"_time":2000})",
     .query = "localize maxpause=1m timebefore=10s timeafter=0s | table starttime endtime",
     .output = R"({"starttime":1990,"endtime":2000} {"starttime":990,"endtime":1040})"},
};

constexpr plan::NodeEntry kLocalizeNodes[] = {{&plan::TypeOf<LocalizeNode>, &BuildLocalize}};

}  // namespace

extern constexpr CommandEntry kLocalize = {
    .name = "localize",
    .signature = "localize [maxpause=<span>] [timeafter=<span>] [timebefore=<span>]",
    .summary = "Gives the spans of time around which rows lie close together.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kLocalizeArguments,
    .notes = kLocalizeNotes,
    .examples = kLocalizeExamples,
    .nodes = kLocalizeNodes,
    .bind = &BindLocalize,
};

}  // namespace spelk::commands
