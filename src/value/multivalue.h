// Multivalues in an arena.
#pragma once

#include <algorithm>
#include <span>

#include "base/arena.h"
#include "value/value.h"

namespace spelk {

// The values as one value, the array copied into the arena: none give null, one is that value. Null
// when the arena is exhausted. Texts are not copied.
inline Value MakeMulti(std::span<const Value> values, Arena& arena) {
  if (values.size() < 2) return Value::Multi(values);
  auto* copy = arena.AllocateArray<Value>(values.size());
  if (copy == nullptr) return Value::Null();
  std::copy(values.begin(), values.end(), copy);
  return Value::Multi({copy, values.size()});
}

// What `map` makes of each value of a multivalue, or of the value itself; what becomes null is left
// out. Null when the arena is exhausted.
template <class Map>
Value MapEach(const Value& value, Arena& arena, const Map& map) {
  if (!value.is_multi()) return value.is_null() ? value : map(value);
  auto* mapped = arena.AllocateArray<Value>(value.count());
  if (mapped == nullptr) return Value::Null();
  size_t count = 0;
  for (const Value& each : value.each()) {
    mapped[count] = map(each);
    if (!mapped[count].is_null()) ++count;
  }
  return Value::Multi({mapped, count});
}

}  // namespace spelk
