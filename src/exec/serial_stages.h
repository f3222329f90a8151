// What of a pipeline runs on one thread at a time: chains of streaming operators, the pipeline
// breakers, and the stages after the first.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "exec/node_counts.h"
#include "exec/pipeline.h"

namespace spelk::exec {

// Streaming operators with one worker's states. Rows go in at entry() and come out at `end`.
class StreamingChain {
 public:
  static absl::StatusOr<StreamingChain> Make(std::span<const Placed<StreamingOperator>> operators,
                                             const RunContext& run, Output* end);
  Output& entry() const { return *entry_; }

 private:
  std::vector<std::unique_ptr<Output>> links_;
  Output* entry_ = nullptr;
};

// Counts the rows that a node gives, where the run counts; otherwise the output itself.
// `made` keeps what was made.
Output* Counted(const plan::Node& node, const RunContext& run, Output* out,
                std::vector<std::unique_ptr<Output>>* made);

// Measures what passes in a node, where the run measures; otherwise the output itself.
Output* Entered(const plan::Node& node, const RunContext& run, Output* in,
                std::vector<std::unique_ptr<Output>>* made);
// The same for work that no rows come in by.
class NodeTimer {
 public:
  NodeTimer(const plan::Node* node, const RunContext& run);
  ~NodeTimer();
  NodeTimer(const NodeTimer&) = delete;

 private:
  NodeCount* count_ = nullptr;  // Null where the run does not measure.
  uint64_t start_ = 0;
};

// What ends a stage: a sink's state, a sequential operator, or the result.
class PipelineBreaker final : public Output {
 public:
  PipelineBreaker(const Stage& stage, const RunContext& run, Output* next);

  absl::Status Start();
  absl::Status Push(Batch batch) override;
  // A sink answers only when its input is complete; the others pass on what follows them.
  bool enough() const override;
  absl::Status Finish();
  // For the first stage, whose sink was fed by workers.
  void SetState(OperatorStatePtr state) { state_ = std::move(state); }

 private:
  const plan::Node* node() const {
    return stage_.sink ? stage_.sink.node : stage_.sequential ? stage_.sequential.node : nullptr;
  }

  const Stage& stage_;
  const RunContext& run_;
  std::vector<std::unique_ptr<Output>> counted_;
  Output* next_;
  OperatorStatePtr state_;
  uint64_t batches_ = 0;
  bool enough_ = false;
};

// The end of the first stage, and all later stages.
class SerialStages {
 public:
  static absl::StatusOr<std::unique_ptr<SerialStages>> Make(const Pipeline& pipeline,
                                                            Output* result);
  PipelineBreaker& first() { return *ends_[0]; }
  absl::Status Finish();

 private:
  std::vector<std::unique_ptr<PipelineBreaker>> ends_;
  std::vector<std::unique_ptr<StreamingChain>> chains_;
};

// A pipeline that is handed its rows, or generates them, on the caller's thread: bodies of nodes,
// generating searches.
class SerialRun final : public Output {
 public:
  // The pipeline and the result outlive the run.
  static absl::StatusOr<std::unique_ptr<SerialRun>> Make(const Pipeline& pipeline, Output* result);
  absl::Status Push(Batch batch) override { return chain_->entry().Push(std::move(batch)); }
  bool enough() const override { return chain_->entry().enough(); }
  // Lets the pipeline's source make its rows.
  absl::Status Generate();
  // All rows were pushed: what the pipeline kept of them comes out.
  absl::Status Finish() { return stages_->Finish(); }

 private:
  explicit SerialRun(const Pipeline& pipeline) : pipeline_(pipeline) {}
  const Pipeline& pipeline_;
  std::unique_ptr<SerialStages> stages_;
  std::vector<std::unique_ptr<Output>> counted_;
  std::unique_ptr<StreamingChain> chain_;
};

// Through bytes and back, as spilling and other machines do; a test option.
absl::Status Reload(const SinkOperator& sink, OperatorStatePtr* state);

}  // namespace spelk::exec
