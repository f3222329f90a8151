// sitop: the counts of top as rows, to be kept and merged by top later.
#include "commands/top.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSitop(const ast::CommandCall& call, plan::Binder& binder) {
  return BindTop(call, binder, false, plan::AggregateMode::kPartial);
}

constexpr std::string_view kSitopNotes[] = {
    "each combination of values has its count in psrsvd_gc: top over these rows, here or read "
    "again from a file or a table, gives what it gives over all events",
    "limit=, showperc= and the like are for that top"};
constexpr Example kSitopExamples[] = {
    {.title = "Counts, and the most frequent value out of them",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"} {"user":"ana"})",
     .query = "sitop user | top limit=1 user",
     .output = R"({"user":"ana","count":3,"percent":75.000000})"},
};

}  // namespace

extern constexpr CommandEntry kSitop = {
    .name = "sitop",
    .signature =
        "sitop [<N>] [limit=<int>] [countfield=<field>] [percentfield=<field>] "
        "[showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<text>] "
        "<field>… [BY <field>…]",
    .summary = "Counts combinations of values like top and gives rows that top merges.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kTopArguments,
    .notes = kSitopNotes,
    .examples = kSitopExamples,
    .bind = &BindSitop,
};

}  // namespace spelk::commands
