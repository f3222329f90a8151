// Columns made value by value out of another: what most streaming commands do to a field.
#pragma once

#include <string_view>
#include <utility>

#include "exec/column_setter.h"
#include "exec/operator.h"

namespace spelk::exec {

// Sets the setter's field to map(value) for the value of `from` in each row; null where the batch
// has no such field. ResourceExhausted names `what`.
template <class Map>
absl::Status MapColumn(Field from, ColumnSetter& setter, std::string_view what, const Map& map,
                       Batch* batch) {
  const Column* const found = batch->Find(from);
  const Column column = found == nullptr ? Column::Null(batch->physical_rows()) : *found;
  auto* values = batch->arena().AllocateArray<Value>(batch->physical_rows());
  SPELK_RETURN_IF_ERROR(batch->arena().status(what));
  for (size_t r = 0; r < batch->size(); ++r) {
    const size_t row = batch->physical(r);
    values[row] = map(column.At(row));
  }
  setter.Set(Column::Values({values, batch->physical_rows()}), batch);
  return batch->arena().status(what);
}

// Changes batches on their way: change(Batch*) gives a status.
template <class Change>
class ChangedOutput final : public Output {
 public:
  ChangedOutput(Change change, Output& next) : change_(std::move(change)), next_(next) {}
  absl::Status Push(Batch batch) override {
    SPELK_RETURN_IF_ERROR(change_(&batch));
    return next_.Push(std::move(batch));
  }
  bool enough() const override { return next_.enough(); }

 private:
  Change change_;
  Output& next_;
};

}  // namespace spelk::exec
