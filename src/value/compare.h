// Comparison of values: eval's, search's and sort's.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "value/value.h"

namespace spelk {

enum class CompareOp : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

std::string_view Spelling(CompareOp op);  // "=", "!=", "<" …
constexpr bool Holds(CompareOp op, std::partial_ordering order) {
  switch (op) {
    case CompareOp::kEqual:
      return std::is_eq(order);
    case CompareOp::kNotEqual:
      return std::is_neq(order);
    case CompareOp::kLess:
      return std::is_lt(order);
    case CompareOp::kLessEqual:
      return std::is_lteq(order);
    case CompareOp::kGreater:
      return std::is_gt(order);
    case CompareOp::kGreaterEqual:
      return std::is_gteq(order);
  }
  return false;
}

// True, false or unknown, as eval's Boolean expressions are.
enum class Truth : uint8_t { kFalse = 0, kTrue = 1, kNull = 2 };

// eval and where: two numbers (or texts that are numbers) compare as numbers, anything else as text
// by bytes, exact case. A null operand gives kNull. A multivalue operand qualifies if any of its
// values does.
Truth CompareForEval(CompareOp op, const Value& left, const Value& right);

// The order of sort's auto: numbers as numbers, else addresses as addresses, else bytes; decided
// pair by pair. Numbers come before text. Null is last when ascending. A multivalue goes by its
// first value.
std::weak_ordering CompareForSort(const Value& left, const Value& right);
std::weak_ordering CompareAsNumbers(const Value& left,
                                    const Value& right);  // num(): not a number is last.
std::weak_ordering CompareAsText(const Value& left, const Value& right);  // str(): by bytes.
std::weak_ordering CompareAsAddresses(const Value& left,
                                      const Value& right);  // ip(): not one is last.

}  // namespace spelk
