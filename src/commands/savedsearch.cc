// savedsearch: what a search of savedsearches.conf gives. Its text takes the place of the call
// before the search is parsed, as that of a macro does (knowledge/macro_expansion.cc); a call that
// is left stands in text that came out of data.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSavedsearch(const ast::CommandCall& call, plan::Binder& binder) {
  return binder.Error(ErrorCode::kBadArgument, call.span,
                      "a saved search can only be called in the text of the search itself");
}

constexpr Argument kSavedsearchArguments[] = {
    {.name = "name",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of the savedsearches.conf of an app."},
    {.name = "field=value",
     .type = "text",
     .fallback = "",
     .summary = "$field$ in the saved search stands for the value."},
    {.name = "nosubstitution",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether $field$ stays as it is.",
     .is_option = true}};
constexpr std::string_view kSavedsearchNotes[] = {
    "the time range that was saved with the search is not applied; --earliest and --latest are",
    "a search of terms alone can stand among other terms, too: savedsearch=NAME"};
constexpr Example kSavedsearchExamples[] = {
    {.title = "A saved search with a value put in, and what follows",
     .input = R"({"user":"ann","code":4625} {"user":"bob","code":4624} {"user":"ann","code":4625})",
     .query = "| savedsearch logins code=4625 | table user count",
     .output = R"({"user":"ann","count":2})"},
};

}  // namespace

extern constexpr CommandEntry kSavedsearch = {
    .name = "savedsearch",
    .signature = "savedsearch <name> [<field>=<value> ...] [nosubstitution=<bool>]",
    .summary = "Runs a saved search of an app.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kSavedsearchArguments,
    .notes = kSavedsearchNotes,
    .examples = kSavedsearchExamples,
    .bind = &BindSavedsearch,
};

}  // namespace spelk::commands
