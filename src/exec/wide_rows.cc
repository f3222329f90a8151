// Collecting the fields of events, whatever they are called.
#include "exec/wide_rows.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::exec {

absl::StatusOr<bool> WideRows::Add(std::string_view line, io::JsonFlattener& flattener) {
  next_place_ = 0;
  in_order_ = true;
  bool faulty = false;
  flattener.Flatten(line, *this, &faulty);
  if (!in_order_) return false;
  for (WideColumn* column : order_) {
    if (column->row == rows_ && !column->more.empty()) JoinValues(column);
  }
  ++rows_;
  SPELK_RETURN_IF_ERROR(status_);
  SPELK_RETURN_IF_ERROR(flattener.status("reading events"));
  SPELK_RETURN_IF_ERROR(arena_.status("reading events"));
  return true;
}

void WideRows::JoinValues(WideColumn* column) {
  auto* all = arena_.AllocateArray<Value>(column->more.size() + 1);
  if (all == nullptr) return;
  all[0] = column->values[rows_];
  std::copy(column->more.begin(), column->more.end(), all + 1);
  column->values[rows_] = Value::Multi({all, column->more.size() + 1});
  column->more.clear();
}

void WideRows::Take(std::string_view name, const io::RawValue& raw, uint32_t array) {
  WideColumn* column = Find(name);
  if (column == nullptr || !in_order_) return;
  const bool first = column->row != rows_;
  // The first of a repeated name wins; the values of one array belong together.
  if (!first && (array == 0 || array != column->array)) return;
  const Value value = io::ToValue(raw, arena_);
  if (value.is_null()) return;
  if (!first) {
    column->more.push_back(value);
    return;
  }
  in_order_ = column->place >= next_place_;
  if (!in_order_ || !Grow(column, rows_ + 1)) return;
  next_place_ = column->place + 1;
  column->row = rows_;
  column->array = array;
  column->values[rows_] = value;
}

// Room for so many rows; what is not set is null.
bool WideRows::Grow(WideColumn* column, size_t rows) {
  constexpr size_t kLeastRows = 16;
  const size_t before = column->values.size();
  if (rows <= before) return true;
  const size_t wanted = std::max({rows, 2 * before, kLeastRows});
  auto* values = arena_.AllocateArray<Value>(wanted);
  if (values == nullptr) return false;
  std::copy(column->values.begin(), column->values.end(), values);
  std::fill(values + before, values + wanted, Value::Null());
  column->values = {values, wanted};
  return true;
}

absl::Status WideRows::MergeInto(std::vector<Field>& fields, std::vector<Column>& columns) {
  std::vector<Field> all_fields;
  std::vector<Column> all_columns;
  std::vector<bool> placed(fields.size(), false);
  for (WideColumn* column : order_) {
    const auto known = std::find(fields.begin(), fields.end(), column->field);
    const auto index = static_cast<size_t>(known - fields.begin());
    all_fields.push_back(column->field);
    if (known == fields.end()) {
      if (!Grow(column, rows_)) return arena_.status("reading events");
      all_columns.push_back(Column::Values({column->values.data(), rows_}));
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
  return absl::OkStatus();
}

bool WideRows::Wanted(std::string_view name) const {
  return node_.all_fields ||
         std::any_of(node_.patterns.begin(), node_.patterns.end(),
                     [&](const std::string& p) { return plan::PatternTakes(p, name); });
}

// A new field stands behind the one that the event has before it.
void WideRows::InsertBehindLast(WideColumn* column) {
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(next_place_), column);
  for (size_t place = next_place_; place < order_.size(); ++place) order_[place]->place = place;
}

WideRows::WideColumn* WideRows::Find(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    WideColumn& column = columns_[found->second];
    return column.field ? &column : nullptr;
  }
  WideColumn& column = columns_.emplace_back();
  by_name_.emplace(name, columns_.size() - 1);
  if (!Wanted(name) || name.empty()) return nullptr;
  absl::StatusOr<Field> field = run_.fields->TryIntern(name);
  if (!field.ok()) {
    status_.Update(field.status());
    return nullptr;
  }
  column.field = *field;
  InsertBehindLast(&column);
  return &column;
}

}  // namespace spelk::exec
