// Keeping all rows.
#include "commands/all_rows.h"

#include <algorithm>
#include <utility>

#include "exec/column_setter.h"

namespace spelk::commands {

AllRows::AllRows(std::string_view what, const exec::RunContext& run)
    : what_(what), run_(run), reservation_(run.budget) {}

absl::Status AllRows::Push(Batch batch) {
  if (batch.empty()) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(Batch owned, batch.Own(run_.budget, what_));
  starts_.push_back(size_);
  size_ += owned.size();
  batches_.push_back(std::move(owned));
  return run_.cancel->status();
}

Value AllRows::At(size_t row, Field field) const {
  const auto behind = std::upper_bound(starts_.begin(), starts_.end(), row);
  const auto index = static_cast<size_t>(behind - starts_.begin()) - 1;
  const Column* column = batches_[index].Find(field);
  return column == nullptr ? Value::Null()
                           : column->At(batches_[index].physical(row - starts_[index]));
}

std::vector<Value> AllRows::ValuesOf(Field field) const {
  std::vector<Value> values;
  values.reserve(size_);
  for (const Batch& batch : batches_) {
    const Column* column = batch.Find(field);
    for (size_t r = 0; r < batch.size(); ++r) {
      values.push_back(column == nullptr ? Value::Null() : column->At(batch.physical(r)));
    }
  }
  return values;
}

absl::Status AllRows::Reserve(size_t bytes) {
  if (reservation_.Grow(bytes)) return absl::OkStatus();
  return run_.budget->Exhausted(what_, bytes);
}

absl::Status AllRows::Emit(std::span<const NewColumn> columns, const std::vector<bool>* kept,
                           exec::Output& out) {
  std::vector<Field> fields;
  for (const NewColumn& each : columns) fields.push_back(each.field);
  exec::ColumnsSetter setter(fields);
  for (size_t b = 0; b < batches_.size() && !out.enough(); ++b) {
    Batch batch = std::move(batches_[b]);
    SPELK_RETURN_IF_ERROR(setter.Prepare(what_, &batch));
    for (size_t c = 0; c < columns.size(); ++c) {
      auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
      SPELK_RETURN_IF_ERROR(batch.arena().status(what_));
      std::fill(values, values + batch.physical_rows(), Value::Null());
      for (size_t r = 0; r < batch.size(); ++r) {
        values[batch.physical(r)] = CopyValue(columns[c].values[starts_[b] + r], batch.arena());
      }
      SPELK_RETURN_IF_ERROR(batch.arena().status(what_));
      setter.Set(c, Column::Values({values, batch.physical_rows()}), &batch);
    }
    if (kept != nullptr) {
      std::vector<uint32_t> rows;
      for (size_t r = 0; r < batch.size(); ++r) {
        if ((*kept)[starts_[b] + r]) rows.push_back(static_cast<uint32_t>(batch.physical(r)));
      }
      if (rows.empty()) continue;
      batch.Select(std::move(rows));
    }
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
  }
  batches_.clear();
  return absl::OkStatus();
}

absl::Status WholeSink::Finish(exec::Spool spool, exec::Output& out) const {
  std::vector<Field> fields;
  if (shape_.columns) {
    fields = *shape_.columns;
  } else {
    fields = spool.FieldsInOrder(shape_.Stages());
    shape_.Arrange(&fields);
  }
  AllRows rows(what_, run());
  SPELK_RETURN_IF_ERROR(spool.Emit(rows));
  return Make(rows, fields, out);
}

bool TakesField(const std::vector<Field>& names, Field field) {
  if (field.hidden()) return false;
  if (names.empty()) return !field.internal();
  return std::any_of(names.begin(), names.end(),
                     [field](Field name) { return plan::PatternTakes(name.name(), field); });
}

plan::FieldSet ReadsOf(const std::vector<Field>& names) {
  const bool open = names.empty() || std::any_of(names.begin(), names.end(), [](Field name) {
                      return plan::IsPattern(name.name());
                    });
  plan::FieldSet reads = open ? plan::FieldSet::All() : plan::FieldSet();
  // What knowledge adds to events is there if a name or a pattern asks for it (date_*).
  for (const Field name : names) {
    if (plan::IsPattern(name.name())) {
      reads.AddPattern(std::string(name.name()));
    } else {
      reads.Add(name);
    }
  }
  return reads;
}

}  // namespace spelk::commands
