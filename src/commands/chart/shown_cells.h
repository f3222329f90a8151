// The cells of a chart: its statistics, and what is computed of them.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "commands/chart/chart.h"
#include "exec/run_context.h"
#include "plan/eval/evaluator.h"
#include "value/batch.h"

namespace spelk::commands {

// Computes what the chart shows of rows of results.
class ShownCells {
 public:
  ShownCells(const ChartNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  // The fields that come out, once a batch was seen.
  const std::vector<Field>& fields() const { return fields_; }
  absl::Status Of(const Batch& results, size_t keys, std::vector<Column>* cells);

 private:
  const ChartNode& node_;
  const exec::RunContext& run_;
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators_;
  std::vector<Field> fields_;
};

}  // namespace spelk::commands
