// sistats: the states of stats as rows, to be kept and merged by stats later.
#include "commands/stats.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSistats(const ast::CommandCall& call, plan::Binder& binder) {
  return BindStats(call, binder, plan::AggregateMode::kPartial);
}

constexpr std::string_view kSistatsNotes[] = {
    "the rows hold the states of the statistics, in fields psrsvd_*: stats over them, here, after "
    "append or read again from a file or a table, gives what it gives over all events",
    "first, last, list and mode go by the order of these rows where several make a group"};
constexpr Example kSistatsExamples[] = {
    {.title = "What an average is made of",
     .input = R"({"h":"a","x":1} {"h":"a","x":2} {"h":"b","x":4})",
     .query = "sistats avg(x) by h",
     .output = R"({"h":"a","psrsvd_v":1,"psrsvd_nc_x":2,"psrsvd_sm_x":3}
                  {"h":"b","psrsvd_v":1,"psrsvd_nc_x":1,"psrsvd_sm_x":4})"},
    {.title = "The average of all, out of those rows",
     .input = R"({"h":"a","x":1} {"h":"a","x":2} {"h":"b","x":4})",
     .query = "sistats avg(x) by h | stats avg(x)",
     .output = R"json({"avg(x)":2.3333333333333335})json"},
};

}  // namespace

extern constexpr CommandEntry kSistats = {
    .name = "sistats",
    .signature =
        "sistats [allnum=<bool>] [dedup_splitvals=<bool>] <statistic> [AS <field>]… [BY <field>…]",
    .summary = "Groups rows like stats and gives rows that stats merges.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kStatsArguments,
    .notes = kSistatsNotes,
    .examples = kSistatsExamples,
    .bind = &BindSistats,
};

}  // namespace spelk::commands
