// Workers, ordered delivery, and the stages behind the first.
#include "exec/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

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

// The streaming operators of a stage for one worker. Rows go in at entry().
class StreamingChain {
 public:
  static absl::StatusOr<StreamingChain> Make(const Stage& stage, Output* end) {
    StreamingChain chain;
    Output* next = end;
    for (size_t i = stage.streaming.size(); i-- > 0;) {
      SPELK_ASSIGN_OR_RETURN(OperatorStatePtr state, stage.streaming[i]->NewAnyState());
      chain.links_.push_back(
          std::make_unique<StreamingLink>(*stage.streaming[i], std::move(state), next));
      next = chain.links_.back().get();
    }
    chain.entry_ = next;
    return chain;
  }
  Output& entry() const { return *entry_; }

 private:
  std::vector<std::unique_ptr<StreamingLink>> links_;
  Output* entry_ = nullptr;
};

// What ends a stage, on one thread: a sink's state, a sequential operator, or the result.
class StageEnd final : public Output {
 public:
  StageEnd(const Stage& stage, Output* next) : stage_(stage), next_(next) {}

  absl::Status Start() {
    if (stage_.sink != nullptr) {
      SPELK_ASSIGN_OR_RETURN(state_, stage_.sink->NewAnyState());
    } else if (stage_.sequential != nullptr) {
      SPELK_ASSIGN_OR_RETURN(state_, stage_.sequential->NewAnyState());
    }
    return absl::OkStatus();
  }

  absl::Status Push(Batch batch) override {
    if (batch.empty() || enough()) return absl::OkStatus();
    if (stage_.sink != nullptr) {
      return stage_.sink->UpdateAny(*state_, std::move(batch), Position{batches_++, 0});
    }
    if (stage_.sequential == nullptr) return next_->Push(std::move(batch));
    SPELK_ASSIGN_OR_RETURN(const Demand demand,
                           stage_.sequential->ProcessAny(std::move(batch), *state_, *next_));
    if (demand == Demand::kEnough) enough_ = true;
    return absl::OkStatus();
  }

  // A sink answers only when its input is complete; the others pass on what follows them.
  bool enough() const override { return enough_ || (stage_.sink == nullptr && next_->enough()); }

  absl::Status Finish() {
    if (stage_.sink != nullptr) return stage_.sink->FinishAny(std::move(state_), *next_);
    if (stage_.sequential != nullptr) return stage_.sequential->FinishAny(*state_, *next_);
    return absl::OkStatus();
  }
  // For the first stage, whose sink was fed by workers.
  void SetState(OperatorStatePtr state) { state_ = std::move(state); }

 private:
  const Stage& stage_;
  Output* next_;
  OperatorStatePtr state_;
  uint64_t batches_ = 0;
  bool enough_ = false;
};

// Everything of one plan that runs on one thread at a time: the end of the first stage, and all
// later stages.
class Tail {
 public:
  static absl::StatusOr<std::unique_ptr<Tail>> Make(const Pipeline& pipeline, Output* result) {
    auto tail = std::make_unique<Tail>();
    const std::vector<Stage>& stages = pipeline.stages();
    tail->ends_.resize(stages.size());
    tail->chains_.resize(stages.size());
    Output* next = result;
    for (size_t s = stages.size(); s-- > 0;) {
      tail->ends_[s] = std::make_unique<StageEnd>(stages[s], next);
      if (s == 0) break;  // The first stage's streaming operators run in the workers.
      SPELK_ASSIGN_OR_RETURN(StreamingChain chain,
                             StreamingChain::Make(stages[s], tail->ends_[s].get()));
      tail->chains_[s] = std::make_unique<StreamingChain>(std::move(chain));
      next = &tail->chains_[s]->entry();
      SPELK_RETURN_IF_ERROR(tail->ends_[s]->Start());
    }
    return tail;
  }
  StageEnd& first() { return *ends_[0]; }
  absl::Status Finish() {
    for (const std::unique_ptr<StageEnd>& end : ends_) SPELK_RETURN_IF_ERROR(end->Finish());
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<StageEnd>> ends_;
  std::vector<std::unique_ptr<StreamingChain>> chains_;
};

// Takes a worker's rows into the worker's own state of a sink.
class SinkFeed final : public Output {
 public:
  SinkFeed(const SinkOperator& sink, OperatorStatePtr state)
      : sink_(sink), state_(std::move(state)) {}
  void StartMorsel(uint64_t morsel) { at_ = {morsel, 0}; }
  absl::Status Push(Batch batch) override {
    if (batch.empty()) return absl::OkStatus();
    const Position at = at_;
    ++at_.batch;
    return sink_.UpdateAny(*state_, std::move(batch), at);
  }
  OperatorStatePtr TakeState() { return std::move(state_); }

