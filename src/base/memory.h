// Memory is kept by reservation: what can grow with the input reserves before it allocates.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace spelk {

// The memory one run may use, in bytes. Thread-safe. Outlives every Reservation taken from it.
class MemoryBudget {
 public:
  // `workers` share it: each reads, and each may hold rows and groups.
  // `may_reserve` (may be empty) is asked before each reservation and refuses it by false: how
  // tests make any one of them fail.
  explicit MemoryBudget(size_t limit, size_t workers = 1,
                        std::function<bool(size_t bytes)> may_reserve = nullptr)
      : limit_(limit), workers_(workers == 0 ? 1 : workers), may_reserve_(std::move(may_reserve)) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // Takes `bytes` if they are there; false otherwise, with nothing taken.
  bool TryReserve(size_t bytes);
  void Release(size_t bytes);

  size_t limit() const { return limit_; }
  // Little is left: whoever holds much that could lie on disk should put it there now, so that
  // others find the little that they cannot do without.
  bool under_pressure() const {
    constexpr size_t kRoomForReading = size_t{4} << 20U;
    const size_t half = limit_ / 2;
    const size_t room = half / workers_ < kRoomForReading ? half : kRoomForReading * workers_;
    return used() > limit_ - (limit_ / 4 > room ? limit_ / 4 : room);
  }
  // What one holder may keep in memory even then. A worker has a few of them, and together they
  // leave room.
  size_t operator_share() const { return limit_ / (workers_ < 4 ? 16 : 4 * workers_); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t peak() const { return peak_.load(std::memory_order_relaxed); }

  // ResourceExhausted: what needed how much, the budget, and how to raise it.
  absl::Status Exhausted(std::string_view what, size_t bytes) const;

 private:
  const size_t limit_;
  const size_t workers_;
  const std::function<bool(size_t)> may_reserve_;
  std::atomic<size_t> used_{0};
  std::atomic<size_t> peak_{0};
};

// A movable share of a budget, given back on destruction. A null budget means "not counted".
class Reservation {
 public:
  Reservation() = default;
  explicit Reservation(MemoryBudget* budget) : budget_(budget) {}
  Reservation(Reservation&& other) noexcept { *this = std::move(other); }
  Reservation& operator=(Reservation&& other) noexcept {
    if (this != &other) {
      Clear();
      budget_ = std::exchange(other.budget_, nullptr);
      bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
  }
  ~Reservation() { Clear(); }

  // Grows or shrinks to `bytes`; false if the budget does not allow it (nothing changes then).
  bool Resize(size_t bytes) {
    if (budget_ != nullptr) {
      if (bytes > bytes_ && !budget_->TryReserve(bytes - bytes_)) return false;
      if (bytes < bytes_) budget_->Release(bytes_ - bytes);
    }
    bytes_ = bytes;
    return true;
  }
  bool Grow(size_t bytes) { return Resize(bytes_ + bytes); }
  void Clear() { (void)Resize(0); }

  size_t bytes() const { return bytes_; }
  MemoryBudget* budget() const { return budget_; }

 private:
  MemoryBudget* budget_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace spelk
