// Collecting the fields of events, whatever they are called.
#include "exec/wide_rows.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::exec {

absl::Status WideRows::Add(std::string_view line, uint32_t row, io::JsonFlattener& flattener) {
  row_ = row;
  bool faulty = false;
  flattener.Flatten(line, *this, &faulty);
  for (size_t c = 0; c < columns_.size(); ++c) {
    WideColumn& column = columns_[c];
    if (column.row != row || column.more.empty()) continue;
    column.more.insert(column.more.begin(), column.values[row]);
    auto* all = arena_.AllocateArray<Value>(column.more.size());
    if (all == nullptr) break;
    std::copy(column.more.begin(), column.more.end(), all);
    column.values[row] = Value::Multi({all, column.more.size()});
    column.more.clear();
  }
  SPELK_RETURN_IF_ERROR(status_);
  return arena_.status("reading events");
}

void WideRows::Take(std::string_view name, const io::RawValue& raw, uint32_t array) {
  WideColumn* column = Find(name);
  if (column == nullptr) return;
  const bool first = column->row != row_;
  // The first of a repeated name wins; the values of one array belong together.
  if (!first && (array == 0 || array != column->array)) return;
  const Value value = io::ToValue(raw, arena_);
  if (value.is_null()) return;
  if (first) {
    column->row = row_;
    column->array = array;
    column->values[row_] = value;
  } else {
    column->more.push_back(value);
  }
}

void WideRows::MergeInto(std::vector<Field>& fields, std::vector<Column>& columns) const {
  std::vector<Field> all_fields;
  std::vector<Column> all_columns;
  std::vector<bool> placed(fields.size(), false);
  for (const WideColumn& column : columns_) {
    if (!column.field) continue;
    const auto known = std::find(fields.begin(), fields.end(), column.field);
    const auto index = static_cast<size_t>(known - fields.begin());
    all_fields.push_back(column.field);
    if (known == fields.end()) {
      all_columns.push_back(Column::Values({column.values, rows_}));
    } else {
      all_columns.push_back(columns[index]);
      placed[index] = true;
    }
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (placed[i]) continue;
    all_fields.push_back(fields[i]);
    all_columns.push_back(columns[i]);
  }
  fields = std::move(all_fields);
  columns = std::move(all_columns);
}

bool WideRows::Wanted(std::string_view name) const {
  return node_.all_fields ||
         std::any_of(node_.patterns.begin(), node_.patterns.end(),
                     [&](const std::string& p) { return plan::PatternTakes(p, name); });
}

WideRows::WideColumn* WideRows::Find(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    WideColumn& column = columns_[found->second];
    return column.field ? &column : nullptr;
  }
  WideColumn column;
  if (Wanted(name) && !name.empty()) {
    absl::StatusOr<Field> field = run_.fields->TryIntern(name);
    if (!field.ok()) {
      status_.Update(field.status());
      return nullptr;
    }
    column.values = arena_.AllocateArray<Value>(rows_);
    if (column.values == nullptr) return nullptr;
    std::fill(column.values, column.values + rows_, Value::Null());
    column.field = *field;
  }
  by_name_.emplace(name, columns_.size());
  columns_.push_back(std::move(column));
  return columns_.back().field ? &columns_.back() : nullptr;
}

}  // namespace spelk::exec