 private:
  const SinkOperator& sink_;
  OperatorStatePtr state_;
  Position at_;
};

// Collects a worker's rows of one morsel, to be delivered in order.
class MorselFeed final : public Output {
 public:
  explicit MorselFeed(const std::atomic<bool>& enough) : enough_(enough) {}
  absl::Status Push(Batch batch) override {
    if (!batch.empty()) batches_.push_back(std::move(batch));
    return absl::OkStatus();
  }
  bool enough() const override { return enough_.load(std::memory_order_relaxed); }
  std::vector<Batch> Take() { return std::exchange(batches_, {}); }

 private:
  const std::atomic<bool>& enough_;
  std::vector<Batch> batches_;
};

// One plan of the pass.
struct Job {
  const DriverJob* job = nullptr;
  std::unique_ptr<Tail> tail;
  std::atomic<bool> enough{false};
  std::vector<OperatorStatePtr> sink_states;  // One for each worker.
  bool has_sink() const { return job->pipeline->stages()[0].sink != nullptr; }
};

// What one worker has of one plan.
struct WorkerJob {
  std::unique_ptr<SinkFeed> sink;
  std::unique_ptr<MorselFeed> morsel;
  std::unique_ptr<StreamingChain> chain;
};

// All that one worker has. Rows may point into it (constants of expressions) and be delivered by
// another worker, so it outlives the worker's thread.
struct Worker {
  std::unique_ptr<ScanWorker> scanner;
  std::vector<WorkerJob> jobs;
};

class ScanRun {
 public:
  ScanRun(std::vector<Job*> jobs, const CompiledScan& scan, const DriverOptions& options,
          const RunContext& run, ScanReport& report)
      : jobs_(std::move(jobs)),
        scan_(scan),
        options_(options),
        run_(run),
        report_(report),
        source_(scan.settings->inputs, options.blocks),
        window_(2 * options.threads + 2) {
    ordered_ =
        std::any_of(jobs_.begin(), jobs_.end(), [](const Job* job) { return !job->has_sink(); });
    for (Job* job : jobs_) job->sink_states.resize(options.threads);
    workers_.resize(options.threads);
  }

  absl::Status Run() {
    std::vector<std::jthread> threads;
    for (size_t w = 1; w < options_.threads; ++w) {
      threads.emplace_back([this, w] { Note(Work(w)); });
    }
    Note(Work(0));
    threads.clear();  // Joins.
    SPELK_RETURN_IF_ERROR(error_);
    return run_.cancel->status();
  }
  // What went wrong with inputs; the rest of the input was read all the same.
  absl::Status input_error() const { return input_error_; }

 private:
  void Note(const absl::Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    error_.Update(status);
    stop_ = true;
    room_.notify_all();
  }

  bool AllEnough() const {
    return std::all_of(jobs_.begin(), jobs_.end(),
                       [](const Job* job) { return job->enough.load(std::memory_order_relaxed); });
  }

  // Waits until the morsels that are out are few enough; a worker that is far ahead of the slowest
  // would only pile up rows that cannot be delivered yet.
  bool MayTakeMorsel() {
    std::unique_lock lock(mutex_);
    if (ordered_) room_.wait(lock, [this] { return stop_ || taken_ - delivered_ < window_; });
    if (stop_ || AllEnough() || run_.cancel->input_ended()) return false;
    ++taken_;
    return true;
  }

  static bool IsInputError(const absl::Status& status) {
    return absl::IsNotFound(status) || absl::IsDataLoss(status) || absl::IsUnavailable(status) ||
           absl::IsPermissionDenied(status);
  }

