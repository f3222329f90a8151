// noop: switches of Splunk's optimizer.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

constexpr Argument kNoOpArguments[] = {{.name = "option",
                                        .type = "name=value…",
                                        .fallback = "",
                                        .summary = "Switches of Splunk's optimizer.",
                                        .no_effect = true}};
constexpr Example kNoOpExamples[] = {{.title = kPassTitle,
                                      .input = kPassRows,
                                      .query = "noop search_optimization=false | table user",
                                      .output = kPassRows}};

}  // namespace

extern constexpr CommandEntry kNoOp = {
    .name = "noop",
    .signature = "noop [<name>=<value>…]",
    .summary = "Sets switches of Splunk's optimizer.",
    .kind = CommandKind::kOrchestrating,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kNoOpArguments,
    .notes = kPassNotes,
    .examples = kNoOpExamples,
    .bind = &BindPass,
};

}  // namespace spelk::commands
