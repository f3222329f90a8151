// How a value is written where JSON is.
#pragma once

#include <cmath>

#include "value/value.h"

namespace spelk {

// How the input wrote a value; computed numbers count as JSON numbers, but JSON has none that are
// infinite or NaN.
inline JsonType JsonTypeOf(const Value& value) {
  if (value.is_text()) return value.json_type();
  const bool finite = !value.is_double() || std::isfinite(value.number());
  return finite ? JsonType::kNumber : JsonType::kString;
}

}  // namespace spelk
