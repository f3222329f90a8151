#include "commands/chart/shown_cells.h"

#include <algorithm>

#include "base/status.h"

namespace spelk::commands {

absl::Status ShownCells::Of(const Batch& results, size_t keys, std::vector<Column>* cells) {
  const bool first = fields_.empty();
  const auto add = [&](Field field, const Column& column) {
    cells->push_back(column);
    if (first) fields_.push_back(field);
  };
  const bool patterns =
      std::any_of(node_.calls.begin(), node_.calls.end(),
                  [](const plan::AggregateCall& call) { return !call.pattern.empty(); });
  for (size_t c = keys; patterns && c < results.schema()->size(); ++c) {
    const Field field = (*results.schema())[c];
    const uint64_t score = node_.filter.over_events;
    if (score == 0 || node_.calls[score - 1].output != field) add(field, results.column(c));
  }
  evaluators_.resize(node_.columns.size());
  for (size_t i = 0; i < node_.columns.size(); ++i) {
    const ChartColumn& column = node_.columns[i];
    if (column.expression == nullptr) {
      const Column* found = patterns ? nullptr : results.Find(column.output);
      if (found != nullptr) add(column.output, *found);
      continue;
    }
    if (evaluators_[i] == nullptr) {
      SPELK_ASSIGN_OR_RETURN(evaluators_[i],
                             plan::Evaluator::Make(*column.expression, run_.evaluation));
    }
    Column computed;
    SPELK_RETURN_IF_ERROR(evaluators_[i]->EvaluateAssigned(results, &computed));
    add(column.output, computed);
  }
  return absl::OkStatus();
}

}  // namespace spelk::commands
