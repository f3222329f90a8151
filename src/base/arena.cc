// Block allocation of arenas.
#include "base/arena.h"

#include <algorithm>

namespace spelk {
namespace {

constexpr size_t kLargestBlock = 1U << 20U;
constexpr size_t kLargestUncounted = 1U << 30U;  // Of one allocation without a budget.

}  // namespace

void* Arena::AllocateSlow(size_t bytes) {
  const size_t grown = std::min(kLargestBlock, capacity_ == 0 ? first_block_ : capacity_ * 2);
  size_t size = std::max(grown, bytes);
  const bool uncounted = budget() == nullptr;
  if ((uncounted && bytes > kLargestUncounted) || !reservation_.Grow(size)) {
    size = std::max<size_t>(bytes, 64);  // A small budget still serves small requests.
    if (uncounted || !reservation_.Grow(size)) {
      Fail(bytes);
      return nullptr;
    }
  }
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
  block_ = blocks_.back().get();
  capacity_ = size;
  used_ = bytes;
  return block_;
}

void Arena::Reset() {
  if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
  charged_ = 0;
  (void)reservation_.Resize(capacity_);
  used_ = 0;
  exhausted_ = false;
}

absl::Status Arena::status(std::string_view what) const {
  if (!exhausted_) return absl::OkStatus();
  return budget() == nullptr ? MemoryBudget(kLargestUncounted).Exhausted(what, wanted_)
                             : budget()->Exhausted(what, wanted_);
}

}  // namespace spelk
