// highlight: marks texts in Splunk's pages.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

constexpr Argument kHighlightArguments[] = {{.name = "text",
                                             .type = "text…",
                                             .fallback = "",
                                             .summary = "What Splunk's pages mark.",
                                             .no_effect = true}};
constexpr Example kHighlightExamples[] = {{.title = kPassTitle,
                                           .input = kPassRows,
                                           .query = "highlight ana | table user",
                                           .output = kPassRows}};

}  // namespace

extern constexpr CommandEntry kHighlight = {
    .name = "highlight",
    .signature = "highlight <text>…",
    .summary = "Marks texts in the events that Splunk's pages show.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kHighlightArguments,
    .notes = kPassNotes,
    .examples = kHighlightExamples,
    .bind = &BindPass,
};

}  // namespace spelk::commands
