// eventstats: statistics of groups, written onto each row.
#include <algorithm>

#include "commands/stats.h"
#include "exec/aggregate/join_back.h"

namespace spelk::commands {
namespace {

// The list is what stats would compute.
struct EventStatsNode final : plan::Node {
  static constexpr std::string_view kName = "eventstats";
  plan::AggregateNode list;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow = list.GetDataflow();
    flow.passes = true;
    flow.columns.reset();
    flow.results = false;
    flow.writes = plan::FieldSet();
    for (const plan::AggregateCall& call : list.aggregates) {
      if (!call.pattern.empty()) {
        flow.writes.AddAll();
        continue;
      }
      flow.writes.Add(call.output);
      flow.makes.push_back(call.output);
    }
    flow.order = list.needs_order ? Order::kNeeds : Order::kKeeps;
    flow.keeps_order = true;
    flow.no_effect_without = plan::FieldSet::Of(list.by);
    if (list.by.empty()) return flow;
    for (const plan::AggregateCall& call : list.aggregates) {
      if (!call.output) continue;
      flow.sources.push_back({call.output, plan::FieldSet::Of({call.output, list.by[0]})});
    }
    return flow;
  }
  // A row without a BY field keeps what it has under the names of the results.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    if (list.by.empty()) return plan::Node::InputNeeds(needed);
    plan::FieldSet needs = needed;
    needs.Add(GetDataflow().reads);
    return needs;
  }
  bool WellFormed(const plan::Registry& entries) const { return list.WellFormed(entries); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    list.Describe(visit);
  }
};

absl::StatusOr<plan::NodePtr> BindEventstats(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<EventStatsNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->list.by, binder.By(call));
  SPELK_ASSIGN_OR_RETURN(node->list.all_numbers, binder.Flag(call, "allnum"));
  SPELK_RETURN_IF_ERROR(binder.Aggregates(call, node->list.by, false, &node->list));
  return node;
}

exec::OperatorPtr BuildEventstats(const plan::Node& node, const exec::RunContext& run) {
  return exec::BuildJoinBack(plan::As<EventStatsNode>(node).list, "eventstats", run);
}

constexpr Argument kEventstatsArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "As in stats: count, avg(field) AS name, dc(eval(…)) …"},
    kAllNumOption,
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "Statistics of each combination of values, written onto its rows."}};
constexpr Example kEventstatsExamples[] = {
    {.title = "Each row with the mean of its group",
     .input = R"({"h":"a","n":1} {"h":"b","n":5} {"h":"a","n":3})",
     .query = "eventstats avg(n) AS mean BY h | table h n mean",
     .output = R"({"h":"a","n":1,"mean":2} {"h":"b","n":5,"mean":5} {"h":"a","n":3,"mean":2})"},
    {.title = "The rows that have the greatest value",
     .input = R"({"u":"ana","n":7} {"u":"bo","n":9} {"u":"cy","n":9})",
     .query = "eventstats max(n) AS most | where n=most | table u",
     .output = R"({"u":"bo"} {"u":"cy"})"},
};
constexpr std::string_view kEventstatsNotes[] = {
    "a row that lacks a BY field passes unchanged",
    "a row whose BY field has several values gets the results of all their groups",
    "rows and groups that exceed the memory go to disk; nothing is left out"};

constexpr plan::NodeEntry kEventstatsNodes[] = {{&plan::TypeOf<EventStatsNode>, &BuildEventstats}};

}  // namespace

extern constexpr CommandEntry kEventstats = {
    .name = "eventstats",
    .signature = "eventstats [allnum=<bool>] <statistic> [AS <field>]… [BY <field>…]",
    .summary = "Adds statistics of all rows, or of a row's group, to each row.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kEventstatsArguments,
    .notes = kEventstatsNotes,
    .differs = "What memory does not hold goes to disk; Splunk leaves fields out there.",
    .examples = kEventstatsExamples,
    .nodes = kEventstatsNodes,
    .bind = &BindEventstats,
};

}  // namespace spelk::commands
