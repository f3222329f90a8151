// rtorder: the order of events of a search in real time.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindRtOrder(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "discard").status());
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "max_buffer_size").status());
  return BindBarePass(call, binder);
}

constexpr Argument kRtOrderArguments[] = {{.name = "discard",
                                           .type = "bool",
                                           .fallback = "false",
                                           .summary = "Whether events that come late are left out.",
                                           .is_option = true,
                                           .no_effect = true},
                                          {.name = "buffer_span",
                                           .type = "span of time",
                                           .fallback = "10s",
                                           .summary = "How long events are waited for.",
                                           .is_option = true,
                                           .no_effect = true},
                                          {.name = "max_buffer_size",
                                           .type = "int",
                                           .fallback = "50000",
                                           .summary = "How many events wait at most.",
                                           .is_option = true,
                                           .no_effect = true}};
constexpr Example kRtOrderExamples[] = {{.title = kPassTitle,
                                         .input = kPassRows,
                                         .query = "rtorder discard=t buffer_span=5m | table user",
                                         .output = kPassRows}};

}  // namespace

extern constexpr CommandEntry kRtOrder = {
    .name = "rtorder",
    .signature = "rtorder [discard=<bool>] [buffer_span=<span>] [max_buffer_size=<int>]",
    .summary = "Puts events of a search in real time in order.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kRtOrderArguments,
    .notes = kPassNotes,
    .examples = kRtOrderExamples,
    .bind = &BindRtOrder,
};

}  // namespace spelk::commands
