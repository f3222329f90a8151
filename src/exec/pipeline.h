// Pipeline: a plan made ready to run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "plan/nodes.h"

namespace spelk::exec {

// An operator and the node that it was made of; null for columns put into their places.
template <class Op>
struct Placed {
  const Op* op = nullptr;
  const plan::Node* node = nullptr;
  explicit operator bool() const { return op != nullptr; }
};

// A part of a plan: operators that rows stream through, and the pipeline breaker at their end.
struct Stage {
  std::vector<Placed<StreamingOperator>> streaming;
  // At most one of these; none at the end of the plan, where rows go to the result.
  Placed<SinkOperator> sink;
  Placed<SequentialOperator> sequential;
};

// A stream of events that feeds the first stage: a scan, and what its own rows pass before they
// unite with those of the other streams.
struct Front {
  const plan::ScanNode* scan = nullptr;
  std::vector<Placed<StreamingOperator>> streaming;
};

// The operators of one plan, cut into stages. The first stage is fed by scans (by any number of
// workers), by a generating operator, or, in a body, by its holder; each later one by the end of
// the stage before it. Immutable.
class Pipeline {
 public:
  // The plan and the run's context outlive the pipeline.
  static absl::StatusOr<std::unique_ptr<const Pipeline>> Build(const plan::Node& root,
                                                               const RunContext& run);

  // Empty if the plan generates its rows or is handed them.
  const std::vector<Front>& fronts() const { return fronts_; }
  const Placed<SourceOperator>& source() const { return source_; }
  const std::vector<Stage>& stages() const { return stages_; }
  const RunContext& run() const { return run_; }
  // One line for each operator, for explain: its node, its kind, its stage.
  std::string Print() const;

 private:
  explicit Pipeline(const RunContext& run) : run_(run) {}
  void PlaceKnownColumns(const plan::Node& node, std::optional<std::vector<Field>>* columns);
  absl::Status AddFronts(const plan::Node& source);
  absl::StatusOr<const Operator*> Make(const plan::Node& node);

  const RunContext& run_;
  std::vector<Front> fronts_;
  Placed<SourceOperator> source_;
  std::vector<OperatorPtr> operators_;
  std::vector<std::unique_ptr<StreamingOperator>> placers_;
  std::vector<Stage> stages_;
  std::vector<const plan::Node*> nodes_;  // Of the chain; streams are part of their node.
};

}  // namespace spelk::exec
