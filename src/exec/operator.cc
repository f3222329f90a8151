// Ranks of rows.
#include "exec/operator.h"

namespace spelk::exec {

BatchRanks::BatchRanks(const Batch& batch, Position at)
    : batch_(batch), times_(batch.Find(hidden::kTime)), at_(at) {}

RowRank BatchRanks::rank(size_t row) const {
  RowRank rank;
  rank.position = at_;
  rank.row = static_cast<uint32_t>(row);
  if (times_ != nullptr) {
    const Value time = times_->At(batch_.physical(row));
    rank.age = time.is_integer() ? -time.integer() : RowRank::kNoTime;
  }
  return rank;
}

}  // namespace spelk::exec
