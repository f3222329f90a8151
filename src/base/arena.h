// Arena: memory that a batch owns as a whole, reserved from a budget.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/memory.h"

namespace spelk {

// Hands out memory that lives until the arena is destroyed. Not thread-safe. Allocation fails only
// when the budget is used up: it then returns null and `exhausted()` stays true, so that code in a
// loop over rows may check once per batch.
class Arena {
 public:
  explicit Arena(MemoryBudget* budget = nullptr) : reservation_(budget) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // So much is all that will be asked for, near enough: the first block need not be larger.
  void Expect(size_t bytes) { first_block_ = std::min(bytes, kFirstBlock); }

  // `alignment` is a power of two, at most 16.
  void* Allocate(size_t bytes, size_t alignment = 8) {
    const size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + bytes <= capacity_) [[likely]] {
      used_ = start + bytes;
      return block_ + start;
    }
    return AllocateSlow(bytes);
  }
  char* AllocateText(size_t bytes) { return static_cast<char*>(Allocate(bytes, 1)); }
  template <class T>
  T* AllocateArray(size_t count) {
    // A count out of hostile arithmetic must not wrap around to a small one.
    constexpr size_t kMost = PTRDIFF_MAX / sizeof(T);
    return static_cast<T*>(Allocate(std::min(count, kMost) * sizeof(T), alignof(T)));
  }
  // Makes the newest allocation, of `bytes` bytes at `at`, larger or smaller in place. False if
  // another one followed it or the block is full.
  bool TryResize(const void* at, size_t bytes, size_t wanted) {
    const char* end = static_cast<const char*>(at) + bytes;
    if (block_ == nullptr || end != block_ + used_) return false;
    const size_t start = used_ - bytes;
    if (wanted > capacity_ - start) return false;
    used_ = start + wanted;
    return true;
  }

  // A copy that lives as long as the arena; empty when exhausted.
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return "";
    char* to = AllocateText(text.size());
    if (to == nullptr) return "";
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // Reserves memory that lies beside the arena and goes with it. Fails like Allocate.
  bool Charge(size_t bytes) {
    if (reservation_.Grow(bytes)) {
      charged_ += bytes;
      return true;
    }
    Fail(bytes);
    return false;
  }

  // Takes over the failure of memory reserved beside the arena: status() tells of it from now on.
  void Fail(size_t wanted) {
    exhausted_ = true;
    wanted_ = wanted;
  }

  // Frees everything but the newest block, which is used again.
  void Reset();

  bool exhausted() const { return exhausted_; }
  // Ok, or ResourceExhausted naming `what`.
  absl::Status status(std::string_view what) const;
  size_t bytes() const { return reservation_.bytes(); }
  MemoryBudget* budget() const { return reservation_.budget(); }

 private:
  static constexpr size_t kFirstBlock = 4096;
  void* AllocateSlow(size_t bytes);

  Reservation reservation_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;
  size_t used_ = 0;
  size_t capacity_ = 0;
  size_t first_block_ = kFirstBlock;
  size_t charged_ = 0;
  size_t wanted_ = 0;  // The allocation that failed.
  bool exhausted_ = false;
};

}  // namespace spelk
