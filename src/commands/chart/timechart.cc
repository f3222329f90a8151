// timechart: statistics over time, one row for each span.
#include "commands/chart/chart.h"
#include "commands/chart/options.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindTimechart(const ast::CommandCall& call, plan::Binder& binder) {
  return BindChart(call, binder, true);
}

constexpr std::string_view kTimechartNotes[] = {
    "rows come oldest first; events without _time are left out",
    "without a span the range of time is divided into at most 100: 1s 5s 10s 30s 1m 5m 10m 30m 1h "
    "1d 1mon",
    "a number as span= after BY is for the series; a span of time is for the rows, unless they "
    "have one before BY",
    "columns come in the order of their names, then those of null and other",
    "where a cell has no event it shows what the statistic says of nothing: 0 for count and dc, "
    "otherwise no value",
    "VALUE stands before a column's name that begins with _ or would be empty"};
constexpr Example kTimechartExamples[] = {
    {.title = "Events of each hour",
     .input = R"({"_time":7200,"k":"a"} {"_time":100,"k":"b"} {"_time":50,"k":"a"})",
     .query = "timechart span=1h count BY k",
     .output = R"({"_time":0,"a":1,"b":1} {"_time":3600,"a":0,"b":0} {"_time":7200,"a":1,"b":0})"},
    {.title = "A rate, whatever the span",
     .input = R"({"_time":60,"bytes":10} {"_time":30,"bytes":20})",
     .query = "timechart span=30m per_hour(bytes) AS rate",
     .output = R"({"_time":0,"rate":60})"},
};

}  // namespace

extern constexpr CommandEntry kTimechart = {
    .name = "timechart",
    .signature =
        "timechart [span=<span>] [bins=<int>] [minspan=<span>] [aligntime=<time>] "
        "[limit=<n>] [agg=<statistic>] [sep=<text>] [format=<text>] [cont=<bool>] "
        "[partial=<bool>] [fixedrange=<bool>] <statistic>… [BY <field> "
        "[<series options>]] [where <statistic> in|notin|<|> …]",
    .summary = "Computes statistics of each span of time.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy | kClauseWhere},
    .free_options = true,
    .arguments = kTimechartArguments,
    .notes = kTimechartNotes,
    .differs = "The hidden fields _span and _spandays are left out.",
    .examples = kTimechartExamples,
    .bind = &BindTimechart,
};

}  // namespace spelk::commands
