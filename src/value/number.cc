// Number text, both ways.
#include "value/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "value/ascii.h"

namespace spelk {
namespace {

constexpr double kPlainLimit = 1e21;

std::optional<Number> ParseWord(std::string_view unsigned_text, bool negative) {
  Number number;
  if (EqualsIgnoringCase(unsigned_text, "nan")) {
    number.value = std::numeric_limits<double>::quiet_NaN();
  } else if (EqualsIgnoringCase(unsigned_text, "inf") ||
             EqualsIgnoringCase(unsigned_text, "infinity")) {
    number.value = std::numeric_limits<double>::infinity();
  } else {
    return std::nullopt;
  }
  if (negative) number.value = -number.value;
  return number;
}

// The shape of number text: where its digits and its point are.
struct Shape {
  size_t digits = 0;
  size_t decimals = 0;
  size_t significant_digits = 0;  // Without leading zeros.
  bool point = false;
  bool exponent = false;
};

std::optional<Shape> ShapeOf(std::string_view text) {
  Shape shape;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      ++shape.digits;
      if (shape.point) ++shape.decimals;
      if (shape.significant_digits > 0 || text[i] != '0') ++shape.significant_digits;
    } else if (text[i] == '.' && !shape.point) {
      shape.point = true;
    } else {
      break;
    }
  }
  if (shape.digits == 0) return std::nullopt;
  if (i == text.size()) return shape;
  if (LowerAscii(text[i]) != 'e') return std::nullopt;
  shape.exponent = true;
  ++i;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  const size_t first = i;
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i == text.size() && i > first ? std::optional(shape) : std::nullopt;
}

uint8_t Clip(size_t value) { return static_cast<uint8_t>(std::min<size_t>(value, 255)); }

double ToDouble(std::string_view text, const Shape& shape) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc()) return value;
  // Out of range: an exponent that is negative, or a small fraction, is zero; otherwise infinity.
  const size_t e = text.find_first_of("eE");
  const bool small = e != std::string_view::npos ? text.substr(e + 1).starts_with('-')
                                                 : shape.decimals >= shape.significant_digits;
  return small ? 0 : std::numeric_limits<double>::infinity();
}

// Removes what to_chars writes of scientific notation beyond the range that is written plainly.
std::string_view FormatShortest(double value, char* buffer) {
  const double size = std::fabs(value);
  const bool plain = size >= 1e-5 && size < kPlainLimit;
  const auto result =
      plain ? std::to_chars(buffer, buffer + kNumberText, value, std::chars_format::fixed)
            : std::to_chars(buffer, buffer + kNumberText, value, std::chars_format::scientific);
  return {buffer, static_cast<size_t>(result.ptr - buffer)};
}

}  // namespace

std::optional<Number> ParseNumber(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  // Most numbers are short whole ones.
  if (text.size() <= 15) {
    int64_t integer = 0;
    size_t i = 0;
    for (; i < text.size() && IsDigit(text[i]); ++i) integer = integer * 10 + (text[i] - '0');
    if (i == text.size()) {
      Number number;
      number.value = static_cast<double>(negative ? -integer : integer);
      if (negative && integer == 0) number.value = -0.0;
      return number;
    }
  }
  const std::optional<Shape> shape = ShapeOf(text);
  if (!shape) return ParseWord(text, negative);
  Number number;
  number.value = ToDouble(text, *shape);
  if (negative) number.value = -number.value;
  if (shape->point) {
    number.significant_digits = Clip(std::max<size_t>(1, shape->significant_digits));
    number.decimals = Clip(shape->decimals);
  }
  return number;
}

std::optional<Number> NumberOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInteger:
      return Number{static_cast<double>(value.integer()), 0, 0};
    case ValueKind::kDouble:
      return Number{value.number(), value.significant_digits(), 0};
    case ValueKind::kText:
      return ParseNumber(value.text());
    default:
      return std::nullopt;
  }
}

bool ParseCanonicalInteger(std::string_view text, int64_t* integer) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *integer);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return false;
  const size_t first = text.front() == '-' ? 1 : 0;
  if (text[first] == '0') return text.size() == 1;
  return true;
}

std::string_view FormatDouble(double value, char* buffer) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (std::fabs(value) < 9.2e18 && value == std::trunc(value)) {
    return FormatInteger(static_cast<int64_t>(value), buffer);
  }
  return FormatShortest(value, buffer);
}

