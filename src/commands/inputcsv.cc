// inputcsv: the rows of a CSV file.
#include "commands/input_table.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindInputCsv(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const bool dispatch, binder.Flag(call, "dispatch"));
  if (dispatch) {
    return binder.Error(ErrorCode::kBadOptionValue, binder.FindOption(call, "dispatch")->name.span,
                        "no search has a dispatch directory here");
  }
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "events").status());
  return BindInputTable(call, binder, true);
}

constexpr Argument kInputCsvArguments[] = {
    {.name = "dispatch",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether the file lies in the directory of a search job; there is none here, so "
                "only false is taken.",
     .is_option = true},
    kInputAppend,
    kInputStrict,
    kInputStart,
    kInputMax,
    {.name = "events",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether the rows are shown as events.",
     .is_option = true,
     .no_effect = true},
    {.name = "file", .type = "text", .fallback = "", .summary = "The file; .csv may be left out."},
    kInputWhere};
constexpr std::string_view kInputCsvNotes[] = {
    "files come from the lookups folders of apps, from --lookup, and from what outputcsv and "
    "outputlookup wrote before in the same run",
    "start and max count rows of the file, before WHERE"};
constexpr Example kInputCsvExamples[] = {
    {.title = "A part of a file",
     .input = "",
     .lookup = "uid,name\n1,Ann\n2,Bob\n3,Cyd\n",
     .query = "| inputcsv start=1 max=1 users",
     .output = R"({"uid":"2","name":"Bob"})"},
};

}  // namespace

extern constexpr CommandEntry kInputCsv = {
    .name = "inputcsv",
    .signature =
        "| inputcsv [dispatch=<bool>] [append=<bool>] [strict=<bool>] [start=<int>] "
        "[max=<int>] [events=<bool>] <file> [WHERE <terms>]",
    .summary = "Gives the rows of a CSV file.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kClauseSearchWhere},
    .arguments = kInputCsvArguments,
    .notes = kInputCsvNotes,
    .examples = kInputCsvExamples,
    .bind = &BindInputCsv,
};

}  // namespace spelk::commands
