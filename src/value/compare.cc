// Comparison for eval and sort.
#include "value/compare.h"

#include <algorithm>

#include "value/ip_address.h"
#include "value/number.h"

namespace spelk {
namespace {

Truth ToTruth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

// Neither is null or multivalue.
bool HoldsForOne(CompareOp op, const Value& left, const Value& right) {
  if (left.is_text() && right.is_text()) {
    // Texts that cannot both be numbers need no parsing.
    const auto starts_like_number = [](std::string_view text) {
      return !text.empty() &&
             (text.front() <= '9' || (text.front() | 0x20) == 'n' || (text.front() | 0x20) == 'i');
    };
    if (!starts_like_number(left.text()) || !starts_like_number(right.text())) {
      return Holds(op, left.text() <=> right.text());
    }
  }
  const std::optional<Number> a = NumberOf(left);
  const std::optional<Number> b = a ? NumberOf(right) : std::nullopt;
  if (a && b) {
    const std::partial_ordering order = a->value <=> b->value;
    if (order != std::partial_ordering::unordered) return Holds(op, order);
    // NaN has no place among numbers, but the text NaN is a text like others.
    const bool equality = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
    const bool texts = left.is_text() && right.is_text();
    const bool numbers = !left.is_text() && !right.is_text();
    if (numbers || !(texts || equality)) return op == CompareOp::kNotEqual;
  }
  char left_buffer[kNumberText];
  char right_buffer[kNumberText];
  return Holds(op, TextOf(left, left_buffer) <=> TextOf(right, right_buffer));
}

const Value& First(const Value& value) { return value.is_multi() ? value.each().front() : value; }

// The greater class is later; `none` values are last.
std::weak_ordering NoneLast(bool left_none, bool right_none) {
  return (left_none ? 1 : 0) <=> (right_none ? 1 : 0);
}

std::weak_ordering CompareTexts(const Value& left, const Value& right) {
  char left_buffer[kNumberText];
  char right_buffer[kNumberText];
  return TextOf(left, left_buffer) <=> TextOf(right, right_buffer);
}

std::optional<IpAddress> AddressOf(const Value& value) {
  return value.is_text() ? ParseIpAddress(value.text()) : std::nullopt;
}

}  // namespace

std::string_view Spelling(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return "=";
    case CompareOp::kNotEqual:
      return "!=";
    case CompareOp::kLess:
      return "<";
    case CompareOp::kLessEqual:
      return "<=";
    case CompareOp::kGreater:
      return ">";
    case CompareOp::kGreaterEqual:
      return ">=";
  }
  return "";
}

Truth CompareForEval(CompareOp op, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return Truth::kNull;
  if (!left.is_multi() && !right.is_multi()) [[likely]]
    return ToTruth(HoldsForOne(op, left, right));
  for (const Value& a : left.each()) {
    for (const Value& b : right.each()) {
      if (HoldsForOne(op, a, b)) return Truth::kTrue;
    }
  }
  return Truth::kFalse;
}

std::weak_ordering CompareAsNumbers(const Value& left, const Value& right) {
  const std::optional<Number> a = NumberOf(First(left));
  const std::optional<Number> b = NumberOf(First(right));
  if (!a || !b) return NoneLast(!a, !b);
  return std::weak_order(a->value + 0.0, b->value + 0.0);
}

std::weak_ordering CompareAsText(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return NoneLast(left.is_null(), right.is_null());
  return CompareTexts(First(left), First(right));
}

std::weak_ordering CompareAsAddresses(const Value& left, const Value& right) {
  const std::optional<IpAddress> a = AddressOf(First(left));
  const std::optional<IpAddress> b = AddressOf(First(right));
  if (!a || !b) return NoneLast(!a, !b);
  return *a <=> *b;
}

std::weak_ordering CompareForSort(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return NoneLast(left.is_null(), right.is_null());
  const std::optional<Number> a = NumberOf(First(left));
  const std::optional<Number> b = NumberOf(First(right));
  if (a && b) return std::weak_order(a->value + 0.0, b->value + 0.0);
  if (a || b) return NoneLast(!a, !b);
  const std::optional<IpAddress> x = AddressOf(First(left));
  const std::optional<IpAddress> y = AddressOf(First(right));
  if (x && y) return *x <=> *y;
  if (x || y) return NoneLast(!x, !y);
  return CompareTexts(First(left), First(right));
}

}  // namespace spelk
