// AggregateArguments: the columns that statistics read, over one batch after another.
#pragma once

#include <memory>
#include <vector>

#include "exec/aggregate/aggregation_plan.h"
#include "exec/operator.h"
#include "plan/eval/evaluator.h"
#include "value/batch.h"

namespace spelk::exec {

struct AggregateArgument {
  Column column;
  bool present = true;  // False: no row has the field.
};

// Belongs to one worker.
class AggregateArguments {
 public:
  static absl::StatusOr<AggregateArguments> Make(const AggregationPlan& plan);

  // For each of the plan's calls(), then of its spark_calls(), its argument; valid as long as the
  // batch.
  absl::StatusOr<std::vector<AggregateArgument>> Of(const Batch& batch);

 private:
  explicit AggregateArguments(const AggregationPlan& plan) : plan_(&plan) {}
  static std::vector<const AggregationPlan::Call*> AllCalls(const AggregationPlan& plan);
  absl::Status KeepTrue(const Batch& batch, Column* column) const;

  const AggregationPlan* plan_;
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators_;  // Null where a call reads a field.
};

// What a statistic gets to know of one row: its rank, its time, the values one by one.
class AggregateRows {
 public:
  // `places`, if given: the row of its batch that each of these was, for the rank.
  AggregateRows(const AggregationPlan& plan, const Batch& batch, Position at,
                const std::vector<uint32_t>* places = nullptr);

  // Calls take(input) for each value of the argument in row `row`; fills in rank and time.
  template <class Take>
  void ForEachValue(const Column& column, size_t row, Take take) const {
    const size_t physical = batch_.physical(row);
    const Value value = column.At(physical);
    if (value.is_null()) return;
    plan::AggregateInput input;
    input.rank = ranks_.rank(row);
    if (places_ != nullptr) input.rank.row = (*places_)[row];
    if (times_ != nullptr) input.time = NumberOf(times_->At(physical));
    for (const Value& each : value.each()) {
      input.value = each;
      take(input);
      ++input.rank.value;
    }
  }

 private:
  const Batch& batch_;
  BatchRanks ranks_;
  const Column* times_;
  const std::vector<uint32_t>* places_;
};

}  // namespace spelk::exec
