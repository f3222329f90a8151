// Computed numbers as values, and counts as queries write them.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "value/value.h"

namespace spelk {

// A computed number as it is printed: whole numbers without a point, as far as doubles are exact.
inline Value NumberValue(double number) {
  constexpr double kMostExact = 9007199254740992.0;  // 2^53
  if (std::fabs(number) <= kMostExact && number == std::trunc(number)) {
    return Value::Integer(static_cast<int64_t>(number));
  }
  return Value::Double(number);
}

// The number that digits alone write; beyond 64 bits the greatest.
inline std::optional<uint64_t> ParseWholeNumber(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : std::numeric_limits<uint64_t>::max();
}

}  // namespace spelk
