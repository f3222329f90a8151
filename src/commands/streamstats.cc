// streamstats: statistics of the rows so far, written onto each row.
#include <algorithm>
#include <cmath>

#include "commands/stats.h"
#include "exec/aggregate/window_statistics.h"
#include "value/time_span.h"

namespace spelk::commands {
namespace {

struct StreamStatsNode final : plan::Node {
  static constexpr std::string_view kName = "streamstats";
  plan::AggregateNode list;
  bool current = true;
  uint64_t window = 0;
  double seconds = 0;  // time_window
  bool global = true;
  bool reset_on_change = false;
  plan::ExprPtr reset_before;
  plan::ExprPtr reset_after;
  Field time;  // _time, if the window goes by it.

  plan::Dataflow GetDataflow() const override;
  // A row without a BY field keeps what it has under the names of the results.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    if (list.by.empty() && seconds == 0) return plan::Node::InputNeeds(needed);
    plan::FieldSet needs = needed;
    needs.Add(GetDataflow().reads);
    return needs;
  }
  bool WellFormed(const plan::Registry& entries) const { return list.WellFormed(entries); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    list.Describe(visit);
    visit("current", current);
    visit("window", window);
    visit("time_window", seconds);
    visit("global", global);
    visit("reset_on_change", reset_on_change);
    visit.MayBeNull("reset_before", reset_before);
    visit.MayBeNull("reset_after", reset_after);
    visit.MayBeNull("time_window_by", time);
  }
};

plan::Dataflow StreamStatsNode::GetDataflow() const {
  plan::Dataflow flow = list.GetDataflow();
  flow.passes = true;
  flow.columns.reset();
  flow.results = false;
  flow.writes = plan::FieldSet();
  if (time) flow.reads.Add(time);
  if (reset_before != nullptr) plan::CollectFields(*reset_before, &flow.reads);
  if (reset_after != nullptr) plan::CollectFields(*reset_after, &flow.reads);
  for (const plan::AggregateCall& call : list.aggregates) {
    if (!call.pattern.empty()) {
      flow.writes.AddAll();
      continue;
    }
    flow.writes.Add(call.output);
    flow.makes.push_back(call.output);
  }
  flow.order = Order::kNeeds;
  flow.runs = Runs::kSequential;
  return flow;
}

absl::Status BindTimeWindow(const ast::CommandCall& call, plan::Binder& binder,
                            StreamStatsNode* node) {
  const ast::ArgumentOption* option = binder.FindOption(call, "time_window");
  if (option == nullptr) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*option));
  // A number alone is one of seconds.
  const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
  const std::optional<TimeSpan> span = ParseTimeSpan(bare ? text + "s" : text);
  if (!span) {
    return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                        "option time_window does not take \"" + text + "\"",
                        {"it takes a span such as 5m"});
  }
  node->seconds = span->seconds();
  node->time = binder.Intern("_time");
  if (!node->current) {
    return binder.Error(ErrorCode::kBadOptionValue, option->name.span,
                        "time_window cannot be used with current=f");
  }
  if (const ast::ArgumentOption* global = binder.FindOption(call, "global"); global != nullptr) {
    return binder.Error(ErrorCode::kBadOptionValue, global->name.span,
                        "global cannot be used with time_window");
  }
  return absl::OkStatus();
}

absl::Status BindReset(const ast::CommandCall& call, std::string_view name, plan::Binder& binder,
                       plan::ExprPtr* condition) {
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(*condition, binder.PredicateIn(*option));
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindStreamstats(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<StreamStatsNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->list.by, binder.By(call));
  SPELK_ASSIGN_OR_RETURN(node->list.all_numbers, binder.Flag(call, "allnum"));
  SPELK_ASSIGN_OR_RETURN(node->current, binder.Flag(call, "current"));
  SPELK_ASSIGN_OR_RETURN(node->global, binder.Flag(call, "global"));
  SPELK_ASSIGN_OR_RETURN(node->reset_on_change, binder.Flag(call, "reset_on_change"));
  const uint64_t largest = binder.MostOf(plan::kStatsMaxStreamWindow);
  SPELK_ASSIGN_OR_RETURN(
      const int64_t window,
      binder.Integer(call, "window", 0,
                     static_cast<int64_t>(std::min<uint64_t>(largest, plan::kNoLimit))));
  node->window = static_cast<uint64_t>(window);
  SPELK_RETURN_IF_ERROR(BindTimeWindow(call, binder, node.get()));
  SPELK_RETURN_IF_ERROR(BindReset(call, "reset_before", binder, &node->reset_before));
  SPELK_RETURN_IF_ERROR(BindReset(call, "reset_after", binder, &node->reset_after));
  SPELK_RETURN_IF_ERROR(binder.Aggregates(call, node->list.by, false, &node->list));
  return node;
}

