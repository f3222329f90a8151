// Flattening events into columns.
#include "exec/scan/dynamic_columns.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "plan/field_set.h"

namespace spelk::exec {
namespace {

// Whose name a value has: the member's own, then what the system says, then those below prefixes.
constexpr size_t kOwn = 0;
constexpr size_t kSystem = 1;

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

DynamicColumns::DynamicColumns(const plan::ScanNode& node, const RunContext& run, Arena& arena)
    : node_(node),
      run_(run),
      arena_(arena),
      shortens_(!std::all_of(node.patterns.begin(), node.patterns.end(), &IsOnlyStars)) {}

absl::StatusOr<bool> DynamicColumns::Add(std::string_view event, const plan::EventLayout* shape,
                                         const plan::EventLayout* wrapper,
                                         io::JsonFlattener& flattener, const OpenFields& open) {
  shapes_ = {shape, wrapper};
  if (sparse()) return false;
  bool faulty = false;
  flattener.Flatten(event, *this, &faulty);
  TakeOpen(open);
  for (WideColumn* column : order_) {
    if (column->row == rows_ && column->rank == kSystem && column->added_row == rows_) {
      column->more.insert(column->more.end(), column->added.begin(), column->added.end());
    }
    if (column->row == rows_ && !column->more.empty()) JoinValues(column);
  }
  ++rows_;
  SPELK_RETURN_IF_ERROR(status_);
  SPELK_RETURN_IF_ERROR(flattener.status("reading events"));
  SPELK_RETURN_IF_ERROR(arena_.status("reading events"));
  return true;
}

void DynamicColumns::JoinValues(WideColumn* column) {
  auto* all = arena_.AllocateArray<Value>(column->more.size() + 1);
  if (all == nullptr) return;
  all[0] = column->values[rows_];
  std::copy(column->more.begin(), column->more.end(), all + 1);
  column->values[rows_] = Value::Multi({all, column->more.size() + 1});
  column->more.clear();
}

void DynamicColumns::Take(std::string_view name, const io::RawValue& raw, uint32_t array) {
  // The braces of a list, not those that its key has.
  const bool named =
      std::any_of(std::begin(shapes_), std::end(shapes_),
                  [](const plan::EventLayout* s) { return s != nullptr && s->multivalues; });
  if (named && array != 0 && name.ends_with("{}")) name.remove_suffix(2);
  TakeAs(kOwn, name, raw, array);
  if (!shortens_) return;
  for (const plan::EventLayout* shape : shapes_) {
    if (shape != nullptr && TakeBelow(*shape, name, raw, array)) return;
  }
}

// What a layout calls a member otherwise. False if it has no other name for it.
bool DynamicColumns::TakeBelow(const plan::EventLayout& shape, std::string_view name,
                               const io::RawValue& raw, uint32_t array) {
  bool taken = false;
  for (const auto& [field, member] : shape.system) {
    if (name != member) continue;
    TakeAs(kSystem, field, raw, array);
    taken = true;
  }
  for (const std::string& prefix : shape.system_prefixes) {
    if (const auto rest = WithoutPrefix(name, prefix))
      return TakeAs(kSystem, *rest, raw, array), true;
  }
  for (size_t p = 0; p < shape.prefixes.size(); ++p) {
    if (const auto rest = WithoutPrefix(name, shape.prefixes[p])) {
      return TakeAs(kSystem + 1 + p, *rest, raw, array, shape.prefixes[p] == shape.adds), true;
    }
  }
  return taken;
}

void DynamicColumns::TakeAs(size_t rank, std::string_view name, const io::RawValue& raw,
                            uint32_t array, bool adds) {
  WideColumn* column = Find(name, rank != kOwn);
  if (column == nullptr) return;
  if (adds) {
    if (column->added_row != rows_) column->added.clear();
    column->added_row = rows_;
    const Value value = io::ToValue(raw, arena_);
    if (!value.is_null()) column->added.push_back(value);
  }
  // The event's own member takes the place of one below a prefix, and that of an earlier prefix the
  // place of one below a later.
  const bool replaces = column->row == rows_ && rank < column->rank;
  const bool first = column->row != rows_ || replaces;
  // The first of a repeated name wins; the values of one array belong together.
  if (!first && (array == 0 || array != column->array || rank != column->rank)) return;
  const Value value = io::ToValue(raw, arena_);
  if (value.is_null()) return;
  if (!first) {
    column->more.push_back(value);
    return;
  }
  if (!replaces && !Grow(column, rows_ + 1)) return;
  ++values_;
  column->row = rows_;
  column->array = array;
  column->rank = rank;
  column->values[rows_] = value;
  column->more.clear();
}

void DynamicColumns::TakeOpen(const OpenFields& open) {
  for (const OpenFields::Found& found : open.found()) {
    WideColumn* column = Find(found.name, false);
    if (column == nullptr || column->row == rows_) continue;
    if (!Grow(column, rows_ + 1)) return;
    ++values_;
    column->row = rows_;
    column->array = 0;
    column->rank = kOwn;
    column->values[rows_] = found.value;
    column->more.clear();
  }
}

// Room for so many rows; what is not set is null.
bool DynamicColumns::Grow(WideColumn* column, size_t rows) {
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

bool DynamicColumns::sparse() const {
  constexpr size_t kManyPlaces = size_t{1} << 14U;
  constexpr size_t kPlacesOfValue = 16;
  const size_t places = order_.size() * rows_;
  return places > kManyPlaces && places > kPlacesOfValue * values_;
}

std::span<const Value> DynamicColumns::ValuesOf(Field field) const {
  for (const WideColumn* column : order_) {
    if (column->field == field) return column->values;
  }
  return {};
}

absl::Status DynamicColumns::MergeInto(std::vector<Field>& fields, std::vector<Column>& columns) {
  if (!ChargeColumns(order_.size() + fields.size(), arena_)) {
    return arena_.status("reading events");
  }
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

bool DynamicColumns::Wanted(std::string_view name, bool shortened) const {
  if (node_.all_fields && !shortened) return true;
  return std::any_of(node_.patterns.begin(), node_.patterns.end(), [&](const std::string& pattern) {
    return !(shortened && IsOnlyStars(pattern)) && plan::PatternTakes(pattern, name);
  });
}

DynamicColumns::WideColumn* DynamicColumns::Find(std::string_view name, bool shortened) {
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
  constexpr size_t kBytesOfName = 64;  // Beside its text.
  if (!arena_.Charge(sizeof(WideColumn) + kBytesOfName + name.size())) return nullptr;
  WideColumn& column = columns_.emplace_back();
  names.emplace(name, columns_.size() - 1);
  if (!Wanted(name, shortened)) return nullptr;
  absl::StatusOr<Field> field = run_.fields->TryIntern(name);
  if (!field.ok()) {
    status_.Update(field.status());
    return nullptr;
  }
  column.field = *field;
  order_.push_back(&column);
  return &column;
}

}  // namespace spelk::exec
