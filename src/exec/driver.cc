// Workers, ordered delivery, and the end of each job.
#include "exec/driver.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/thread.h"
#include "exec/serial_stages.h"
#include "value/literal_search.h"

namespace spelk::exec {
namespace {

// One plan of the pass.
struct Job {
  const DriverJob* job = nullptr;
  std::unique_ptr<SerialStages> stages;
  std::atomic<bool> enough{false};            // Wants no more rows, or has failed.
  std::vector<OperatorStatePtr> sink_states;  // One for each worker.

  const Pipeline& pipeline() const { return *job->pipeline; }
  bool scans() const { return !pipeline().fronts().empty(); }
  bool has_sink() const { return static_cast<bool>(pipeline().stages()[0].sink); }

  // Thread-safe.
  void AddSeconds(double more) {
    const std::lock_guard lock(mutex_);
    seconds_ += more;
  }
  double seconds() const {
    const std::lock_guard lock(mutex_);
    return seconds_;
  }
  // Thread-safe. The first failure counts; a run that was stopped is no failure of the plan.
  void Fail(const absl::Status& failure) {
    if (failure.ok()) return;
    const std::lock_guard lock(mutex_);
    status_.Update(failure);
    enough.store(true, std::memory_order_relaxed);
  }
  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
  double seconds_ = 0;
};

// Adds the time that it lives to that of a job, where there is a clock.
class Stopwatch {
 public:
  Stopwatch(Job& job, const std::function<double()>& clock)
      : job_(job), clock_(clock), start_(clock ? clock() : 0) {}
  Stopwatch(const Stopwatch&) = delete;
  ~Stopwatch() {
    if (clock_) job_.AddSeconds(clock_() - start_);
  }

 private:
  Job& job_;
  const std::function<double()>& clock_;
  const double start_;
};

// The place of rows in the order of their plan: streams that unite one after the other.
constexpr unsigned kFrontShift = 48;

// Takes a worker's rows into the worker's own state of a sink.
class LocalSink final : public Output {
 public:
  LocalSink(const SinkOperator& sink, OperatorStatePtr state, size_t fronts)
      : sink_(sink), state_(std::move(state)), at_(fronts) {}
  void StartMorsel(uint64_t morsel) {
    for (size_t front = 0; front < at_.size(); ++front) {
      at_[front] = {morsel | uint64_t{front} << kFrontShift, 0};
    }
  }
  void StartFront(size_t front) { front_ = front; }
  absl::Status Push(Batch batch) override {
    if (batch.empty()) return absl::OkStatus();
    const Position at = at_[front_];
    ++at_[front_].batch;
    return sink_.UpdateAny(*state_, std::move(batch), at);
  }
  OperatorStatePtr TakeState() { return std::move(state_); }

 private:
  const SinkOperator& sink_;
  OperatorStatePtr state_;
  std::vector<Position> at_;
  size_t front_ = 0;
};

// Collects a worker's rows of one morsel, to be delivered in order.
class MorselBuffer final : public Output {
 public:
  explicit MorselBuffer(const std::atomic<bool>& enough) : enough_(enough) {}
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

// Where the scan puts the rows of one front. An error of the plan's operators is the plan's.
class FrontEntry final : public ScanOutput {
 public:
  FrontEntry(Job& job, LocalSink* sink, size_t front, Output& next,
             const std::function<double()>& clock)
      : job_(job), sink_(sink), front_(front), next_(next), clock_(clock) {}
  absl::Status Push(Batch batch) override {
    pushed_ = true;
    if (sink_ != nullptr) sink_->StartFront(front_);
    return Fail(next_.Push(std::move(batch)));
  }
  // Whether there were rows since the last time.
  bool TakePushed() { return std::exchange(pushed_, false); }
  absl::Status Fail(const absl::Status& failure) override {
    job_.Fail(failure);
    return absl::OkStatus();
  }
  bool enough() const override {
    return job_.enough.load(std::memory_order_relaxed) || next_.enough();
  }
  void StartWork() override { work_.emplace(job_, clock_); }
  void EndWork() override { work_.reset(); }

