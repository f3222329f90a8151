// sitimechart: the states of timechart as rows, to be kept and merged by timechart later.
#include "commands/chart/chart.h"
#include "commands/chart/options.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSitimechart(const ast::CommandCall& call, plan::Binder& binder) {
  return BindChart(call, binder, true, plan::AggregateMode::kPartial);
}

constexpr std::string_view kSitimechartNotes[] = {
    "a row for each row and series of the timechart, with the states of its statistics in fields "
    "psrsvd_*: timechart over these rows, here or read again from a file or a table, gives what it "
    "gives "
    "over all events",
    "limit=, sep= and the like are for that timechart; its span must not be finer than this one's"};
constexpr Example kSitimechartExamples[] = {
    {.title = "Hours out of minutes",
     .input = R"({"_time":7200,"x":2} {"_time":100,"x":4} {"_time":50,"x":6})",
     .query = "sitimechart span=1m avg(x) | timechart span=1h avg(x)",
     .output = R"json({"_time":0,"avg(x)":5} {"_time":3600} {"_time":7200,"avg(x)":2})json"},
};

}  // namespace

extern constexpr CommandEntry kSitimechart = {
    .name = "sitimechart",
    .signature =
        "sitimechart [span=<span>] [bins=<int>] [minspan=<span>] [aligntime=<time>] "
        "[limit=<n>] [agg=<statistic>] [sep=<text>] [format=<text>] [cont=<bool>] "
        "[partial=<bool>] [fixedrange=<bool>] <statistic>… [BY <field> "
        "[<series options>]] [where <statistic> in|notin|<|> …]",
    .summary = "Groups rows like timechart and gives rows that timechart merges.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy | kClauseWhere},
    .free_options = true,
    .arguments = kTimechartArguments,
    .notes = kSitimechartNotes,
    .examples = kSitimechartExamples,
    .bind = &BindSitimechart,
};

}  // namespace spelk::commands
