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

absl::Status ColumnsSetter::Prepare(std::string_view what, Batch* batch) {
  if (from_ == nullptr || from_ != batch->schema()) {
    from_ = batch->schema();
    std::vector<Field> all = from_->fields();
    indexes_.clear();
    absl::flat_hash_map<Field, size_t> added;
    for (const Field field : fields_) {
      if (const std::optional<size_t> known = from_->Find(field)) {
        indexes_.push_back(*known);
        continue;
      }
      const auto [place, is_new] = added.emplace(field, all.size());
      if (is_new) all.push_back(field);
      indexes_.push_back(place->second);
    }
    to_ = added.empty() ? from_ : std::make_shared<Schema>(std::move(all), from_->placed());
  }
  if (to_ == from_) return absl::OkStatus();
  if (!ChargeColumns(to_->size(), batch->arena())) return batch->arena().status(what);
  std::vector<Column> columns = batch->columns();
  columns.resize(to_->size(), Column::Null(batch->physical_rows()));
  batch->Reshape(to_, std::move(columns));
  return absl::OkStatus();
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
