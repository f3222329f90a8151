// Rows pass unchanged.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

struct NoState {};

class Pass final : public exec::Streaming<NoState> {
 public:
  absl::StatusOr<NoState> NewState() const override { return NoState(); }
  absl::Status Process(Batch batch, NoState&, exec::Output& out) const override {
    return out.Push(std::move(batch));
  }
};

}  // namespace

plan::Dataflow PassNode::GetDataflow() const {
  return {.reads = plan::FieldSet(),
          .writes = plan::FieldSet(),
          .order = Order::kKeeps,
          .runs = Runs::kStreaming,
          .results = false};
}

absl::StatusOr<plan::NodePtr> BindPass(const ast::CommandCall& call, plan::Binder&) {
  return plan::Make<PassNode>(call.span);
}

absl::StatusOr<plan::NodePtr> BindBarePass(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  return plan::Make<PassNode>(call.span);
}

exec::OperatorPtr BuildPass(const plan::Node&, const exec::RunContext&) {
  return std::make_unique<Pass>();
}

}  // namespace spelk::commands
