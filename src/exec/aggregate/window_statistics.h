// WindowStatistics: statistics of the rows so far, written onto each row; what streamstats is.
#pragma once

#include <string>
#include <string_view>

#include "exec/aggregate/window_groups.h"
#include "exec/operator.h"

namespace spelk::exec {

struct RunningOptions {
  const plan::AggregateNode* list = nullptr;  // Outlives the operator.
  RunningWindow window;
  bool reset_on_change = false;              // Of the BY values.
  const plan::Expr* reset_before = nullptr;  // May be null; likewise.
  const plan::Expr* reset_after = nullptr;
  std::string_view what;  // The command.
};

// A row without a BY field passes as it is, and nothing is reset by it. One that belongs to several
// groups gets the results of each, as multivalues.
OperatorPtr BuildRunningStatistics(const RunningOptions& options, const RunContext& run);

}  // namespace spelk::exec
