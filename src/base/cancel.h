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

  // While one lives, somebody reads input (or makes rows that come from none) and will see that it
  // was ended.
  class Reading {
   public:
    explicit Reading(Cancellation& cancel) : cancel_(cancel) {
      cancel_.started_.store(true, std::memory_order_relaxed);
      cancel_.reading_.fetch_add(1, std::memory_order_relaxed);
    }
    ~Reading() { cancel_.reading_.fetch_sub(1, std::memory_order_relaxed); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Cancellation& cancel_;
  };
  // Nothing was read yet, or somebody is still at it. False: what was read is being finished.
  bool before_end_of_input() const {
    return !started_.load(std::memory_order_relaxed) ||
           reading_.load(std::memory_order_relaxed) != 0;
  }

  bool input_ended() const { return state_.load(std::memory_order_relaxed) != 0; }
  bool stopped() const { return (state_.load(std::memory_order_relaxed) & 2) != 0; }
  absl::Status status() const {
    return stopped() ? absl::CancelledError("stopped") : absl::OkStatus();
  }

 private:
  std::atomic<int> state_{0};
  std::atomic<int> reading_{0};
  std::atomic<bool> started_{false};
  static_assert(std::atomic<int>::is_always_lock_free, "a signal handler sets it");
};

}  // namespace spelk
