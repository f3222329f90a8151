// rare: the least frequent values of fields, with their counts and shares.
#include "commands/top.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindRare(const ast::CommandCall& call, plan::Binder& binder) {
  return BindTop(call, binder, true);
}

constexpr Example kRareExamples[] = {
    {.title = "The least frequent value",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"} {"user":"ana"})",
     .query = "rare limit=1 user",
     .output = R"({"user":"bo","count":1,"percent":25.000000})"},
    {.title = "In each group",
     .input = R"({"h":"a","u":"x"} {"h":"a","u":"x"} {"h":"a","u":"y"} {"h":"b","u":"x"})",
     .query = "rare limit=1 showperc=f u BY h",
     .output = R"({"h":"a","u":"y","count":1} {"h":"b","u":"x","count":1})"},
};
constexpr std::string_view kRareNotes[] = {
    "the share is that of the rows which have all the fields, in the row's group",
    "of equal counts the value that is last in the order of bytes comes first",
    "a row that lacks a field does not count; each value of a multivalue does"};

}  // namespace

extern constexpr CommandEntry kRare = {
    .name = "rare",
    .signature =
        "rare [<N>] [limit=<int>] [countfield=<field>] [percentfield=<field>] "
        "[showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<text>] "
        "<field>… [BY <field>…]",
    .summary = "Shows the least frequent values of fields, with their counts and shares.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kTopArguments,
    .notes = kRareNotes,
    .examples = kRareExamples,
    .bind = &BindRare,
};

}  // namespace spelk::commands
