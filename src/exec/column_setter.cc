// Reshaping batches by one column.
#include "exec/column_setter.h"

#include <utility>

namespace spelk::exec {

void ColumnSetter::Set(const Column& column, Batch* batch) {
  if (from_ != batch->schema()) {
    from_ = batch->schema();
    if (const std::optional<size_t> index = from_->Find(field_)) {
      to_ = from_;
      index_ = *index;
    } else {
      std::vector<Field> fields = from_->fields();
      index_ = fields.size();
      fields.push_back(field_);
      to_ = std::make_shared<Schema>(std::move(fields), from_->placed());
    }
  }
  std::vector<Column> columns = batch->columns();
  if (index_ == columns.size()) {
    columns.push_back(column);
  } else {
    columns[index_] = column;
  }
  batch->Reshape(to_, std::move(columns));
}

Value* CopyColumn(const Batch& batch, Field field) {
  auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
  if (values == nullptr) return nullptr;
  const Column* old = batch.Find(field);
  for (size_t row = 0; row < batch.physical_rows(); ++row) values[row] = Value::Null();
  if (old == nullptr) return values;
  // Only selected rows have values that mean anything.
  for (size_t r = 0; r < batch.size(); ++r) {
    const size_t row = batch.physical(r);
    values[row] = old->At(row);
  }
  return values;
}

}  // namespace spelk::exec
