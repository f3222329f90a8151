// Keeping the values of the last rows.
#include "exec/lag.h"

#include <algorithm>

#include "base/status.h"

namespace spelk::exec {

Lag::Lag(Field field, size_t depth, std::string_view what, const RunContext& run)
    : field_(field), depth_(depth), what_(what), run_(&run) {}

Value Lag::Before(const Batch& batch, size_t row, size_t back) const {
  if (back <= row) {
    const Column* column = batch.Find(field_);
    return column == nullptr ? Value::Null() : column->At(batch.physical(row - back));
  }
  const size_t from_end = back - row;
  if (from_end > last_.size()) return Value::Null();
  return CopyValue(last_[last_.size() - from_end], batch.arena());
}

absl::Status Lag::Advance(const Batch& batch) {
  auto arena = std::make_unique<Arena>(run_->budget);
  const size_t added = std::min(depth_, batch.size());
  const size_t kept = std::min(depth_ - added, last_.size());
  auto* values = arena->AllocateArray<Value>(kept + added);
  SPELK_RETURN_IF_ERROR(arena->status(what_));
  for (size_t i = 0; i < kept; ++i) {
    values[i] = CopyValue(last_[last_.size() - kept + i], *arena);
  }
  const Column* column = batch.Find(field_);
  for (size_t i = 0; i < added; ++i) {
    const size_t row = batch.physical(batch.size() - added + i);
    values[kept + i] = column == nullptr ? Value::Null() : CopyValue(column->At(row), *arena);
  }
  SPELK_RETURN_IF_ERROR(arena->status(what_));
  last_ = {values, kept + added};
  arena_ = std::move(arena);
  return absl::OkStatus();
}

}  // namespace spelk::exec
