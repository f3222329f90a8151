// stats: groups rows and computes statistics.
#include <algorithm>

#include "commands/aggregates.h"
#include "commands/entry.h"

namespace spelk::commands {

absl::Status BindAggregates(const ast::CommandCall& command, const std::vector<Field>& by,
                            plan::Binder& binder, plan::AggregateNode* node) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(
      command, {"a statistic cannot be computed with here; eval can, behind the next pipe"}));
  const std::vector<const ast::Argument*> arguments = binder.Positional(command);
  // As measured on Splunk, stats alone may go without.
  const plan::Registry& entries = binder.entries();
  if (arguments.empty() && entries.Command(binder.command()) != entries.Command("stats")) {
    return binder.Error(ErrorCode::kMissingArgument, command.name.span, "a statistic is missing",
                        {"usage: " + binder.command() + " <statistic>… [BY <field>…]"});
  }
  for (const ast::Argument* argument : arguments) {
    SPELK_ASSIGN_OR_RETURN(plan::AggregateCall call, binder.Aggregate(*argument));
    double number = 0;
    const plan::AggregateEntry* entry = binder.entries().Aggregate(call.function, &number);
    node->needs_order = node->needs_order || entry->needs == plan::AggregateNeeds::kOrder;
    if (call.is_sparkline && entries.Command(binder.command()) != entries.Command("stats")) {
      return binder.Error(ErrorCode::kBadStatistic, argument->span,
                          "sparkline is a statistic of stats and chart only");
    }
    node->needs_time =
        node->needs_time || call.is_sparkline || entry->needs == plan::AggregateNeeds::kTime;
    if (std::find(by.begin(), by.end(), call.output) != by.end()) {
      return binder.Error(ErrorCode::kBadArgument, argument->span,
                          "the output field '" + std::string(call.output.name()) +
                              "' cannot have the same name as a group-by field");
    }
    const bool repeated = std::any_of(node->aggregates.begin(), node->aggregates.end(),
                                      [&](const plan::AggregateCall& other) {
                                        return call.output && other.output == call.output;
                                      });
    if (repeated) {
      return binder.Error(
          ErrorCode::kBadArgument, argument->span,
          "the output field '" + std::string(call.output.name()) + "' is given twice");
    }
    node->aggregates.push_back(std::move(call));
  }
  if (node->needs_time) node->time = binder.Intern("_time");
  return absl::OkStatus();
}

namespace {

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<plan::AggregateNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->by, binder.By(call));
  SPELK_ASSIGN_OR_RETURN(node->all_numbers, binder.Flag(call, "allnum"));
  SPELK_ASSIGN_OR_RETURN(node->distinct_split_values, binder.Flag(call, "dedup_splitvals"));
  SPELK_ASSIGN_OR_RETURN(node->delimiter, binder.Text(call, "delim"));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "partitions", 1).status());
  SPELK_RETURN_IF_ERROR(BindAggregates(call, node->by, binder, node.get()));
  return node;
}

constexpr Argument kArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "count, dc(field), values(field) AS name, avg(eval(…)), sum(*bytes) …"},
    {.name = "allnum",
     .type = "bool",
     .fallback = "f",
     .summary = "A numeric statistic of a field with any other text gives nothing.",
     .is_option = true},
    {.name = "dedup_splitvals",
     .type = "bool",
     .fallback = "f",
     .summary = "A value that a multivalue BY field holds twice counts once.",
     .is_option = true},
    {.name = "delim",
     .type = "text",
     .fallback = " ",
     .summary = "How Splunk shows multivalues.",
     .is_option = true,
     .no_effect = true},
    {.name = "partitions",
     .type = "int",
     .fallback = "1",
     .summary = "Parallel groups.",
     .is_option = true,
     .no_effect = true},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "One row for each combination of values."}};
constexpr Example kExamples[] = {
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

constexpr CommandEntry kStats = {
    .name = "stats",
    .signature =
        "stats [allnum=<bool>] [dedup_splitvals=<bool>] <statistic> [AS <field>]… [BY <field>…]",
    .summary = "Groups rows and computes statistics of each group.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kArguments,
    .examples = kExamples,
    .bind = &Bind,
};

}  // namespace spelk::commands