std::string_view FormatInteger(int64_t value, char* buffer) {
  const auto result = std::to_chars(buffer, buffer + kNumberText, value);
  return {buffer, static_cast<size_t>(result.ptr - buffer)};
}

int DecimalsFor(double value, uint8_t significant_digits) {
  // The exponent of the shortest text: log10 is not exact just below powers of ten.
  std::array<char, kNumberText> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                                    std::chars_format::scientific);
  const char* e = std::find(text.data(), result.ptr, 'e') + 1;
  if (*e == '+') ++e;
  int magnitude = 0;
  std::from_chars(e, result.ptr, magnitude);
  return significant_digits - 1 - magnitude;
}

std::string_view FormatSignificant(double value, uint8_t significant_digits, char* buffer) {
  if (significant_digits == 0 || !std::isfinite(value) || value == 0)
    return FormatDouble(value, buffer);
  return FormatRounded(value, std::clamp(DecimalsFor(value, significant_digits), 0, 300), buffer);
}

std::string_view FormatRounded(double value, int decimals, char* buffer, Half half, Zeros zeros) {
  std::array<char, kNumberText> plain{};
  const auto result = std::to_chars(plain.data(), plain.data() + plain.size(), std::fabs(value),
                                    std::chars_format::fixed);
  const std::string_view text(plain.data(), static_cast<size_t>(result.ptr - plain.data()));
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction =
      point < text.size() ? text.substr(point + 1) : std::string_view();
  // All digits in a row, after a zero for the carry: the whole part, then the decimals.
  std::string digits = "0";
  digits += text.substr(0, point);
  digits += fraction;
  const size_t whole = point + 1;  // Digits before the point.
  const auto signed_keep = static_cast<std::ptrdiff_t>(whole) + decimals;
  const auto keep = static_cast<size_t>(std::max<std::ptrdiff_t>(signed_keep, 0));
  if (keep < digits.size()) {
    const std::string_view rest = std::string_view(digits).substr(keep);
    const bool exactly_half =
        rest.front() == '5' && rest.find_first_not_of('0', 1) == std::string_view::npos;
    const bool up = signed_keep >= 0 && rest.front() >= '5' &&
                    !(exactly_half && half == Half::kUp && value < 0);
    std::fill(digits.begin() + static_cast<std::ptrdiff_t>(keep), digits.end(), '0');
    for (size_t i = keep; up && i-- > 0;) {
      if (digits[i] != '9') {
        ++digits[i];
        break;
      }
      digits[i] = '0';
    }
  }
  digits.resize(whole + static_cast<size_t>(std::max(decimals, 0)), '0');
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  const bool integral = digits.find_first_not_of('0', whole) == std::string::npos;
  char* out = buffer;
  if (value < 0 && !zero) *out++ = '-';
  const size_t first = std::min(digits.find_first_not_of('0'), whole - 1);
  out = std::copy(digits.begin() + static_cast<std::ptrdiff_t>(first),
                  digits.begin() + static_cast<std::ptrdiff_t>(whole), out);
  if (digits.size() > whole && !(integral && zeros == Zeros::kDropIfIntegral)) {
    *out++ = '.';
    out = std::copy(digits.begin() + static_cast<std::ptrdiff_t>(whole), digits.end(), out);
  }
  return {buffer, static_cast<size_t>(out - buffer)};
}

std::string_view TextOf(const Value& value, char* buffer) {
  switch (value.kind()) {
    case ValueKind::kText:
      return value.text();
    case ValueKind::kInteger:
      return FormatInteger(value.integer(), buffer);
    case ValueKind::kDouble:
      return FormatSignificant(value.number(), value.significant_digits(), buffer);
    case ValueKind::kBool:
      return value.boolean() ? "True" : "False";
    default:
      return "";
  }
}

std::string TextOf(const Value& value) {
  char buffer[kNumberText];
  if (!value.is_multi()) return std::string(TextOf(value, buffer));
  std::string joined;
  for (const Value& each : value.each()) {
    if (!joined.empty() || &each != value.each().data()) joined += '\n';
    joined += TextOf(each, buffer);
  }
  return joined;
}

std::string WithCommas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

}  // namespace spelk
