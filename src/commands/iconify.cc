// iconify: gives events icons in Splunk's pages.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

constexpr Argument kIconifyArguments[] = {{.name = "field",
                                           .type = "field…",
                                           .fallback = "",
                                           .summary = "Fields whose values get an icon in "
                                                      "Splunk's pages.",
                                           .no_effect = true}};
constexpr Example kIconifyExamples[] = {{.title = kPassTitle,
                                         .input = kPassRows,
                                         .query = "iconify user | table user",
                                         .output = kPassRows}};

}  // namespace

extern constexpr CommandEntry kIconify = {
    .name = "iconify",
    .signature = "iconify <field>…",
    .summary = "Gives events an icon by the values of fields in Splunk's pages.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kIconifyArguments,
    .notes = kPassNotes,
    .examples = kIconifyExamples,
    .bind = &BindPass,
};

}  // namespace spelk::commands
