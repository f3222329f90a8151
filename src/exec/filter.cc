// Filter: keeps the rows for which the predicate is true.
#include "exec/core.h"

namespace spelk::exec {
namespace {

struct FilterState {
  std::unique_ptr<plan::Evaluator> evaluator;
};

class Filter final : public Streaming<FilterState> {
 public:
  Filter(const plan::FilterNode& node, const RunContext& run)
      : predicate_(plan::Copy(*node.predicate)), run_(run) {}

  absl::StatusOr<FilterState> NewState() const override {
    FilterState state;
    SPELK_ASSIGN_OR_RETURN(state.evaluator, plan::Evaluator::Make(*predicate_, run_.evaluation));
    return state;
  }
  absl::Status Process(Batch batch, FilterState& state, Output& out) const override {
    SPELK_RETURN_IF_ERROR(state.evaluator->Filter(&batch));
    return batch.empty() ? absl::OkStatus() : out.Push(std::move(batch));
  }

 private:
  const plan::ExprPtr predicate_;
  const RunContext& run_;
};

}  // namespace

OperatorPtr BuildFilter(const plan::Node& node, const RunContext& run) {
  return std::make_unique<Filter>(plan::As<plan::FilterNode>(node), run);
}

}  // namespace spelk::exec
