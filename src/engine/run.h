// Run: a compiled plan over inputs. Subsearches first, then the plan with their rows in it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "exec/driver.h"
#include "optimize/optimizer.h"
#include "spelk/engine.h"

namespace spelk::engine {

// What a target of rows wants of events: their lines, all fields as columns, or `_raw` alone.
using ResultForm = optimize::ResultForm;

// The result of one plan, as it is made.
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Called once, before the first rows. The run's context lives until End() has returned.
  virtual absl::Status Begin(const plan::OutputShape& shape, const exec::RunContext& run) = 0;
  virtual absl::Status Take(Batch batch) = 0;
  virtual absl::Status End() { return absl::OkStatus(); }
  // No more rows are wanted.
  virtual bool enough() const { return false; }
};

struct RunRequest {
  std::vector<io::Input> inputs;
  bool input_is_pipe =
      false;  // Standard input that is no file: events in the order in which they come.
  RunOptions options;
  ResultForm form = ResultForm::kEventLines;
  Cancellation* cancel = nullptr;
};

// One plan of a run.
struct RunJob {
  const plan::Node* plan = nullptr;
  RowSink* target = nullptr;
  // What the plan was made of, to be asked why there are no rows; null if nobody asks.
  const Compilation* compilation = nullptr;
};

// What is said about a run, which has no place in a text.
ErrorDetail ToDetail(const Diagnostic& diagnostic);

// Runs the plans in one pass (and one more for each level of subsearches). The summaries are in the
// order of the jobs. Input errors are returned after the rows. A plan that fails fails alone, and
// its entry of `statuses` says why; without `statuses` the first failure is returned.
absl::Status Run(const Core& core, const std::vector<RunJob>& jobs, const RunRequest& request,
                 std::vector<Summary>* summaries, std::vector<absl::Status>* statuses = nullptr);

// The stages that depend on a run, as text.
absl::StatusOr<std::string> ExplainRun(const Core& core, const plan::Node& plan,
                                       const RunRequest& request, Stage stage);

}  // namespace spelk::engine
