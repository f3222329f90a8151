// BatchBuilder: batches out of rows of values.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "exec/run_context.h"
#include "value/batch.h"

namespace spelk::exec {

// For what makes rows of its own: the results of a command that keeps none of its input. What is
// added is in the budget before it is kept. Not thread-safe.
class BatchBuilder {
 public:
  // `what` is named in messages about memory and outlives the builder.
  BatchBuilder(SchemaPtr schema, std::string_view what, const RunContext& run);

  // A value for each column of the schema; texts and multivalues are copied.
  absl::Status Add(std::span<const Value> row);
  size_t rows() const { return rows_; }
  // As many rows as a batch should have, or fewer where memory is short.
  bool full() const;
  // The rows added so far; the builder is empty again.
  absl::StatusOr<Batch> Take();

 private:
  SchemaPtr schema_;
  std::string_view what_;
  const RunContext* run_;
  BatchMemoryPtr memory_;
  std::vector<Value> cells_;  // Row by row.
  Reservation reservation_;   // Of cells_.
  size_t rows_ = 0;
};

}  // namespace spelk::exec
