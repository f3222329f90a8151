// tail: the last rows of the result, last first.
#include "commands/entry.h"
#include "exec/sorter.h"

namespace spelk::commands {
namespace {

// What the plan knows of a tail: printed, compared, saved and loaded from this one declaration.
struct TailNode final : plan::Node {
  static constexpr std::string_view kName = "tail";
  uint64_t limit = 10;
  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet(),
            .writes = plan::FieldSet(),
            .runs = Runs::kSink,
            .results = false};
  }
  // Of which rows are kept only their number is the same in every order.
  bool DependsOnOrder(const plan::FieldSet& needed, bool ignored) const override {
    return !ignored || !needed.empty();
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("limit", limit);
  }
};

absl::StatusOr<plan::NodePtr> BindTail(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<TailNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->limit, binder.Count(call, "count"));
  return node;
}

// Search Reference, tail: rows come from the end of the result set, last first.
exec::OperatorPtr BuildTail(const plan::Node& node, const exec::RunContext& run) {
  return exec::BuildSorter(
      {.reverse_rank = true, .limit = plan::As<TailNode>(node).limit, .what = "tail"}, run);
}

constexpr Argument kTailArguments[] = {
    {.name = "count", .type = "int", .fallback = "10", .summary = "How many rows to keep."}};
constexpr Example kTailExamples[] = {{
    .title = "The last two rows, last first",
    .input = R"({"n":1} {"n":2} {"n":3})",
    .query = "tail 2",
    .output = R"({"n":3} {"n":2})",
}};

constexpr plan::NodeEntry kTailNodes[] = {{&plan::TypeOf<TailNode>, &BuildTail}};

}  // namespace

extern constexpr CommandEntry kTail = {
    .name = "tail",
    .signature = "tail [<count>]",
    .summary = "Keeps the last rows, last first.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTailArguments,
    .examples = kTailExamples,
    .nodes = kTailNodes,
    .bind = &BindTail,
};

}  // namespace spelk::commands
