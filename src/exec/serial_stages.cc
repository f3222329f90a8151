// Chains of streaming operators, pipeline breakers, serial stages.
#include "exec/serial_stages.h"

#include <chrono>

#include "base/check.h"
#include "base/status.h"

namespace spelk::exec {
namespace {

// One streaming operator with a worker's state, and what follows it.
class StreamingLink final : public Output {
 public:
  StreamingLink(const StreamingOperator& op, OperatorStatePtr state, Output* next)
      : operator_(op), state_(std::move(state)), next_(next) {}
  absl::Status Push(Batch batch) override {
    return operator_.ProcessAny(std::move(batch), *state_, *next_);
  }
  bool enough() const override { return next_->enough(); }

 private:
  const StreamingOperator& operator_;
  OperatorStatePtr state_;
  Output* next_;
};

uint64_t Now() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

uint64_t BytesOfBatch(const Batch& batch) {
  uint64_t bytes = 0;
  for (const Column& column : batch.columns()) {
    for (size_t r = 0; r < batch.size(); ++r) {
      bytes += sizeof(Value) + ValueBytes(column.At(batch.physical(r)));
    }
  }
  return bytes;
}

class CountingOutput final : public Output {
 public:
  CountingOutput(NodeCount& count, bool measures, Output* next)
      : count_(count), measures_(measures), next_(next) {}
  absl::Status Push(Batch batch) override {
    count_.rows.fetch_add(batch.size(), std::memory_order_relaxed);
    count_.batches.fetch_add(1, std::memory_order_relaxed);
    if (!measures_) return next_->Push(std::move(batch));
    const uint64_t start = Now();  // What measuring takes is not the node's.
    count_.bytes.fetch_add(BytesOfBatch(batch), std::memory_order_relaxed);
    absl::Status status = next_->Push(std::move(batch));
    count_.nanoseconds_after.fetch_add(Now() - start, std::memory_order_relaxed);
    return status;
  }
  bool enough() const override { return next_->enough(); }

 private:
  NodeCount& count_;
  const bool measures_;
  Output* next_;
};

class EnteringOutput final : public Output {
 public:
  EnteringOutput(const plan::Node& node, const RunContext& run, Output* in)
      : node_(node), run_(run), in_(in) {}
  absl::Status Push(Batch batch) override {
    const NodeTimer timer(&node_, run_);
    return in_->Push(std::move(batch));
  }
  bool enough() const override { return in_->enough(); }

