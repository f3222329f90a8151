// Evaluating the arguments of statistics.
#include "exec/aggregate/aggregate_arguments.h"

#include "base/status.h"

namespace spelk::exec {

std::vector<const AggregationPlan::Call*> AggregateArguments::AllCalls(
    const AggregationPlan& plan) {
  std::vector<const AggregationPlan::Call*> calls;
  for (const AggregationPlan::Call& call : plan.calls()) calls.push_back(&call);
  for (const AggregationPlan::SparkCall& call : plan.spark_calls()) calls.push_back(&call.call);
  return calls;
}

absl::StatusOr<AggregateArguments> AggregateArguments::Make(const AggregationPlan& plan) {
  AggregateArguments arguments(plan);
  for (const AggregationPlan::Call* call : AllCalls(plan)) {
    arguments.evaluators_.emplace_back();
    if (call->call->expression == nullptr) continue;
    SPELK_ASSIGN_OR_RETURN(arguments.evaluators_.back(),
                           plan::Evaluator::Make(*call->call->expression, plan.run().evaluation));
  }
  return arguments;
}

// A Boolean counts where it is true.
absl::Status AggregateArguments::KeepTrue(const Batch& batch, Column* column) const {
  Value* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
  SPELK_RETURN_IF_ERROR(batch.arena().status(plan_->what()));
  for (size_t r = 0; r < batch.size(); ++r) {
    const size_t row = batch.physical(r);
    const Value value = column->At(row);
    values[row] = value.is_bool() && value.boolean() ? Value::Integer(1) : Value::Null();
  }
  *column = Column::Values({values, batch.physical_rows()});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AggregateArgument>> AggregateArguments::Of(const Batch& batch) {
  std::vector<AggregateArgument> arguments;
  const std::vector<const AggregationPlan::Call*> calls = AllCalls(*plan_);
  arguments.reserve(calls.size());
  for (size_t i = 0; i < calls.size(); ++i) {
    const AggregationPlan::Call& call = *calls[i];
    AggregateArgument argument;
    if (evaluators_[i] != nullptr) {
      plan::Evaluator& evaluator = *evaluators_[i];
      if (call.boolean) {
        SPELK_RETURN_IF_ERROR(evaluator.Evaluate(batch, &argument.column));
        SPELK_RETURN_IF_ERROR(KeepTrue(batch, &argument.column));
      } else {
        SPELK_RETURN_IF_ERROR(evaluator.EvaluateAssigned(batch, &argument.column));
      }
    } else if (call.call->field) {
      const Column* column = batch.Find(call.call->field);
      argument.present = column != nullptr;
      if (column != nullptr) argument.column = *column;
    } else {
      argument.column = Column::Constant(Value::Integer(1), batch.physical_rows());
    }
    arguments.push_back(argument);
  }
  return arguments;
}

AggregateRows::AggregateRows(const AggregationPlan& plan, const Batch& batch, Position at,
                             const std::vector<uint32_t>* places)
    : batch_(batch), ranks_(batch, at), times_(batch.Find(plan.time())), places_(places) {}

}  // namespace spelk::exec
