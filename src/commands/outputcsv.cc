// outputcsv: writes rows to a CSV file.
#include <fmt/format.h>

#include <utility>

#include "commands/output_table.h"
#include "plan/bind/lookups.h"

namespace spelk::commands {
namespace {

// Options of which only one value has a meaning here.
absl::Status CheckFlag(const ast::CommandCall& call, std::string_view name, bool wanted,
                       std::string_view why, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const bool flag, binder.Flag(call, name));
  if (flag == wanted) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadOptionValue, binder.FindOption(call, name)->name.span, why);
}

absl::StatusOr<plan::NodePtr> BindOutputCsv(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(
      CheckFlag(call, "dispatch", false, "no search has a dispatch directory here", binder));
  SPELK_RETURN_IF_ERROR(
      CheckFlag(call, "usexml", false, "rows are written as CSV, not as XML", binder));
  SPELK_RETURN_IF_ERROR(
      CheckFlag(call, "singlefile", true, "rows are written to one file", binder));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a file is missing");
  }
  SPELK_ASSIGN_OR_RETURN(const ast::Name* name, plan::TableName(*arguments[0], binder));
  if (arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, arguments[1]->span,
                        fmt::format("unexpected \"{}\"", binder.TextOf(arguments[1]->span)));
  }
  const bool ends = name->text.find('.') != std::string::npos;
  const std::string file = ends ? name->text : fmt::format("{}.csv", name->text);
  SPELK_ASSIGN_OR_RETURN(std::unique_ptr<OutputTableNode> node,
                         BindOutputTable(call, file, name->span, binder));
  node->lookup = file;
  node->text = TableText::kBlanks;
  return plan::NodePtr(std::move(node));
}

constexpr Argument kOutputCsvArguments[] = {
    kOutputAppend,
    kOutputCreateEmpty,
    kOutputOverride,
    {.name = "dispatch",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether the file lies in the directory of a search job; there is none here, so "
                "only false is taken.",
     .is_option = true},
    {.name = "usexml",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether rows are written as XML; only false is taken.",
     .is_option = true},
    {.name = "singlefile",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether rows are written to one file; only true is taken.",
     .is_option = true},
    {.name = "file",
     .type = "text",
     .fallback = "",
     .summary = "The file; a name without an ending gets .csv."}};
constexpr std::string_view kOutputCsvNotes[] = {
    kOutputMemoryNote, "the rows are passed on",
    "the values of a multivalue stand in one cell with blanks between them"};
constexpr Example kOutputCsvExamples[] = {
    {.title = "A file of counts",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"})",
     .query = "stats count BY user | outputcsv counts",
     .output = R"({"user":"ana","count":2} {"user":"bo","count":1})"},
};

}  // namespace

extern constexpr CommandEntry kOutputCsv = {
    .name = "outputcsv",
    .signature =
        "outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] "
        "[dispatch=<bool>] [usexml=<bool>] [singlefile=<bool>] <file>",
    .summary = "Writes the rows to a CSV file and passes them on.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kOutputCsvArguments,
    .notes = kOutputCsvNotes,
    .differs = "Writes files inside --allow-write only; otherwise the table stays in memory.",
    .examples = kOutputCsvExamples,
    .bind = &BindOutputCsv,
};

}  // namespace spelk::commands
