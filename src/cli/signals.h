// Signals, and memory that the system refuses: how the program ends without leaving anything.
#pragma once

#include "spelk/engine.h"

namespace spelk::cli {

// At the start: a closed pipe and a file that may not grow are told by the write that fails, and
// when the system gives no more memory the program says so and ends with exit code 3.
void PrepareForTrouble();

// While it lives, SIGINT ends the input; if nobody lets go of it within two seconds (a slow
// expression, planning), or at a second SIGINT, the program ends. SIGTERM and its like end it at
// once. The unfinished file is not left then. One at a time.
class InterruptGuard {
 public:
  // `temporary`: the name of a file that must not be left behind; may be null.
  InterruptGuard(Cancel& cancel, const char* temporary);
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();
};

}  // namespace spelk::cli
