// Block allocation of arenas.
#include "base/arena.h"

#include <algorithm>

namespace spelk {
namespace {

constexpr size_t kFirstBlock = 4096;
constexpr size_t kLargestBlock = 1U << 20U;

}  // namespace

void* Arena::AllocateSlow(size_t bytes) {
  const size_t grown = std::min(kLargestBlock, capacity_ == 0 ? kFirstBlock : capacity_ * 2);
  size_t size = std::max(grown, bytes);
  if (!reservation_.Grow(size)) {
    size = std::max<size_t>(bytes, 64);  // A small budget still serves small requests.
    if (!reservation_.Grow(size)) {
      exhausted_ = true;
      wanted_ = bytes;
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
  if (blocks_.size() > 1) {
    blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    (void)reservation_.Resize(capacity_);
  }
  used_ = 0;
  exhausted_ = false;
}

absl::Status Arena::status(std::string_view what) const {
  if (!exhausted_) return absl::OkStatus();
  return reservation_.budget()->Exhausted(what, wanted_);
}

}  // namespace spelk
