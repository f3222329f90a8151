// ColumnSetter: gives batches one more column, or another in the place of one they have.
#pragma once

#include "value/batch.h"

namespace spelk::exec {

// For one field; remembers what it made of the last schema, so that batches which share a schema
// share the new one, too. Scratch of one worker.
class ColumnSetter {
 public:
  explicit ColumnSetter(Field field) : field_(field) {}
  Field field() const { return field_; }
  // A new field comes last.
  void Set(const Column& column, Batch* batch);

 private:
  Field field_;
  SchemaPtr from_;
  SchemaPtr to_;
  size_t index_ = 0;
};

// The same for several fields, which get their columns one after another: new ones come last, in
// this order, and are null until then. Scratch of one worker.
class ColumnsSetter {
 public:
  explicit ColumnsSetter(std::vector<Field> fields) : fields_(std::move(fields)) {}
  const std::vector<Field>& fields() const { return fields_; }
  // Gives the batch all the fields. ResourceExhausted names `what`.
  absl::Status Prepare(std::string_view what, Batch* batch);
  // After Prepare; `field` counts those fields.
  void Set(size_t field, const Column& column, Batch* batch) const {
    batch->SetColumn(indexes_[field], column);
  }
  const Column& column(size_t field, const Batch& batch) const {
    return batch.column(indexes_[field]);
  }

 private:
  std::vector<Field> fields_;
  SchemaPtr from_;
  SchemaPtr to_;
  std::vector<size_t> indexes_;
};

// The values of a field that a kernel changes for some rows: a copy of the batch's column (null
// where there is none), in the batch's arena. Null when the memory is used up.
Value* CopyColumn(const Batch& batch, Field field);

}  // namespace spelk::exec
