// The sink of stats: one row for each group.
#include "exec/aggregate/aggregation.h"
#include "exec/core.h"
#include "exec/row_sink.h"

namespace spelk::exec {
namespace {

class AggregateSink final : public StateSink<Aggregation> {
 public:
  AggregateSink(const plan::AggregateNode& node, const RunContext& run) {
    for (const plan::AggregateCall& call : node.aggregates) calls_.push_back(plan::CopyCall(call));
    plan_ =
        AggregationPlan::Make(calls_, node.by, node.all_numbers, node.distinct_split_values, run,
                              node.mode == plan::AggregateMode::kPartial ? "sistats" : "stats", {},
                              {node.partial_version, node.mode});
  }

  absl::StatusOr<Aggregation> NewState() const override {
    SPELK_RETURN_IF_ERROR(plan_.status());
    return Aggregation::Make(**plan_);
  }
  absl::Status Update(Aggregation& state, Batch batch, Position at) const override {
    return state.Update(batch, at);
  }
  absl::Status Finish(Aggregation state, Output& out) const override { return state.Emit(out); }

 private:
  std::vector<plan::AggregateCall> calls_;
  absl::StatusOr<std::unique_ptr<const AggregationPlan>> plan_;
};

}  // namespace

OperatorPtr BuildAggregate(const plan::Node& node, const RunContext& run) {
  return std::make_unique<AggregateSink>(plan::As<plan::AggregateNode>(node), run);
}

}  // namespace spelk::exec
