// One list for each row: name, number of values, values, number of own values, own values; name …
#include "exec/scan/implicit_fields.h"

#include <algorithm>

#include "base/status.h"
#include "value/compare.h"
#include "value/multivalue.h"

namespace spelk::exec {
namespace {

bool IsSame(std::span<const Value> a, std::span<const Value> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Value& x, const Value& y) { return std::is_eq(CompareAsText(x, y)); });
}

void AppendValues(const Value& value, std::vector<Value>* list) {
  list->push_back(Value::Integer(static_cast<int64_t>(value.count())));
  list->insert(list->end(), value.each().begin(), value.each().end());
}

std::span<const Value> TakeValues(std::span<const Value>* list) {
  const auto count = static_cast<size_t>(list->front().integer());
  const std::span<const Value> values = list->subspan(1, count);
  *list = list->subspan(1 + count);
  return values;
}

}  // namespace

absl::StatusOr<Column> ImplicitColumn(const std::vector<ImplicitField>& fields,
                                      std::span<const uint32_t> rows, size_t physical_rows,
                                      Arena& arena) {
  auto* implicit = arena.AllocateArray<Value>(physical_rows);
  SPELK_RETURN_IF_ERROR(arena.status("reading events"));
  std::vector<Value> list;
  for (const uint32_t row : rows) {
    list.clear();
    for (const ImplicitField& field : fields) {
      const Value own = row < field.own.size() ? field.own[row] : Value::Null();
      const Value value = field.values.At(row);
      if (IsSame(value.each(), own.each()) || (field.shown && !own.is_null())) continue;
      list.push_back(Value::Text(field.name));
      AppendValues(value, &list);
      AppendValues(own, &list);
    }
    implicit[row] = MakeMulti(list, arena);
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
  }
  return Column::Values({implicit, physical_rows});
}

Value StripImplicitValue(const Value& implicit, std::string_view name, const Value& now) {
  std::span<const Value> rest = implicit.each();
  while (!rest.empty()) {
    const bool named = rest.front().text() == name;
    rest = rest.subspan(1);
    const std::span<const Value> given = TakeValues(&rest);
    const std::span<const Value> own = TakeValues(&rest);
    if (named) return IsSame(now.each(), given) ? Value::Multi(own) : now;
  }
  return now;
}

}  // namespace spelk::exec
