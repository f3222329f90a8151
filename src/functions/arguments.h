// What functions read out of their arguments.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "plan/eval/call.h"
#include "value/number.h"

namespace spelk::functions {

// The whole part of a number, at most 2^53 in size; nothing for what is no number, nan too.
inline std::optional<int64_t> WholeArgument(const Value& value) {
  constexpr double kMost = 9007199254740992.0;
  const std::optional<Number> number = NumberOf(value);
  if (!number || std::isnan(number->value)) return std::nullopt;
  return static_cast<int64_t>(std::fmin(std::fmax(number->value, -kMost), kMost));
}

// What a value is in a field: a Boolean, which only lives inside expressions, is its text.
inline Value FieldValue(const Value& value) {
  if (!value.is_bool()) return value;
  return Value::Text(value.boolean() ? "True" : "False");
}

}  // namespace spelk::functions
