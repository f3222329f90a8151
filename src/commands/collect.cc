// collect: events for a summary index.
#include <fmt/format.h>

#include "commands/action.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_ASSIGN_OR_RETURN(const std::string index, binder.Text(call, "index"));
  if (index.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a summary index is missing", {"usage: collect index=summary"});
  }
  for (const std::string_view flag : {"addtime", "spool", "testmode", "run_in_preview"}) {
    SPELK_RETURN_IF_ERROR(binder.Flag(call, flag).status());
  }
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "output_format").status());
  SPELK_ASSIGN_OR_RETURN(const bool test, binder.Flag(call, "testmode"));
  return MakeAction(call,
                    test ? fmt::format("write nothing to the index {} in test mode", index)
                         : fmt::format("write {{}} to the index {}", index),
                    "1 event", "events");
}

constexpr std::string_view kAliases[] = {"stash"};
constexpr Argument kArguments[] = {{.name = "index",
                                    .type = "text",
                                    .fallback = "",
                                    .summary = "The summary index.",
                                    .is_option = true},
                                   {.name = "addtime",
                                    .type = "bool",
                                    .fallback = "true",
                                    .summary = "Whether events get the time of the search.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "file",
                                    .type = "text",
                                    .fallback = "",
                                    .summary = "Splunk's file for the events.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "marker",
                                    .type = "text",
                                    .fallback = "",
                                    .summary = "Text added to each event.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "source",
                                    .type = "text",
                                    .fallback = "",
                                    .summary = "Their source.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "host",
                                    .type = "text",
                                    .fallback = "",
                                    .summary = "Their host.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "sourcetype",
                                    .type = "text",
                                    .fallback = "stash",
                                    .summary = "Their sourcetype.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "spool",
                                    .type = "bool",
                                    .fallback = "true",
                                    .summary = "Where Splunk puts the file.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "testmode",
                                    .type = "bool",
                                    .fallback = "false",
                                    .summary = "Splunk writes nothing either.",
                                    .is_option = true},
                                   {.name = "run_in_preview",
                                    .type = "bool",
                                    .fallback = "false",
                                    .summary = "Whether previews write.",
                                    .is_option = true,
                                    .no_effect = true},
                                   {.name = "output_format",
                                    .type = "one of raw|hec",
                                    .fallback = "raw",
                                    .summary = "How the events are written.",
                                    .is_option = true,
                                    .no_effect = true}};
constexpr Example kExamples[] = {
    {.title = "Rows for a summary index",
     .input = R"({"user":"ana"} {"user":"ana"})",
     .query = "stats count BY user | collect index=summary",
     .output = R"({"user":"ana","count":2})"},
};
constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<ActionNode>, &BuildAction}};

}  // namespace

extern constexpr CommandEntry kCollect = {
    .name = "collect",
    .aliases = kAliases,
    .signature = "collect index=<text> [<option>…]",
    .summary = "Writes rows to a summary index in Splunk; here it says so.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and writes nothing; a warning says what Splunk would do.",
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
