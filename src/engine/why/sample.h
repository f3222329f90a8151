// Sample: the begin of each input, and what a run met that matched, to be looked at once more.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "exec/scan/scan.h"
#include "io/input.h"

namespace spelk::engine {

struct Sample {
  std::deque<std::string> texts;  // Whole lines; the inputs point into them.
  std::vector<io::Input> inputs;
  uint64_t bytes = 0;
  bool whole = true;  // These are all events.
};

// At most about `most` bytes, shared out among the inputs. Of inputs that can be read only once,
// and around events that passed the base search, there is what the run kept. What cannot be read is
// left out: the run has said so. `unread`: there was no run, so that all can be read.
Sample TakeSample(const std::vector<io::Input>& inputs,
                  const std::vector<exec::ScanReport::Kept>& kept, bool kept_all, size_t most,
                  const Cancellation* cancel, bool unread = false);

}  // namespace spelk::engine
