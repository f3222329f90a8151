// Lag: the values that a field had some rows before.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "exec/run_context.h"
#include "value/batch.h"

namespace spelk::exec {

// For operators that get their rows in order, one batch after another. Not thread-safe.
class Lag {
 public:
  // `depth` is the most rows that are looked back over. `what` is named in messages about memory
  // and outlives the object.
  Lag(Field field, size_t depth, std::string_view what, const RunContext& run);

  // The value in the row that stands `back` rows (1 to depth) before row `row` of the batch; null
  // if there is no such row. Lives as long as the batch.
  Value Before(const Batch& batch, size_t row, size_t back) const;
  // Goes on after the batch.
  absl::Status Advance(const Batch& batch);

 private:
  Field field_;
  size_t depth_;
  std::string_view what_;
  const RunContext* run_;
  std::unique_ptr<Arena> arena_;
  std::span<const Value> last_;  // Of the last rows, at most `depth_`, in order.
};

}  // namespace spelk::exec