 private:
  Job& job_;
  LocalSink* sink_;
  const size_t front_;
  Output& next_;
  bool pushed_ = false;
  const std::function<double()>& clock_;
  std::optional<Stopwatch> work_;
};

// What one worker has of one plan.
struct WorkerJob {
  std::unique_ptr<LocalSink> sink;
  std::unique_ptr<MorselBuffer> morsel;
  std::vector<std::unique_ptr<Output>> counted;
  std::unique_ptr<StreamingChain> chain;
  std::vector<StreamingChain> front_chains;
  std::vector<std::unique_ptr<FrontEntry>> entries;
};

// All that one worker has. Rows may point into it (constants of expressions) and be delivered by
// another worker, so it outlives the worker's thread.
struct Worker {
  std::unique_ptr<ScanWorker> scanner;
  std::unique_ptr<ScanWorker> partial_scanner;  // Of blocks with partial rows; may be null.
  std::vector<WorkerJob> jobs;
  ScanOutputs outputs;
};

bool IsInputError(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsDataLoss(status) || absl::IsUnavailable(status) ||
         absl::IsPermissionDenied(status);
}

// The pass over the inputs, for the jobs that scan.
class ScanRun {
 public:
  // `partial_scan`, if not null, is the same scan for blocks that may hold partial rows.
  ScanRun(std::vector<Job*> jobs, std::unique_ptr<const CompiledScan> scan,
          std::unique_ptr<const CompiledScan> partial_scan, const DriverOptions& options,
          const RunContext& run, ScanReport& report)
      : jobs_(std::move(jobs)),
        scan_(std::move(scan)),
        partial_scan_(std::move(partial_scan)),
        partial_name_(plan::kPartialPrefix, false),
        options_(options),
        run_(run),
        report_(report),
        source_(scan_->settings->inputs, options.blocks),
        window_(2 * options.threads + 2) {
    ordered_ =
        std::any_of(jobs_.begin(), jobs_.end(), [](const Job* job) { return !job->has_sink(); });
    if (options_.keep_bytes > 0) {
      for (const io::Input& input : scan_->settings->inputs) once_.push_back(io::ReadsOnce(input));
    }
    workers_.resize(std::max(options.threads, options.deal_states));
    for (Job* job : jobs_) job->sink_states.resize(workers_.size());
  }

  // All morsels that are left, by all workers.
  absl::Status Run() {
    if (options_.deal_states > 0) {
      for (;;) {
        SPELK_ASSIGN_OR_RETURN(const bool more, Step());
        if (!more) return absl::OkStatus();
      }
    }
    std::vector<Thread> threads;
    for (size_t w = 1; w < options_.threads; ++w) {
      absl::StatusOr<Thread> thread = Thread::Start([this, w] { Note(Work(w)); });
      if (!thread.ok()) break;  // Fewer workers give the same answer.
      threads.push_back(std::move(*thread));
    }
    Note(Work(0));
    threads.clear();  // Joins.
    SPELK_RETURN_IF_ERROR(error_);
    return run_.cancel->status();
  }

  // The next morsel, on this thread. False when there is none.
  absl::StatusOr<bool> Step() {
    const size_t states = std::max<size_t>(1, options_.deal_states);
    SPELK_ASSIGN_OR_RETURN(const bool more, WorkOnMorsel(steps_++ % states));
    SPELK_RETURN_IF_ERROR(run_.cancel->status());
    return more;
  }

  // The workers' states of sinks go to the jobs.
  void HandOverStates() {
    for (size_t w = 0; w < workers_.size(); ++w) {
      std::vector<WorkerJob>& mine = workers_[w].jobs;
      for (size_t j = 0; j < mine.size(); ++j) {
        if (mine[j].sink != nullptr) jobs_[j]->sink_states[w] = mine[j].sink->TakeState();
      }
    }
  }
  // At least one state of each sink exists, if there was no input too.
  absl::Status MakeFirstWorker() { return MakeWorker(workers_[0]); }

  // What went wrong with inputs; the rest of the input was read all the same.
  absl::Status input_error() const {
    if (!input_error_.ok() || AllEnough() || run_.cancel->input_ended()) return input_error_;
    return report_.JudgeInputs(scan_->settings->inputs);
  }

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

  // Waits until the morsels that are out are few enough: rows before their turn only pile up.
  bool MayTakeMorsel() {
    std::unique_lock lock(mutex_);
    if (ordered_) room_.wait(lock, [this] { return stop_ || taken_ - delivered_ < window_; });
    if (stop_ || AllEnough() || run_.cancel->input_ended()) return false;
    ++taken_;
    return true;
  }

