// localop: what follows runs on the search head, in Splunk.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

constexpr Example kLocalOpExamples[] = {{.title = kPassTitle,
                                         .input = kPassRows,
                                         .query = "localop | table user",
                                         .output = kPassRows}};
constexpr plan::NodeEntry kLocalOpNodes[] = {{&plan::TypeOf<PassNode>, &BuildPass}};

}  // namespace

extern constexpr CommandEntry kLocalOp = {
    .name = "localop",
    .signature = "localop",
    .summary = "Makes Splunk run what follows on the search head.",
    .kind = CommandKind::kOrchestrating,
    .shape = {Shape::kArguments, kNoClauses},
    .notes = kPassNotes,
    .examples = kLocalOpExamples,
    .nodes = kLocalOpNodes,
    .bind = &BindBarePass,
};

}  // namespace spelk::commands