  absl::StatusOr<io::BlockPtr> NextBlock() {
    for (;;) {
      absl::StatusOr<std::optional<io::Block>> block = source_.Next();
      if (block.ok()) {
        if (!*block) return nullptr;
        return std::make_shared<const io::Block>(std::move(**block));
      }
      if (!IsInputError(block.status()) || scan_.settings->strict) return block.status();
      if (run_.cancel->input_ended()) return nullptr;  // An archive that stops is no surprise then.
      const std::lock_guard lock(mutex_);
      input_error_.Update(block.status());
    }
  }

  absl::Status MakeWorkerJob(const Job& job, WorkerJob* made) {
    const Stage& stage = job.job->pipeline->stages()[0];
    Output* end = nullptr;
    if (stage.sink != nullptr) {
      SPELK_ASSIGN_OR_RETURN(OperatorStatePtr state, stage.sink->NewAnyState());
      made->sink = std::make_unique<SinkFeed>(*stage.sink, std::move(state));
      end = made->sink.get();
    } else {
      made->morsel = std::make_unique<MorselFeed>(job.enough);
      end = made->morsel.get();
    }
    SPELK_ASSIGN_OR_RETURN(StreamingChain chain, StreamingChain::Make(stage, end));
    made->chain = std::make_unique<StreamingChain>(std::move(chain));
    return absl::OkStatus();
  }

  absl::Status Work(size_t worker) {
    std::unique_ptr<ScanWorker>& scanner = workers_[worker].scanner;
    SPELK_ASSIGN_OR_RETURN(scanner, ScanWorker::Make(scan_, report_, options_.count_lines));
    std::vector<WorkerJob>& mine = workers_[worker].jobs;
    mine.resize(jobs_.size());
    ScanOutputs outputs;
    for (size_t j = 0; j < jobs_.size(); ++j) {
      SPELK_RETURN_IF_ERROR(MakeWorkerJob(*jobs_[j], &mine[j]));
      outputs.push_back(&mine[j].chain->entry());
    }
    while (MayTakeMorsel()) {
      SPELK_ASSIGN_OR_RETURN(const io::BlockPtr block, NextBlock());
      if (block == nullptr) break;
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      for (WorkerJob& job : mine) {
        if (job.sink != nullptr) job.sink->StartMorsel(block->sequence);
      }
      SPELK_RETURN_IF_ERROR(scanner->Scan(block, outputs));
      SPELK_RETURN_IF_ERROR(Deliver(block->sequence, mine));
      if (worker == 0 && options_.progress) options_.progress(source_.progress());
    }
    for (size_t j = 0; j < jobs_.size(); ++j) {
      if (mine[j].sink != nullptr) jobs_[j]->sink_states[worker] = mine[j].sink->TakeState();
    }
    return absl::OkStatus();
  }

  // Hands the rows of a morsel on when all morsels before it were handed on; whoever completes the
  // next one goes on with those that wait behind it.
  absl::Status Deliver(uint64_t sequence, std::vector<WorkerJob>& mine) {
    std::vector<std::vector<Batch>> rows(jobs_.size());
    for (size_t j = 0; j < jobs_.size(); ++j) {
      if (mine[j].morsel != nullptr) rows[j] = mine[j].morsel->Take();
    }
    std::unique_lock lock(mutex_);
    waiting_.emplace(sequence, std::move(rows));
    if (delivering_) return absl::OkStatus();
    delivering_ = true;
    while (!waiting_.empty() && waiting_.begin()->first == delivered_ && !stop_) {
      std::vector<std::vector<Batch>> next = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      lock.unlock();
      const absl::Status status = PushAll(std::move(next));
      lock.lock();
      ++delivered_;
      room_.notify_all();
      if (!status.ok()) {
        delivering_ = false;
        return status;
      }
    }
    delivering_ = false;
    return absl::OkStatus();
  }