  absl::StatusOr<io::BlockPtr> NextBlock() {
    for (;;) {
      absl::StatusOr<std::optional<io::Block>> block = source_.Next();
      if (block.ok() && !*block) return nullptr;
      if (block.ok()) return std::make_shared<const io::Block>(std::move(**block));
      if (absl::IsOutOfRange(block.status())) {  // What is worth a warning.
        run_.warnings->Add(ErrorCode::kTruncated, std::string(MessageOf(block.status())));
        continue;
      }
      if (!IsInputError(block.status()) || scan_->settings->strict) return block.status();
      if (run_.cancel->input_ended()) return nullptr;  // An archive that stops is no surprise then.
      const std::lock_guard lock(mutex_);
      input_error_.Update(block.status());
    }
  }

  absl::Status MakeWorkerJob(Job& job, WorkerJob* made) const {
    const RunContext& run = job.pipeline().run();
    const Stage& stage = job.pipeline().stages()[0];
    const std::vector<Front>& fronts = job.pipeline().fronts();
    Output* end = nullptr;
    if (stage.sink) {
      SPELK_ASSIGN_OR_RETURN(OperatorStatePtr state, stage.sink.op->NewAnyState());
      made->sink = std::make_unique<LocalSink>(*stage.sink.op, std::move(state), fronts.size());
      end = Entered(*stage.sink.node, run, made->sink.get(), &made->counted);
    } else {
      made->morsel = std::make_unique<MorselBuffer>(job.enough);
      end = made->morsel.get();
    }
    SPELK_ASSIGN_OR_RETURN(StreamingChain chain, StreamingChain::Make(stage.streaming, run, end));
    made->chain = std::make_unique<StreamingChain>(std::move(chain));
    for (size_t f = 0; f < fronts.size(); ++f) {
      SPELK_ASSIGN_OR_RETURN(StreamingChain front,
                             StreamingChain::Make(fronts[f].streaming, run, &made->chain->entry()));
      Output* entry = Counted(*fronts[f].scan, run, &front.entry(), &made->counted);
      made->front_chains.push_back(std::move(front));
      made->entries.push_back(
          std::make_unique<FrontEntry>(job, made->sink.get(), f, *entry, options_.clock));
    }
    return absl::OkStatus();
  }

  // A job without states takes no rows.
  void MakeFailed(Job& job, const absl::Status& failure, WorkerJob* made) const {
    job.Fail(failure);
    *made = WorkerJob();
    made->morsel = std::make_unique<MorselBuffer>(job.enough);
    for (size_t f = 0; f < job.pipeline().fronts().size(); ++f) {
      made->entries.push_back(
          std::make_unique<FrontEntry>(job, nullptr, f, *made->morsel, options_.clock));
    }
  }

