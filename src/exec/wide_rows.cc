// Flattening events into columns.
#include "exec/wide_rows.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "plan/field_set.h"

namespace spelk::exec {
namespace {

bool IsOnlyStars(std::string_view pattern) {
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

// The name without a prefix whose pieces `*` stand for any one member.
std::optional<std::string_view> WithoutPrefix(std::string_view name, std::string_view prefix) {
  while (!prefix.empty()) {
    const size_t dot = prefix.find('.');  // A prefix ends with a dot.
    const std::string_view piece = prefix.substr(0, dot);
    const size_t end = name.find('.');
    if (end == std::string_view::npos || (piece != "*" && name.substr(0, end) != piece)) {
      return std::nullopt;
    }
    name.remove_prefix(end + 1);
    prefix.remove_prefix(dot + 1);
  }
  return name;
}

}  // namespace

WideRows::WideRows(const plan::ScanNode& node, const RunContext& run, size_t rows, Arena& arena)
    : node_(node),
      run_(run),
      rows_(rows),
      arena_(arena),
      shortens_(!std::all_of(node.patterns.begin(), node.patterns.end(), &IsOnlyStars)) {}

absl::Status WideRows::Add(std::string_view event, uint32_t row, const plan::Shape* shape,
                           const plan::Shape* wrapper, io::JsonFlattener& flattener) {
  row_ = row;
  shapes_ = {shape, wrapper};
  bool faulty = false;
  flattener.Flatten(event, *this, &faulty);
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
  for (const plan::Shape* shape : shapes_) {
    const bool list = shape != nullptr && shape->multivalues && name.ends_with("{}");
    if (list) name.remove_suffix(2);
  }
  TakeAs(false, name, raw, array);
  if (!shortens_) return;
  for (const plan::Shape* shape : shapes_) {
    if (shape == nullptr) continue;
    for (const std::string& prefix : shape->prefixes) {
      if (const auto rest = WithoutPrefix(name, prefix)) {
        return TakeAs(true, *rest, raw, array);
      }
    }
  }
}

void WideRows::TakeAs(bool shortened, std::string_view name, const io::RawValue& raw,
                      uint32_t array) {
  WideColumn* column = Find(name, shortened);
  if (column == nullptr) return;
  // The event's own member takes the place of one below a prefix.
  const bool first = column->row != row_ || (column->shortened && !shortened);
  // The first of a repeated name wins; the values of one array belong together.
  if (!first && (array == 0 || array != column->array)) return;
  const Value value = io::ToValue(raw, arena_);
  if (value.is_null()) return;
  if (first) {
    column->row = row_;
    column->array = array;
    column->shortened = shortened;
    column->values[row_] = value;
    column->more.clear();
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

bool WideRows::Wanted(std::string_view name, bool shortened) const {
  if (node_.all_fields && !shortened) return true;
  return std::any_of(node_.patterns.begin(), node_.patterns.end(), [&](const std::string& pattern) {
    return !(shortened && IsOnlyStars(pattern)) && plan::PatternTakes(pattern, name);
  });
}

WideRows::WideColumn* WideRows::Find(std::string_view name, bool shortened) {
  StringMap<size_t>& names = shortened ? by_short_name_ : by_name_;
  const auto found = names.find(name);
  if (found != names.end()) {
    WideColumn& column = columns_[found->second];
    return column.field ? &column : nullptr;
  }
  // A name with its prefix and without may be the same field.
  if (Wanted(name, shortened)) {
    const StringMap<size_t>& others = shortened ? by_name_ : by_short_name_;
    const auto other = others.find(name);
    if (other != others.end() && columns_[other->second].field) {
      names.emplace(name, other->second);
      return &columns_[other->second];
    }
  }
  WideColumn column;
  if (Wanted(name, shortened) && !name.empty()) {
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
  names.emplace(name, columns_.size());
  columns_.push_back(std::move(column));
  return columns_.back().field ? &columns_.back() : nullptr;
}

}  // namespace spelk::exec
