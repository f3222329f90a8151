// Columns by name, made when a name is first found.
#include "exec/found_fields.h"

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "exec/column_setter.h"
#include "value/compare.h"
#include "value/number.h"

namespace spelk::exec {

absl::StatusOr<FoundFields::Found*> FoundFields::Find(std::string_view name) {
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    return &found_[known->second];
  }
  Found made;
  SPELK_ASSIGN_OR_RETURN(made.field, run_.fields->TryIntern(name));
  made.values = CopyColumn(batch_, made.field);
  if (!ChargeColumns(1, batch_.arena())) return batch_.arena().status(what_);
  SPELK_RETURN_IF_ERROR(batch_.arena().status(what_));
  by_name_.emplace(std::string(name), found_.size());
  found_.push_back(made);
  return &found_.back();
}

Value FoundFields::Join(const Value& own, const Value& found) {
  auto* all = batch_.arena().AllocateArray<Value>(own.count() + found.count());
  if (all == nullptr) return Value::Null();
  size_t count = 0;
  for (const Value& each : own.each()) {
    char own_buffer[kNumberText];
    const std::string_view text = TextOf(each, own_buffer);
    const std::span<const Value> values = found.each();
    const bool again = std::any_of(values.begin(), values.end(), [text](const Value& value) {
      char buffer[kNumberText];
      return TextOf(value, buffer) == text;
    });
    if (!again) all[count++] = each;
  }
  for (const Value& each : found.each()) all[count++] = each;
  return Value::Multi({all, count});
}

absl::Status FoundFields::Put(size_t row, std::span<const io::TextField> fields,
                              Existing existing) {
  for (const io::TextField& field : fields) {
    if (field.value.is_null()) continue;
    SPELK_ASSIGN_OR_RETURN(Found * found, Find(field.name));
    Value& value = found->values[row];
    if (value.is_null() || existing == Existing::kReplaced) {
      value = field.value;
    } else if (existing == Existing::kJoined) {
      value = Join(value, field.value);
    }
  }
  return batch_.arena().status(what_);
}

void FoundFields::MoveInto(Batch* batch) const {
  if (found_.empty()) return;
  std::vector<Field> fields = batch->schema()->fields();
  std::vector<Column> columns = batch->columns();
  for (const Found& found : found_) {
    const Column column = Column::Values({found.values, batch->physical_rows()});
    if (const std::optional<size_t> index = batch->schema()->Find(found.field)) {
      columns[*index] = column;
      continue;
    }
    fields.push_back(found.field);
    columns.push_back(column);
  }
  const size_t placed = batch->schema()->placed();
  batch->Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
}

}  // namespace spelk::exec