  absl::Status MakeWorker(Worker& worker) {
    if (worker.scanner != nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(worker.scanner, ScanWorker::Make(*scan_, report_, options_.count_lines));
    if (partial_scan_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(worker.partial_scanner,
                             ScanWorker::Make(*partial_scan_, report_, options_.count_lines));
    }
    worker.jobs.resize(jobs_.size());
    for (size_t j = 0; j < jobs_.size(); ++j) {
      WorkerJob& made = worker.jobs[j];
      const absl::Status status = MakeWorkerJob(*jobs_[j], &made);
      if (!status.ok()) MakeFailed(*jobs_[j], status, &made);
      for (const auto& entry : made.entries) worker.outputs.push_back(entry.get());
    }
    return absl::OkStatus();
  }

  absl::Status Work(size_t worker) {
    for (;;) {
      SPELK_ASSIGN_OR_RETURN(const bool more, WorkOnMorsel(worker));
      if (!more) return absl::OkStatus();
    }
  }

  // False if the worker got no morsel.
  absl::StatusOr<bool> WorkOnMorsel(size_t index) {
    Worker& worker = workers_[index];
    SPELK_RETURN_IF_ERROR(MakeWorker(worker));
    if (!MayTakeMorsel()) return false;
    SPELK_ASSIGN_OR_RETURN(const io::BlockPtr block, NextBlock());
    if (block == nullptr) return false;
    SPELK_RETURN_IF_ERROR(run_.cancel->status());
    for (WorkerJob& job : worker.jobs) {
      if (job.sink != nullptr) job.sink->StartMorsel(block->sequence);
    }
    const bool partial = worker.partial_scanner != nullptr &&
                         partial_name_.Find(block->text) != std::string_view::npos;
    ScanWorker& scanner = partial ? *worker.partial_scanner : *worker.scanner;
    {
      // The jobs share what reading takes: each is told all of it.
      std::vector<std::unique_ptr<NodeTimer>> timers;
      for (const Job* job : jobs_) {
        if (job->pipeline().run().node_counts == nullptr) continue;
        for (const Front& front : job->pipeline().fronts()) {
          timers.push_back(std::make_unique<NodeTimer>(front.scan, job->pipeline().run()));
        }
      }
      SPELK_RETURN_IF_ERROR(scanner.Scan(block, worker.outputs));
    }
    if (options_.keep_bytes > 0) Keep(*block, worker);
    SPELK_RETURN_IF_ERROR(Deliver(block->sequence, worker.jobs));
    if (index == 0 && options_.progress) options_.progress(source_.progress());
    return true;
  }

  void Keep(const io::Block& block, Worker& worker) {
    bool rows = false;
    for (WorkerJob& job : worker.jobs) {
      for (const auto& entry : job.entries) rows = entry->TakePushed() || rows;
    }
    if (rows || once_[block.input]) report_.Keep(block, options_.keep_bytes, run_.budget);
  }

  // Hands the rows of a morsel on when all morsels before it were handed on; whoever completes the
  // next one goes on with those that wait after it.
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
      PushAll(std::move(next));
      lock.lock();
      ++delivered_;
      room_.notify_all();
    }
    delivering_ = false;
    return absl::OkStatus();
  }

  void PushAll(std::vector<std::vector<Batch>> rows) {
    for (size_t j = 0; j < jobs_.size(); ++j) {
      Job& job = *jobs_[j];
      if (job.has_sink() || rows[j].empty()) continue;
      const Stopwatch work(job, options_.clock);
      PipelineBreaker& end = job.stages->first();
      for (Batch& batch : rows[j]) {
        if (end.enough() || job.enough.load(std::memory_order_relaxed)) break;
        job.Fail(end.Push(std::move(batch)));
      }
      if (end.enough()) job.enough.store(true, std::memory_order_relaxed);
    }
  }

  std::vector<Job*> jobs_;
  std::unique_ptr<const CompiledScan> scan_;
  std::unique_ptr<const CompiledScan> partial_scan_;
  const LiteralFinder partial_name_;
  const DriverOptions& options_;
  const RunContext& run_;
  ScanReport& report_;
  io::BlockSource source_;
  const uint64_t window_;
  std::vector<bool> once_;  // By input: it can be read only once.
  bool ordered_ = false;
  std::vector<Worker> workers_;
  size_t steps_ = 0;

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

// The same for each seed: what a test finds, it finds again.
void Shuffle(std::vector<OperatorStatePtr>& states, uint64_t seed) {
  for (size_t i = states.size(); i > 1; --i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    std::swap(states[i - 1], states[(seed >> 33U) % i]);
  }
}

class PassDriver final : public Driver {
 public:
  PassDriver(std::vector<DriverJob> jobs, DriverOptions options, const RunContext& run)
      : driver_jobs_(std::move(jobs)), options_(std::move(options)), run_(run) {
    options_.threads = std::max<size_t>(1, options_.threads);
  }

