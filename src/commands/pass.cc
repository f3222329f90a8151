// Rows pass unchanged.
#include "commands/pass.h"

namespace spelk::commands {
namespace {

class Pass final : public exec::Streaming<exec::NoState> {
 public:
  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }
  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
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
