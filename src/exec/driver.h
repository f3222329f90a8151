// Driver: runs pipelines over the inputs, with as many workers as wanted, or step by step.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "exec/pipeline.h"
#include "exec/scan/scan.h"

namespace spelk::exec {

// One plan of a pass. Push of `result` is called by one thread at a time, in the order of the
// result.
struct DriverJob {
  const Pipeline* pipeline = nullptr;
  Output* result = nullptr;
};

struct DriverOptions {
  size_t threads = 1;  // 1 creates no thread.
  // For tests, instead of threads: morsel i goes to state i modulo this, and the states are merged
  // in an order drawn from `deal_seed`. 0: not so.
  size_t deal_states = 0;
  uint64_t deal_seed = 0;
  io::BlockOptions blocks;
  bool count_lines = false;  // Fill in ScanReport::lines.
  // Bytes to keep of inputs that can be read only once, and of blocks with events that a scan kept
  // (ScanReport::kept).
  size_t keep_bytes = 0;
  // What knowledge adds for all plans; see CompiledScan::Make. Null: each for itself.
  const plan::ComputedColumnsList* rules = nullptr;
  // Measures Driver::seconds; may be empty.
  std::function<double()> clock;
  // Called now and then by the thread that runs; may be empty.
  std::function<void(const io::ReadProgress&)> progress;
};

// One pass over the inputs for all jobs that scan. A job that fails fails alone: its status says
// so, and the others get their rows. Used by one thread at a time.
class Driver {
 public:
  // Makes the jobs ready. What the arguments point to outlives the driver; `run` is for what the
  // jobs share (budget, cancellation), each has its own in its pipeline.
  static absl::StatusOr<std::unique_ptr<Driver>> Make(std::vector<DriverJob> jobs,
                                                      const ScanSettings& settings,
                                                      DriverOptions options, const RunContext& run,
                                                      ScanReport& report);
  virtual ~Driver() = default;

  // Does a small part of the work on the calling thread: a morsel of the input, or the end of one
  // job. False when nothing is left to do. No thread is made, whatever the options say.
  virtual absl::StatusOr<bool> Step() = 0;
  // All that is left, with the workers of the options. An error is of the run as a whole: an input
  // that cannot be read ends the input, and what was read of it is finished first.
  virtual absl::Status Run() = 0;
  // Of one job, when the run is over.
  virtual absl::Status status(size_t job) const = 0;
  // What the work on its own rows took, by all workers together.
  virtual double seconds(size_t job) const = 0;

 protected:
  Driver() = default;
};

}  // namespace spelk::exec
