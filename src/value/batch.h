// Batch: some rows, by columns, with a selection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "value/column.h"
#include "value/schema.h"

namespace spelk {

// What the columns of a batch point into: an arena for what was made, pins for what it was read
// from (a block of input, another batch's memory). Only the worker that has the batch allocates
// from it.
struct BatchMemory {
  explicit BatchMemory(MemoryBudget* budget = nullptr) : arena(budget) {}
  Arena arena;
  std::vector<std::shared_ptr<const void>> pins;
};
using BatchMemoryPtr = std::shared_ptr<BatchMemory>;  // Shared by batches cut from the same rows.

// The rows of a batch are the selected ones, in order; a row's index counts those. All columns have
// `physical_rows()` entries, selected or not.
class Batch {
 public:
  Batch() = default;
  Batch(SchemaPtr schema, std::vector<Column> columns, size_t physical_rows, BatchMemoryPtr memory)
      : schema_(std::move(schema)),
        columns_(std::move(columns)),
        memory_(std::move(memory)),
        physical_rows_(physical_rows) {}

  size_t size() const { return selection_ ? selection_->size() : physical_rows_; }
  bool empty() const { return size() == 0; }
  size_t physical_rows() const { return physical_rows_; }
  // The physical row of row `index`.
  size_t physical(size_t index) const { return selection_ ? (*selection_)[index] : index; }

  const SchemaPtr& schema() const { return schema_; }
  const std::vector<Column>& columns() const { return columns_; }
  const Column& column(size_t index) const { return columns_[index]; }
  // Null if the batch has no such field.
  const Column* Find(Field field) const {
    const std::optional<size_t> index = schema_->Find(field);
    return index ? &columns_[*index] : nullptr;
  }
  Value At(size_t column, size_t row) const { return columns_[column].At(physical(row)); }

  Arena& arena() const { return memory_->arena; }
  const BatchMemoryPtr& memory() const { return memory_; }

  // The physical rows that are selected, ascending; nothing selected explicitly means all.
  const std::optional<std::vector<uint32_t>>& selection() const { return selection_; }
  // Replaces the selection; the entries are physical rows in the order that the rows shall have.
  void Select(std::vector<uint32_t> physical_rows) { selection_ = std::move(physical_rows); }
  // Keeps rows [begin, end).
  void Slice(size_t begin, size_t end);

  // Replaces schema and columns; the rows stay the same.
  void Reshape(SchemaPtr schema, std::vector<Column> columns) {
    schema_ = std::move(schema);
    columns_ = std::move(columns);
  }
  // Replaces one column.
  void SetColumn(size_t index, const Column& column) { columns_[index] = column; }

  // Leaves out the columns that no query can name.
  void DropHidden();

  // A copy of the selected rows that owns all it needs and nothing more. ResourceExhausted names
  // `what`.
  absl::StatusOr<Batch> Own(MemoryBudget* budget, std::string_view what) const;

 private:
  SchemaPtr schema_;
  std::vector<Column> columns_;
  BatchMemoryPtr memory_;
  std::optional<std::vector<uint32_t>> selection_;
  size_t physical_rows_ = 0;
};

// Reserves what a batch of so many columns takes beside its values: wide batches of few rows take
// more for these. False when the arena is exhausted.
bool ChargeColumns(size_t columns, Arena& arena);

// A copy of a value whose texts and values live in the arena. Null when the arena is exhausted.
Value CopyValue(const Value& value, Arena& arena);

// About how many bytes of memory a copy takes, beside the 16 of the value itself.
size_t ValueBytes(const Value& value);

}  // namespace spelk
