// RowTable: all rows of a finished plan in memory, for operators that look rows up.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "exec/spool.h"

namespace spelk::exec {

// Immutable once read; shared by the workers and by the batches made of it.
class RowTable {
 public:
  // ResourceExhausted, naming `what`, if they do not fit into the memory.
  // `stage` says which stage of their plan made a field: the order of fields that are new in one
  // row.
  static absl::StatusOr<std::shared_ptr<const RowTable>> Read(Spool rows, const FieldStage& stage,
                                                              const RunContext& run,
                                                              std::string_view what);

  size_t size() const { return rows_.size(); }
  // In the order of their first appearance.
  const std::vector<Field>& fields() const { return fields_; }
  // Null if the row lacks the field.
  Value At(size_t row, Field field) const;
  // Pushes some of the rows as a batch.
  absl::Status Push(const std::vector<size_t>& rows, const RunContext& run, Output& out) const;

 private:
  explicit RowTable(MemoryBudget* budget) : reservation_(budget) {}

  struct Row {
    uint32_t batch;
    uint32_t physical;
  };
  std::vector<Field> fields_;
  size_t placed_ = 0;  // So many of the fields are placed (Schema), in all rows.
  std::vector<Batch> batches_;
  std::vector<Row> rows_;
  Reservation reservation_;  // For rows_.
};
using RowTablePtr = std::shared_ptr<const RowTable>;

// The rows that a plan which ran first left at this place; no rows if it left none.
absl::StatusOr<RowTablePtr> TakeTable(const plan::NodePtr* place, const RunContext& run,
                                      std::string_view what);

// The texts of some fields of a row as one key; false if the row lacks one of them. A multivalue is
// compared as a whole.
bool AppendRowKey(const std::vector<Value>& values, std::string& key);

}  // namespace spelk::exec