  absl::Status Start(const ScanSettings& settings, ScanReport& report) {
    std::vector<Job*> scans;
    std::vector<ScanPlan> plans;
    for (const DriverJob& driver_job : driver_jobs_) {
      jobs_.push_back(std::make_unique<Job>());
      Job& job = *jobs_.back();
      job.job = &driver_job;
      if (!job.scans()) continue;
      absl::StatusOr<std::unique_ptr<SerialStages>> stages =
          SerialStages::Make(job.pipeline(), driver_job.result);
      if (stages.ok()) job.stages = std::move(*stages);
      job.Fail(stages.ok() && !job.has_sink() ? job.stages->first().Start() : stages.status());
      if (!job.status().ok()) continue;
      scans.push_back(&job);
      for (const Front& front : job.pipeline().fronts()) {
        plans.push_back({front.scan, &job.pipeline().run()});
      }
    }
    if (scans.empty()) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(std::unique_ptr<const CompiledScan> compiled,
                           CompiledScan::Make(plans, settings, run_, options_.rules));
    std::unique_ptr<const CompiledScan> partial;
    const bool merges = std::any_of(plans.begin(), plans.end(), [](const ScanPlan& scan) {
      return !scan.node->partials.empty();
    });
    for (ScanPlan& scan : plans) scan.partials = true;
    if (merges) {
      SPELK_ASSIGN_OR_RETURN(partial, CompiledScan::Make(plans, settings, run_, options_.rules));
    }
    pass_ = std::make_unique<ScanRun>(std::move(scans), std::move(compiled), std::move(partial),
                                      options_, run_, report);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Step() override {
    if (generated_ < jobs_.size()) {
      Generate(*jobs_[generated_++]);
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      return true;
    }
    if (pass_ != nullptr && !read_) {
      SPELK_ASSIGN_OR_RETURN(const bool more, pass_->Step());
      if (more) return true;
      SPELK_RETURN_IF_ERROR(EndPass());
    }
    while (finished_ < jobs_.size()) {
      Job& job = *jobs_[finished_++];
      if (!job.scans() || !job.status().ok()) continue;
      {
        const Stopwatch work(job, options_.clock);
        job.Fail(FinishJob(job));
      }
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      return true;
    }
    SPELK_RETURN_IF_ERROR(pass_ == nullptr ? absl::OkStatus() : pass_->input_error());
    return false;
  }

  absl::Status Run() override {
    while (generated_ < jobs_.size()) {
      Generate(*jobs_[generated_++]);
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
    }
    if (pass_ != nullptr && !read_) {
      SPELK_RETURN_IF_ERROR(pass_->Run());
      SPELK_RETURN_IF_ERROR(EndPass());
    }
    for (;;) {
      SPELK_ASSIGN_OR_RETURN(const bool more, Step());
      if (!more) return absl::OkStatus();
    }
  }

  absl::Status status(size_t job) const override { return jobs_[job]->status(); }
  double seconds(size_t job) const override { return jobs_[job]->seconds(); }

 private:
  // A plan that makes its own rows runs on the calling thread.
  void Generate(Job& job) const {
    if (job.scans()) return;
    const Stopwatch work(job, options_.clock);
    absl::StatusOr<std::unique_ptr<SerialRun>> run =
        SerialRun::Make(job.pipeline(), job.job->result);
    absl::Status status = run.status();
    if (status.ok()) status = (*run)->Generate();
    if (status.ok()) status = (*run)->Finish();
    job.Fail(status);
  }

  absl::Status EndPass() {
    read_ = true;
    SPELK_RETURN_IF_ERROR(pass_->MakeFirstWorker());
    pass_->HandOverStates();
    return absl::OkStatus();
  }

  absl::Status FinishJob(Job& job) const {
    if (const Placed<SinkOperator>& sink = job.pipeline().stages()[0].sink) {
      if (options_.deal_states > 0) Shuffle(job.sink_states, options_.deal_seed);
      OperatorStatePtr merged;
      for (OperatorStatePtr& state : job.sink_states) {
        if (state == nullptr) continue;
        if (run_.reload_states) SPELK_RETURN_IF_ERROR(Reload(*sink.op, &state));
        if (merged == nullptr) {
          merged = std::move(state);
        } else {
          SPELK_RETURN_IF_ERROR(sink.op->MergeAny(*merged, std::move(state)));
        }
      }
      job.stages->first().SetState(std::move(merged));
    }
    return job.stages->Finish();
  }

  const std::vector<DriverJob> driver_jobs_;
  DriverOptions options_;
  const RunContext& run_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::unique_ptr<ScanRun> pass_;
  size_t generated_ = 0;
  size_t finished_ = 0;
  bool read_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Driver>> Driver::Make(std::vector<DriverJob> jobs,
                                                     const ScanSettings& settings,
                                                     DriverOptions options, const RunContext& run,
                                                     ScanReport& report) {
  auto driver = std::make_unique<PassDriver>(std::move(jobs), std::move(options), run);
  SPELK_RETURN_IF_ERROR(driver->Start(settings, report));
  return driver;
}

}  // namespace spelk::exec
