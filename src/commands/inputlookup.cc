// inputlookup: the rows of a lookup table.
#include "commands/input_table.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindInputLookup(const ast::CommandCall& call, plan::Binder& binder) {
  return BindInputTable(call, binder, false);
}

constexpr Argument kInputLookupArguments[] = {
    kInputAppend,
    kInputStrict,
    kInputStart,
    kInputMax,
    {.name = "table",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of transforms.conf, or a file NAME.csv or NAME.csv.gz."},
    kInputWhere};
constexpr std::string_view kInputLookupNotes[] = {
    "rows come in the order of the table with the columns of its first line; an empty cell is no "
    "value",
    "a table that does not exist is an error before anything is read",
    "start and max count rows of the table, before WHERE"};
constexpr Example kInputLookupExamples[] = {
    {.title = "The rows of a table for which a condition holds",
     .input = "",
     .lookup = "uid,name,dept\n1,Ann,it\n2,Bob,hr\n3,Cyd,it\n",
     .query = "| inputlookup users WHERE dept=it | table uid name",
     .output = R"({"uid":"1","name":"Ann"} {"uid":"3","name":"Cyd"})"},
    {.title = "After other rows",
     .input = R"({"uid":"7"} {"uid":"7"})",
     .lookup = "uid,name\n1,Ann\n2,Bob\n",
     .query = "stats count BY uid | inputlookup append=t max=1 users",
     .output = R"({"uid":"7","count":2} {"uid":"1","name":"Ann"})"},
};

constexpr plan::NodeEntry kInputLookupNodes[] = {{&plan::TypeOf<InputTableNode>, &BuildInputTable}};

}  // namespace

extern constexpr CommandEntry kInputLookup = {
    .name = "inputlookup",
    .signature =
        "| inputlookup [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] <table> "
        "[WHERE <terms>]",
    .summary = "Gives the rows of a lookup table.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kClauseSearchWhere},
    .arguments = kInputLookupArguments,
    .notes = kInputLookupNotes,
    .examples = kInputLookupExamples,
    .nodes = kInputLookupNodes,
    .bind = &BindInputLookup,
};

}  // namespace spelk::commands
