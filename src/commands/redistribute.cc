// redistribute: spreads work over Splunk's indexers.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

constexpr Argument kRedistributeArguments[] = {{.name = "num_of_reducers",
                                                .type = "int",
                                                .fallback = "",
                                                .summary = "On how many indexers Splunk merges.",
                                                .is_option = true,
                                                .no_effect = true}};
constexpr Example kRedistributeExamples[] = {
    {.title = kPassTitle,
     .input = kPassRows,
     .query = "redistribute num_of_reducers=2 | table user",
     .output = kPassRows}};

}  // namespace

extern constexpr CommandEntry kRedistribute = {
    .name = "redistribute",
    .signature = "redistribute [num_of_reducers=<int>] [BY <field>…]",
    .summary = "Spreads the merging of a search over Splunk's indexers.",
    .kind = CommandKind::kOrchestrating,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kRedistributeArguments,
    .notes = kPassNotes,
    .examples = kRedistributeExamples,
    .bind = &BindBarePass,
};

}  // namespace spelk::commands
