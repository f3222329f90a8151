// Signals, and memory that the system refuses: how the program ends without leaving anything.
#pragma once

#include "base/cancel.h"

namespace spelk::cli {

// At the start: a closed pipe and a file that may not grow are told by the write that fails, and
// when the system gives no more memory the program says so and ends with exit code 3.
void PrepareForTrouble();

// While a run lasts. SIGINT ends the input; if nobody lets go of it within two seconds (a slow
// expression, planning), or at a second SIGINT, the program ends. SIGTERM and its like end it at
// once.
class InterruptGuard {
 public:
  // `temporary` (may be null) is the name of a file that is removed then.
  InterruptGuard(Cancellation& cancel, const char* temporary);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

}  // namespace spelk::cli
