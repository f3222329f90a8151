// addcoltotals: a last row with the sum of each field.
#include "commands/addtotals.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindAddColTotals(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(std::unique_ptr<TotalsNode> node, BindTotals(call, binder));
  node->columns = true;
  return node;
}

constexpr Argument kAddColTotalsArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "What is summed; * is any run of characters."},
    {.name = "labelfield",
     .type = "field",
     .fallback = "",
     .summary = "Where the last row has its label; made if no row has it.",
     .is_option = true},
    {.name = "label",
     .type = "text",
     .fallback = "Total",
     .summary = "The label; without labelfield there is none.",
     .is_option = true}};
constexpr std::string_view kAddColTotalsNotes[] = {
    "absent values, multivalues and texts that are no numbers count as nothing; a field without "
    "any number has no sum",
    "fields whose names begin with _ are never summed; without rows there is no sum"};
constexpr Example kAddColTotalsExamples[] = {
    {.title = "A last row with the sums",
     .input = R"({"h":"x","n":1} {"h":"y","n":3})",
     .query = "table h n | addcoltotals",
     .output = R"({"h":"x","n":1} {"h":"y","n":3} {"n":4})"},
    {.title = "With a label in a field that is there",
     .input = R"({"h":"x","n":1} {"h":"y","n":3})",
     .query = "table h n | addcoltotals labelfield=h label=ALL",
     .output = R"({"h":"x","n":1} {"h":"y","n":3} {"h":"ALL","n":4})"},
};

}  // namespace

extern constexpr CommandEntry kAddColTotals = {
    .name = "addcoltotals",
    .signature = "addcoltotals [labelfield=<field>] [label=<text>] [<field>…]",
    .summary = "Adds a last row with the sum of each field.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAddColTotalsArguments,
    .notes = kAddColTotalsNotes,
    .examples = kAddColTotalsExamples,
    .bind = &BindAddColTotals,
};

}  // namespace spelk::commands
