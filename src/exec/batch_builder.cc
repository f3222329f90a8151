// Collecting rows of values.
#include "exec/batch_builder.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::exec {
namespace {

// A batch has at least so many rows, however short memory is.
constexpr size_t kFewRows = 64;

}  // namespace

BatchBuilder::BatchBuilder(SchemaPtr schema, std::string_view what, const RunContext& run)
    : schema_(std::move(schema)),
      what_(what),
      run_(&run),
      memory_(std::make_shared<BatchMemory>(run.budget)),
      reservation_(run.budget) {}

absl::Status BatchBuilder::Add(std::span<const Value> row) {
  if (cells_.size() + row.size() > cells_.capacity()) {
    const size_t cells = std::max(2 * cells_.capacity(), cells_.size() + row.size());
    // The old cells are there until the new ones are filled.
    const size_t bytes = (cells_.capacity() + cells) * sizeof(Value);
    if (!reservation_.Resize(bytes)) return run_->budget->Exhausted(what_, bytes);
    cells_.reserve(cells);
  }
  for (const Value& value : row) cells_.push_back(CopyValue(value, memory_->arena));
  ++rows_;
  return memory_->arena.status(what_);
}

bool BatchBuilder::full() const {
  return rows_ >= run_->batch_rows || (rows_ >= kFewRows && run_->budget->under_pressure());
}

absl::StatusOr<Batch> BatchBuilder::Take() {
  std::vector<Column> columns;
  for (size_t c = 0; c < schema_->size(); ++c) {
    auto* values = memory_->arena.AllocateArray<Value>(rows_);
    SPELK_RETURN_IF_ERROR(memory_->arena.status(what_));
    for (size_t r = 0; r < rows_; ++r) values[r] = cells_[r * schema_->size() + c];
    columns.push_back(Column::Values({values, rows_}));
  }
  Batch batch(schema_, std::move(columns), rows_,
              std::exchange(memory_, std::make_shared<BatchMemory>(run_->budget)));
  cells_.clear();
  rows_ = 0;
  return batch;
}

}  // namespace spelk::exec
