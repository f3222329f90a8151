// Pipeline: a plan made ready to run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "exec/scan/scan.h"
#include "plan/nodes.h"

namespace spelk::exec {

// A stretch of a plan: operators that rows stream through, and what stops them at its end.
struct Stage {
  std::vector<const StreamingOperator*> streaming;
  // At most one of these; none at the end of the plan, where rows go to the result.
  const SinkOperator* sink = nullptr;
  const SequentialOperator* sequential = nullptr;
};

// The operators of one plan, cut into stages. The first stage is fed by the scan (by any number of
// workers) or by a generating operator; each later one by the end of the stage before it.
// Immutable.
class Pipeline {
 public:
  // The plan outlives the pipeline.
  static absl::StatusOr<std::unique_ptr<const Pipeline>> Build(const plan::Node& root,
                                                               const RunContext& run);

  // Null if the plan generates its rows.
  const plan::ScanNode* scan() const { return scan_; }
  const SourceOperator* source() const { return source_; }
  const std::vector<Stage>& stages() const { return stages_; }
  // One line for each operator, for explain: its node, its kind, its stage.
  std::string Print() const;

 private:
  const plan::ScanNode* scan_ = nullptr;
  const SourceOperator* source_ = nullptr;
  std::vector<OperatorPtr> operators_;
  std::vector<Stage> stages_;
  std::vector<const plan::Node*> nodes_;
};

}  // namespace spelk::exec
