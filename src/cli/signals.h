// InterruptGuard: what signals do to a run.
#pragma once

#include "spelk/engine.h"

namespace spelk::cli {

// While it lives, SIGINT ends the input; a second one, and signals that end programs, end the
// program at once, without the unfinished file. One at a time.
class InterruptGuard {
 public:
  // `temporary`: the name of a file that must not be left behind; may be null.
  InterruptGuard(Cancel& cancel, const char* temporary);
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();
};

}  // namespace spelk::cli
