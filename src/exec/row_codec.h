// Rows as bytes: how sinks spill and save what they keep.
#pragma once

#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "plan/rank.h"
#include "value/batch.h"

namespace spelk::exec {

// Some rows of one schema with their ranks.
struct RankedRows {
  Batch batch;
  std::vector<plan::RowRank> ranks;  // One for each row of the batch.
};

// `rows` are indexes of rows of the batch, `ranks` theirs.
void SaveRows(const Batch& batch, std::span<const uint32_t> rows,
              std::span<const plan::RowRank> ranks, ByteWriter& out);
// The batch owns its memory, charged to the budget as `what`.
absl::StatusOr<RankedRows> LoadRows(ByteReader& in, FieldTable& fields, MemoryBudget* budget,
                                    std::string_view what);

// Collects rows of several batches into one, without copying texts: the memory of the sources is
// pinned.
class BatchAssembler {
 public:
  // `drop` (may be null) is left out of the result.
  BatchAssembler(MemoryBudget* budget, Field drop) : budget_(budget), drop_(drop) {}

  // False if a row of that batch must go into another result, as its placed fields (Schema) differ
  // from those of the rows so far.
  bool Fits(const Batch& batch) const;
  void Add(const Batch& batch, uint32_t row);
  size_t size() const { return rows_.size(); }
  // Rows that have many different fields make a batch of few rows, or it would be empty for the
  // most part: it is time to take them.
  bool full() const { return rows_.size() * fields_.size() > kMostCells; }
  // The rows added so far, in order; the assembler is empty afterwards.
  absl::StatusOr<Batch> Take(std::string_view what);

 private:
  struct Row {
    const Batch* batch;
    uint32_t row;
  };
  static constexpr size_t kMostCells = size_t{1} << 17U;
  SchemaPtr UnionSchema() const;

  MemoryBudget* budget_;
  Field drop_;
  std::vector<Row> rows_;
  std::vector<BatchMemoryPtr> pins_;
  absl::flat_hash_set<const Schema*> schemas_;  // Of rows_.
  absl::flat_hash_set<Field> fields_;           // Of these.
};

}  // namespace spelk::exec
