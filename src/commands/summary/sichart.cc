// sichart: the states of chart as rows, to be kept and merged by chart later.
#include "commands/chart/chart.h"
#include "commands/chart/options.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSichart(const ast::CommandCall& call, plan::Binder& binder) {
  return BindChart(call, binder, false, plan::AggregateMode::kPartial);
}

constexpr std::string_view kSichartNotes[] = {
    "a row for each row and series of the chart, with the states of its statistics in fields "
    "psrsvd_*: chart over these rows, here or read again from a file or a table, gives what it "
    "gives "
    "over all events",
    "limit=, sep= and the like are for that chart; its span must not be finer than this one's"};
constexpr Example kSichartExamples[] = {
    {.title = "Counts of each cell",
     .input = R"({"host":"a","code":200} {"host":"a","code":404} {"host":"b","code":200})",
     .query = "sichart count OVER host BY code",
     .output = R"({"host":"a","code":200,"psrsvd_v":1,"psrsvd_gc":1}
                  {"host":"a","code":404,"psrsvd_v":1,"psrsvd_gc":1}
                  {"host":"b","code":200,"psrsvd_v":1,"psrsvd_gc":1})"},
    {.title = "The table, out of those rows",
     .input = R"({"host":"a","code":200} {"host":"a","code":404} {"host":"b","code":200})",
     .query = "sichart count OVER host BY code | chart count OVER host BY code",
     .output = R"({"host":"a","200":1,"404":1} {"host":"b","200":1,"404":0})"},
};

}  // namespace

extern constexpr CommandEntry kSichart = {
    .name = "sichart",
    .signature =
        "sichart [limit=<n>] [agg=<statistic>] [sep=<text>] [format=<text>] [cont=<bool>] "
        "<statistic>… [OVER <field> [<range options>]] [BY <field> [<range options>] "
        "[<field> [<series options>]]] [where <statistic> in|notin|<|> …]",
    .summary = "Groups rows like chart and gives rows that chart merges.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy | kClauseOver | kClauseWhere},
    .free_options = true,
    .arguments = kChartArguments,
    .notes = kSichartNotes,
    .examples = kSichartExamples,
    .bind = &BindSichart,
};

}  // namespace spelk::commands
