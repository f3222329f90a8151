// reverse: turns the order of the rows round.
#include "commands/entry.h"
#include "exec/sorter.h"

namespace spelk::commands {
namespace {

struct ReverseNode final : plan::Node {
  static constexpr std::string_view kName = "reverse";
  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet(),
            .writes = plan::FieldSet(),
            .runs = Runs::kSink,
            .results = false};
  }
  bool DependsOnOrder(const plan::FieldSet&, bool ignored) const override { return !ignored; }
  template <class Visitor>
  void Describe(Visitor&) {}
};

absl::StatusOr<plan::NodePtr> BindReverse(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  return plan::Make<ReverseNode>(call.span);
}

exec::OperatorPtr BuildReverse(const plan::Node&, const exec::RunContext& run) {
  return exec::BuildSorter({.reverse_rank = true, .what = "reverse"}, run);
}

constexpr Example kReverseExamples[] = {{
    .title = "Last row first",
    .input = R"({"n":1} {"n":2} {"n":3})",
    .query = "reverse",
    .output = R"({"n":3} {"n":2} {"n":1})",
}};

constexpr plan::NodeEntry kReverseNodes[] = {{&plan::TypeOf<ReverseNode>, &BuildReverse}};

}  // namespace

extern constexpr CommandEntry kReverse = {
    .name = "reverse",
    .signature = "reverse",
    .summary = "Turns the order of the rows round.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .examples = kReverseExamples,
    .nodes = kReverseNodes,
    .bind = &BindReverse,
};

}  // namespace spelk::commands
