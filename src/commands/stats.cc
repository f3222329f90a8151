// stats: groups rows and computes statistics.
#include "commands/stats.h"

namespace spelk::commands {

absl::StatusOr<plan::NodePtr> BindStats(const ast::CommandCall& call, plan::Binder& binder,
                                        plan::AggregateMode mode) {
  auto node = plan::Make<plan::AggregateNode>(call.span);
  node->mode = mode;
  SPELK_ASSIGN_OR_RETURN(node->by, binder.By(call));
  SPELK_ASSIGN_OR_RETURN(node->all_numbers, binder.Flag(call, "allnum"));
  SPELK_ASSIGN_OR_RETURN(node->distinct_split_values, binder.Flag(call, "dedup_splitvals"));
  SPELK_ASSIGN_OR_RETURN(node->delimiter, binder.Text(call, "delim"));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "partitions", 1).status());
  node->partial_version = binder.Intern(plan::kPartialVersion);
  // As measured on Splunk, stats may go without statistics.
  SPELK_RETURN_IF_ERROR(binder.Aggregates(call, node->by, true, node.get()));
  if (mode == plan::AggregateMode::kPartial) {
    plan::MakePartial(binder.entries(), binder.fields(), node.get());
    return node;
  }
  for (const plan::AggregateCall& each : node->aggregates) {
    if (!each.output || binder.FindOption(call, "delim") == nullptr) continue;
    binder.NoteDelimiter(each.output, node->delimiter);
  }
  return node;
}

namespace {

absl::StatusOr<plan::NodePtr> BindStatsCommand(const ast::CommandCall& call, plan::Binder& binder) {
  return BindStats(call, binder, plan::AggregateMode::kWhole);
}

constexpr Example kStatsExamples[] = {
    {.title = "Count and distinct users for each host",
     .input =
         R"({"host":"web-1","user":"ana"} {"host":"web-1","user":"bo"} {"host":"db-1","user":"ana"})",
     .query = "stats count dc(user) AS users by host",
     .output = R"({"host":"db-1","count":1,"users":1} {"host":"web-1","count":2,"users":2})"},
    {.title = "Count where an expression is true",
     .input = R"({"code":200} {"code":404} {"code":500})",
     .query = "stats count(eval(code>=400)) AS errors count",
     .output = R"({"errors":2,"count":3})"},
};

}  // namespace

extern constexpr CommandEntry kStats = {
    .name = "stats",
    .signature =
        "stats [allnum=<bool>] [dedup_splitvals=<bool>] <statistic> [AS <field>]… [BY <field>…]",
    .summary = "Groups rows and computes statistics of each group.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kStatsArguments,
    .examples = kStatsExamples,
    .bind = &BindStatsCommand,
};

}  // namespace spelk::commands