exec::OperatorPtr BuildStreamstats(const plan::Node& node, const exec::RunContext& run) {
  const auto& stream = plan::As<StreamStatsNode>(node);
  exec::RunningOptions options;
  options.list = &stream.list;
  options.window.rows = stream.window;
  options.window.seconds = stream.seconds;
  options.window.current = stream.current;
  options.window.own_group = !stream.global;
  options.reset_on_change = stream.reset_on_change;
  options.reset_before = stream.reset_before.get();
  options.reset_after = stream.reset_after.get();
  options.what = "streamstats";
  return exec::BuildRunningStatistics(options, run);
}

constexpr Argument kStreamstatsArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "As in stats: count, sum(field) AS name, last(field) …"},
    {.name = "current",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether a row counts for itself.",
     .is_option = true},
    {.name = "window",
     .type = "int, 0 to 10000",
     .fallback = "0",
     .summary = "How many rows count, the current one included if it counts; 0 is all so far.",
     .is_option = true},
    {.name = "time_window",
     .type = "span",
     .fallback = "",
     .summary = "Only rows less than so far away in _time count; rows must come in time order.",
     .is_option = true},
    {.name = "global",
     .type = "bool",
     .fallback = "t",
     .summary = "With window and BY: one window over all rows, or one for each group.",
     .is_option = true},
    {.name = "reset_on_change",
     .type = "bool",
     .fallback = "f",
     .summary = "Starts again when the BY values differ from the row before.",
     .is_option = true},
    {.name = "reset_before",
     .type = "(expression)",
     .fallback = "",
     .summary = "Starts again before a row for which this is true.",
     .is_option = true,
     .value = ValueShape::kExpression},
    {.name = "reset_after",
     .type = "(expression)",
     .fallback = "",
     .summary = "Starts again after a row for which this is true; may ask for the results.",
     .is_option = true,
     .value = ValueShape::kExpression},
    kAllNumOption,
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "Statistics of each combination of values, by itself."}};
constexpr Example kStreamstatsExamples[] = {
    {.title = "A running sum for each host",
     .input = R"({"h":"a","n":1} {"h":"b","n":5} {"h":"a","n":3})",
     .query = "streamstats sum(n) AS total BY h | table h n total",
     .output = R"({"h":"a","n":1,"total":1} {"h":"b","n":5,"total":5} {"h":"a","n":3,"total":4})"},
    {.title = "The value of the row before",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "streamstats current=f window=1 last(n) AS before | table n before",
     .output = R"({"n":1} {"n":5,"before":1} {"n":3,"before":5})"},
    {.title = "Starting again after a row",
     .input = R"({"n":1} {"n":0} {"n":2})",
     .query = "streamstats reset_after=\"(n==0)\" count | table n count",
     .output = R"({"n":1,"count":1} {"n":0,"count":2} {"n":2,"count":1})"},
};
constexpr std::string_view kStreamstatsNotes[] = {
    "events come newest first unless they are sorted before",
    "without window and time_window all rows so far count, not only the last 10,000",
    "a row that lacks a BY field passes unchanged, and nothing is reset by it",
    "a row whose BY field has several values gets the results of all their groups"};

constexpr plan::NodeEntry kStreamstatsNodes[] = {
    {&plan::TypeOf<StreamStatsNode>, &BuildStreamstats}};

}  // namespace

extern constexpr CommandEntry kStreamstats = {
    .name = "streamstats",
    .signature =
        "streamstats [current=<bool>] [window=<int>] [time_window=<span>] "
        "[global=<bool>] [reset_on_change=<bool>] [reset_before=(<expression>)] "
        "[reset_after=(<expression>)] [allnum=<bool>] <statistic> [AS <field>]… "
        "[BY <field>…]",
    .summary = "Adds statistics of the rows so far to each row.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kStreamstatsArguments,
    .notes = kStreamstatsNotes,
    .differs = "Without a window all rows count; Splunk looks at 10,000 at most.",
    .examples = kStreamstatsExamples,
    .nodes = kStreamstatsNodes,
    .bind = &BindStreamstats,
};

}  // namespace spelk::commands
