// Building wide batches.
#include "commands/chart/wide_rows.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::commands {
namespace {

constexpr size_t kCellsOfBatch = 32768;

}  // namespace

WideRows::WideRows(std::vector<Field> columns, const exec::RunContext& run, std::string_view what,
                   exec::Output& out)
    : run_(run),
      what_(what),
      out_(out),
      schema_(std::make_shared<Schema>(columns, columns.size())),
      capacity_(std::clamp<size_t>(kCellsOfBatch / std::max<size_t>(columns.size(), 1), 1,
                                   run.batch_rows)) {}

absl::Status WideRows::Renew() {
  rows_ = 0;
  memory_ = std::make_shared<BatchMemory>(run_.budget);
  columns_.assign(schema_->size(), nullptr);
  for (Value*& column : columns_) {
    column = memory_->arena.AllocateArray<Value>(capacity_);
    SPELK_RETURN_IF_ERROR(memory_->arena.status(what_));
  }
  return run_.cancel->status();
}

absl::Status WideRows::Begin() {
  if (rows_ == capacity_) SPELK_RETURN_IF_ERROR(Finish());
  if (memory_ == nullptr) SPELK_RETURN_IF_ERROR(Renew());
  for (Value* column : columns_) column[rows_] = Value::Null();
  ++rows_;
  return memory_->arena.status(what_);
}

void WideRows::Set(size_t column, const Value& value) {
  columns_[column][rows_ - 1] = CopyValue(value, memory_->arena);
}

absl::Status WideRows::Finish() {
  if (memory_ == nullptr) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(memory_->arena.status(what_));
  std::vector<Column> columns;
  columns.reserve(columns_.size());
  for (const Value* column : columns_) columns.push_back(Column::Values({column, rows_}));
  return out_.Push(Batch(schema_, std::move(columns), rows_, std::exchange(memory_, nullptr)));
}

}  // namespace spelk::commands
