// Driver: runs pipelines over the inputs, with as many workers as wanted.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "exec/pipeline.h"

namespace spelk::exec {

// Where the rows of one plan go. Push is called by one thread at a time, in the order of the
// result.
struct DriverJob {
  const Pipeline* pipeline = nullptr;
  Output* result = nullptr;
};

struct DriverOptions {
  size_t threads = 1;  // 1 creates no thread.
  io::BlockOptions blocks;
  bool count_lines = false;  // Fill in ScanReport::lines.
  // Called now and then by the thread that runs; may be empty.
  std::function<void(const io::ReadProgress&)> progress;
};

// Runs all jobs; those that scan share one pass over the inputs. Returns when every result is
// complete, or with the first error. Input errors (a file that cannot be read, a damaged archive)
// end the input: what was read is finished, then the error is returned.
absl::Status RunJobs(const std::vector<DriverJob>& jobs, const ScanSettings& settings,
                     const DriverOptions& options, const RunContext& run, ScanReport& report);

}  // namespace spelk::exec
