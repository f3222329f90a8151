// chart: a table of statistics by one field, or by two, one of which makes the columns.
#include "commands/chart/chart.h"

#include "commands/chart/options.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindChartCommand(const ast::CommandCall& call, plan::Binder& binder) {
  return BindChart(call, binder, false);
}

constexpr std::string_view kChartNotes[] = {
    "rows come in the order of the first column: numbers, then text; columns in that of their "
    "names, then those of null and other",
    "an option for ranges belongs to the field before it: BY size span=10 code",
    "with cont=t, ranges of equal width that hold no row are rows, too",
    "where a cell has no event it shows what the statistic says of nothing: 0 for count and dc, "
    "otherwise no value",
    "VALUE stands before a column's name that begins with _ or would be empty",
    "values beyond start and end are left out"};
constexpr Example kChartExamples[] = {
    {.title = "A row for each host, a column for each code",
     .input = R"({"host":"a","code":200} {"host":"a","code":404} {"host":"b","code":200})",
     .query = "chart count OVER host BY code",
     .output = R"({"host":"a","200":1,"404":1} {"host":"b","200":1,"404":0})"},
    {.title = "The largest series; all others together",
     .input = R"({"h":"a","k":"x"} {"h":"a","k":"x"} {"h":"a","k":"y"} {"h":"b","k":"z"})",
     .query = "chart limit=1 count BY h k",
     .output = R"({"h":"a","x":2,"OTHER":1} {"h":"b","x":0,"OTHER":1})"},
    {.title = "Ranges of a number",
     .input = R"({"v":1} {"v":5} {"v":23})",
     .query = "chart count BY v span=10",
     .output = R"({"v":"0-10","count":2} {"v":"10-20","count":0} {"v":"20-30","count":1})"},
    {.title = "Series that ever exceed a threshold",
     .input = R"({"h":"a","k":"x","v":9} {"h":"a","k":"y","v":2} {"h":"b","k":"y","v":1})",
     .query = "chart sum(v) OVER h BY k where max > 5",
     .output = R"({"h":"a","x":9,"OTHER":2} {"h":"b","OTHER":1})"},
};

constexpr plan::NodeEntry kChartNodes[] = {{&plan::TypeOf<ChartNode>, &BuildChart}};

}  // namespace

extern constexpr CommandEntry kChart = {
    .name = "chart",
    .signature =
        "chart [limit=<n>] [agg=<statistic>] [sep=<text>] [format=<text>] [cont=<bool>] "
        "<statistic>… [OVER <field> [<range options>]] [BY <field> [<range options>] "
        "[<field> [<series options>]]] [where <statistic> in|notin|<|> …]",
    .summary = "Makes a table of statistics, by rows and columns.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy | kClauseOver | kClauseWhere},
    .free_options = true,
    .arguments = kChartArguments,
    .notes = kChartNotes,
    .differs = "Numbers without span or bins are rows each; Splunk puts more than 300 into ranges.",
    .examples = kChartExamples,
    .nodes = kChartNodes,
    .bind = &BindChartCommand,
};

}  // namespace spelk::commands
