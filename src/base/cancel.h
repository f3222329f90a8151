// Cancellation: how a run is told to end its input, or to stop at once.
#pragma once

#include <atomic>

#include "absl/status/status.h"

namespace spelk {

// Set from any thread or from a signal handler; read by the scan and by every long loop.
class Cancellation {
 public:
  // No more input is read; what was read is finished.
  void EndInput() { state_.fetch_or(1, std::memory_order_relaxed); }
  // Everything stops with Cancelled.
  void Stop() { state_.fetch_or(2, std::memory_order_relaxed); }

  bool input_ended() const { return state_.load(std::memory_order_relaxed) != 0; }
  bool stopped() const { return (state_.load(std::memory_order_relaxed) & 2) != 0; }
  absl::Status status() const {
    return stopped() ? absl::CancelledError("stopped") : absl::OkStatus();
  }

 private:
  std::atomic<int> state_{0};
  static_assert(std::atomic<int>::is_always_lock_free, "a signal handler sets it");
};

}  // namespace spelk