  absl::Status PushAll(std::vector<std::vector<Batch>> rows) {
    for (size_t j = 0; j < jobs_.size(); ++j) {
      if (jobs_[j]->has_sink()) continue;
      StageEnd& end = jobs_[j]->tail->first();
      for (Batch& batch : rows[j]) {
        if (end.enough()) break;
        SPELK_RETURN_IF_ERROR(end.Push(std::move(batch)));
      }
      if (end.enough()) jobs_[j]->enough.store(true, std::memory_order_relaxed);
    }
    return absl::OkStatus();
  }

  std::vector<Job*> jobs_;
  const CompiledScan& scan_;
  const DriverOptions& options_;
  const RunContext& run_;
  ScanReport& report_;
  io::BlockSource source_;
  const uint64_t window_;
  bool ordered_ = false;
  std::vector<Worker> workers_;

  std::mutex mutex_;
  std::condition_variable room_;
  std::map<uint64_t, std::vector<std::vector<Batch>>> waiting_;
  uint64_t taken_ = 0;
  uint64_t delivered_ = 0;
  bool delivering_ = false;
  bool stop_ = false;
  absl::Status error_;
  absl::Status input_error_;
};

// Through bytes and back, as spilling and other machines do; a test option.
absl::Status Reload(const SinkOperator& sink, OperatorStatePtr* state) {
  std::string bytes;
  ByteWriter out(bytes);
  SPELK_RETURN_IF_ERROR(sink.SaveAny(**state, out));
  ByteReader in(bytes);
  SPELK_ASSIGN_OR_RETURN(*state, sink.LoadAny(in));
  return absl::OkStatus();
}

absl::Status FinishJob(Job& job, const RunContext& run) {
  if (const SinkOperator* sink = job.job->pipeline->stages()[0].sink; sink != nullptr) {
    OperatorStatePtr merged;
    for (OperatorStatePtr& state : job.sink_states) {
      if (state == nullptr) continue;
      if (run.reload_states) SPELK_RETURN_IF_ERROR(Reload(*sink, &state));
      if (merged == nullptr) {
        merged = std::move(state);
      } else {
        SPELK_RETURN_IF_ERROR(sink->MergeAny(*merged, std::move(state)));
      }
    }
    job.tail->first().SetState(std::move(merged));
  }
  return job.tail->Finish();
}

// A plan that makes its own rows runs on the calling thread.
absl::Status RunGenerator(const DriverJob& job) {
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<Tail> tail, Tail::Make(*job.pipeline, job.result));
  SPELK_RETURN_IF_ERROR(tail->first().Start());
  SPELK_ASSIGN_OR_RETURN(const StreamingChain chain,
                         StreamingChain::Make(job.pipeline->stages()[0], &tail->first()));
  SPELK_RETURN_IF_ERROR(job.pipeline->source()->Produce(chain.entry()));
  return tail->Finish();
}

}  // namespace

absl::Status RunJobs(const std::vector<DriverJob>& jobs, const ScanSettings& settings,
                     const DriverOptions& options, const RunContext& run, ScanReport& report) {
  std::vector<std::unique_ptr<Job>> scans;
  std::vector<const plan::ScanNode*> nodes;
  for (const DriverJob& job : jobs) {
    if (job.pipeline->scan() == nullptr) {
      SPELK_RETURN_IF_ERROR(RunGenerator(job));
      continue;
    }
    auto scan = std::make_unique<Job>();
    scan->job = &job;
    SPELK_ASSIGN_OR_RETURN(scan->tail, Tail::Make(*job.pipeline, job.result));
    if (!scan->has_sink()) SPELK_RETURN_IF_ERROR(scan->tail->first().Start());
    nodes.push_back(job.pipeline->scan());
    scans.push_back(std::move(scan));
  }
  if (scans.empty()) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<const CompiledScan> shared,
                         CompiledScan::Make(nodes, settings, run));
  std::vector<Job*> pointers;
  for (const std::unique_ptr<Job>& job : scans) pointers.push_back(job.get());
  ScanRun pass(std::move(pointers), *shared, options, run, report);
  SPELK_RETURN_IF_ERROR(pass.Run());
  for (const std::unique_ptr<Job>& job : scans) SPELK_RETURN_IF_ERROR(FinishJob(*job, run));
  return pass.input_error();
}

}  // namespace spelk::exec