 private:
  const plan::Node& node_;
  const RunContext& run_;
  Output* in_;
};

}  // namespace

NodeTimer::NodeTimer(const plan::Node* node, const RunContext& run) {
  if (node == nullptr || run.node_counts == nullptr || !run.node_counts->measures()) return;
  count_ = &run.node_counts->Of(node->id);
  start_ = Now();
}

NodeTimer::~NodeTimer() {
  if (count_ == nullptr) return;
  count_->nanoseconds_inside.fetch_add(Now() - start_, std::memory_order_relaxed);
}

Output* Counted(const plan::Node& node, const RunContext& run, Output* out,
                std::vector<std::unique_ptr<Output>>* made) {
  if (run.node_counts == nullptr) return out;
  made->push_back(std::make_unique<CountingOutput>(run.node_counts->Of(node.id),
                                                   run.node_counts->measures(), out));
  return made->back().get();
}

Output* Entered(const plan::Node& node, const RunContext& run, Output* in,
                std::vector<std::unique_ptr<Output>>* made) {
  if (run.node_counts == nullptr || !run.node_counts->measures()) return in;
  made->push_back(std::make_unique<EnteringOutput>(node, run, in));
  return made->back().get();
}

absl::StatusOr<StreamingChain> StreamingChain::Make(
    std::span<const Placed<StreamingOperator>> operators, const RunContext& run, Output* end) {
  StreamingChain chain;
  Output* next = end;
  for (size_t i = operators.size(); i-- > 0;) {
    SPELK_ASSIGN_OR_RETURN(OperatorStatePtr state, operators[i].op->NewAnyState());
    const plan::Node* node = operators[i].node;
    if (node != nullptr) next = Counted(*node, run, next, &chain.links_);
    chain.links_.push_back(
        std::make_unique<StreamingLink>(*operators[i].op, std::move(state), next));
    next = chain.links_.back().get();
    if (node != nullptr) next = Entered(*node, run, next, &chain.links_);
  }
  chain.entry_ = next;
  return chain;
}

PipelineBreaker::PipelineBreaker(const Stage& stage, const RunContext& run, Output* next)
    : stage_(stage), run_(run), next_(next) {
  if (stage.sink) next_ = Counted(*stage.sink.node, run, next, &counted_);
  if (stage.sequential) next_ = Counted(*stage.sequential.node, run, next, &counted_);
}

absl::Status PipelineBreaker::Start() {
  if (stage_.sink) {
    SPELK_ASSIGN_OR_RETURN(state_, stage_.sink.op->NewAnyState());
  } else if (stage_.sequential) {
    SPELK_ASSIGN_OR_RETURN(state_, stage_.sequential.op->NewAnyState());
  }
  return absl::OkStatus();
}

bool PipelineBreaker::enough() const {
  if (enough_ || stage_.sink) return enough_;
  if (stage_.sequential && stage_.sequential.op->wants_all_rows()) return false;
  return next_->enough();
}

absl::Status PipelineBreaker::Push(Batch batch) {
  if (batch.empty() || enough()) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(run_.cancel->status());
  const NodeTimer timer(node(), run_);
  if (stage_.sink) {
    return stage_.sink.op->UpdateAny(*state_, std::move(batch), Position{batches_++, 0});
  }
  if (!stage_.sequential) return next_->Push(std::move(batch));
  SPELK_ASSIGN_OR_RETURN(const Demand demand,
                         stage_.sequential.op->ProcessAny(std::move(batch), *state_, *next_));
  if (demand == Demand::kEnough) enough_ = true;
  return absl::OkStatus();
}

absl::Status PipelineBreaker::Finish() {
  const NodeTimer timer(node(), run_);
  if (stage_.sink) {
    if (run_.reload_states) SPELK_RETURN_IF_ERROR(Reload(*stage_.sink.op, &state_));
    return stage_.sink.op->FinishAny(std::move(state_), *next_);
  }
  if (stage_.sequential) return stage_.sequential.op->FinishAny(*state_, *next_);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SerialStages>> SerialStages::Make(const Pipeline& pipeline,
                                                                 Output* result) {
  auto serial = std::make_unique<SerialStages>();
  const std::vector<Stage>& stages = pipeline.stages();
  serial->ends_.resize(stages.size());
  serial->chains_.resize(stages.size());
  Output* next = result;
  for (size_t s = stages.size(); s-- > 0;) {
    serial->ends_[s] = std::make_unique<PipelineBreaker>(stages[s], pipeline.run(), next);
    if (s == 0) break;  // The first stage's streaming operators run in the workers.
    SPELK_ASSIGN_OR_RETURN(
        StreamingChain chain,
        StreamingChain::Make(stages[s].streaming, pipeline.run(), serial->ends_[s].get()));
    serial->chains_[s] = std::make_unique<StreamingChain>(std::move(chain));
    next = &serial->chains_[s]->entry();
    SPELK_RETURN_IF_ERROR(serial->ends_[s]->Start());
  }
  return serial;
}

absl::Status SerialStages::Finish() {
  for (const std::unique_ptr<PipelineBreaker>& end : ends_) SPELK_RETURN_IF_ERROR(end->Finish());
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SerialRun>> SerialRun::Make(const Pipeline& pipeline,
                                                           Output* result) {
  std::unique_ptr<SerialRun> run(new SerialRun(pipeline));
  SPELK_ASSIGN_OR_RETURN(run->stages_, SerialStages::Make(pipeline, result));
  SPELK_RETURN_IF_ERROR(run->stages_->first().Start());
  SPELK_ASSIGN_OR_RETURN(
      StreamingChain chain,
      StreamingChain::Make(pipeline.stages()[0].streaming, pipeline.run(), &run->stages_->first()));
  run->chain_ = std::make_unique<StreamingChain>(std::move(chain));
  return run;
}

absl::Status SerialRun::Generate() {
  const Placed<SourceOperator>& source = pipeline_.source();
  SPELK_CHECK(source.op != nullptr);
  const NodeTimer timer(source.node, pipeline_.run());
  return source.op->Produce(*Counted(*source.node, pipeline_.run(), &chain_->entry(), &counted_));
}

absl::Status Reload(const SinkOperator& sink, OperatorStatePtr* state) {
  std::string bytes;
  ByteWriter out(bytes);
  SPELK_RETURN_IF_ERROR(sink.SaveAny(**state, out));
  ByteReader in(bytes);
  SPELK_ASSIGN_OR_RETURN(*state, sink.LoadAny(in));
  return absl::OkStatus();
}

}  // namespace spelk::exec
