// The shared counter behind reservations.
#include "base/memory.h"

#include <fmt/format.h>

namespace spelk {

bool MemoryBudget::TryReserve(size_t bytes) {
  if (may_reserve_ && !may_reserve_(bytes)) return false;
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ || used > limit_ - bytes) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  size_t peak = peak_.load(std::memory_order_relaxed);
  while (used + bytes > peak &&
         !peak_.compare_exchange_weak(peak, used + bytes, std::memory_order_relaxed)) {
  }
  return true;
}

void MemoryBudget::Release(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

absl::Status MemoryBudget::Exhausted(std::string_view what, size_t bytes) const {
  return absl::ResourceExhaustedError(
      fmt::format("{} needs {} bytes more than the memory budget of {} bytes allows; "
                  "raise it with --memory",
                  what, bytes, limit_));
}

}  // namespace spelk
