// Runs and explanations, from a request to the summaries.
#include "engine/run.h"

#include "base/status.h"
#include "engine/runner.h"

namespace spelk::engine {

absl::Status Run(const Core& core, const std::vector<RunJob>& jobs, const RunRequest& request,
                 std::vector<Summary>* summaries, std::vector<absl::Status>* statuses) {
  Runner runner(core, request);
  absl::Status run = runner.Start(jobs);
  if (run.ok()) run = runner.RunToEnd();
  return runner.Finish(run, summaries, statuses);
}

absl::StatusOr<std::string> ExplainRun(const Core& core, const plan::Node& plan,
                                       const RunRequest& request, Stage stage) {
  return Runner(core, request).Explain(plan, stage);
}

}  // namespace spelk::engine
