// sirare: the counts of rare as rows, to be kept and merged by rare later.
#include "commands/top.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSirare(const ast::CommandCall& call, plan::Binder& binder) {
  return BindTop(call, binder, true, plan::AggregateMode::kPartial);
}

constexpr std::string_view kSirareNotes[] = {
    "each combination of values has its count in psrsvd_gc: rare over these rows, here or read "
    "again from a file or a table, gives what it gives over all events",
    "limit=, showperc= and the like are for that rare"};
constexpr Example kSirareExamples[] = {
    {.title = "Counts, and the least frequent value out of them",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"} {"user":"ana"})",
     .query = "sirare user | rare limit=1 user",
     .output = R"({"user":"bo","count":1,"percent":25.000000})"},
};

}  // namespace

extern constexpr CommandEntry kSirare = {
    .name = "sirare",
    .signature =
        "sirare [<N>] [limit=<int>] [countfield=<field>] [percentfield=<field>] "
        "[showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<text>] "
        "<field>… [BY <field>…]",
    .summary = "Counts combinations of values like rare and gives rows that rare merges.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kTopArguments,
    .notes = kSirareNotes,
    .examples = kSirareExamples,
    .bind = &BindSirare,
};

}  // namespace spelk::commands
