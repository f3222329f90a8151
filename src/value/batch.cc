// Slicing and copying of batches.
#include "value/batch.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/status.h"

namespace spelk {

void Batch::Slice(size_t begin, size_t end) {
  if (selection_) {
    const auto first = selection_->begin();
    selection_ = std::vector<uint32_t>(first + static_cast<std::ptrdiff_t>(begin),
                                       first + static_cast<std::ptrdiff_t>(end));
    return;
  }
  std::vector<uint32_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(begin));
  selection_ = std::move(rows);
}

bool ChargeColumns(size_t columns, Arena& arena) {
  constexpr size_t kBytesInSchema = 48;
  constexpr size_t kUsualWidth = 64;  // What others have reserved is enough for so many.
  return columns <= kUsualWidth || arena.Charge(columns * (sizeof(Column) + kBytesInSchema));
}

Value CopyValue(const Value& value, Arena& arena) {
  if (value.is_text()) {
    const std::string_view text = arena.Copy(value.text());
    return text.size() == value.text().size() ? Value::Text(text, value.json_type())
                                              : Value::Null();
  }
  if (value.is_multi()) {
    const std::span<const Value> from = value.each();
    auto* to = arena.AllocateArray<Value>(from.size());
    if (to == nullptr) return Value::Null();
    for (size_t i = 0; i < from.size(); ++i) to[i] = CopyValue(from[i], arena);
    return Value::Multi({to, from.size()});
  }
  return value;
}

size_t ValueBytes(const Value& value) {
  if (value.is_text()) return value.text().size();
  if (!value.is_multi()) return 0;
  size_t bytes = 0;
  for (const Value& each : value.each()) bytes += sizeof(Value) + ValueBytes(each);
  return bytes;
}

absl::StatusOr<Batch> Batch::Own(MemoryBudget* budget, std::string_view what) const {
  auto memory = std::make_shared<BatchMemory>(budget);
  const size_t rows = size();
  memory->arena.Expect(2 * rows * columns_.size() * sizeof(Value));
  std::vector<Column> columns;
  if (!ChargeColumns(columns_.size(), memory->arena)) return memory->arena.status(what);
  columns.reserve(columns_.size());
  for (const Column& column : columns_) {
    if (column.encoding() == Column::Encoding::kConstant) {
      columns.push_back(Column::Constant(CopyValue(column.constant(), memory->arena), rows));
      continue;
    }
    auto* values = memory->arena.AllocateArray<Value>(rows);
    if (values == nullptr) break;
    for (size_t i = 0; i < rows; ++i) values[i] = CopyValue(column.At(physical(i)), memory->arena);
    columns.push_back(Column::Values({values, rows}));
  }
  SPELK_RETURN_IF_ERROR(memory->arena.status(what));
  return Batch(schema_, std::move(columns), rows, std::move(memory));
}

void Batch::DropHidden() {
  std::vector<Field> fields;
  std::vector<Column> columns;
  size_t placed = 0;
  for (size_t c = 0; c < schema_->size(); ++c) {
    if ((*schema_)[c].hidden()) continue;
    if (c < schema_->placed()) ++placed;
    fields.push_back((*schema_)[c]);
    columns.push_back(columns_[c]);
  }
  if (fields.size() == schema_->size()) return;
  Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
}

}  // namespace spelk
