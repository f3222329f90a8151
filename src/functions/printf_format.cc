// Parsing the formats of printf(), and formatting.
#include "functions/printf_format.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "base/status.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

// Reads a number of a format; false beyond the limit.
bool TakeCount(std::string_view text, size_t* at, int* count) {
  *count = 0;
  for (; *at < text.size() && IsDigit(text[*at]); ++*at) {
    *count = *count * 10 + (text[*at] - '0');
    if (*count > PrintfFormat::kMostWidth) return false;
  }
  return true;
}

// The first `count` characters.
std::string_view Head(std::string_view text, size_t count) {
  size_t i = 0;
  for (; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && count-- == 0) break;
  }
  return text.substr(0, i);
}

size_t CharacterCount(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::optional<std::string> Utf8(double code) {
  const bool valid = code >= 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
  if (!valid) return std::nullopt;
  const auto c = static_cast<uint32_t>(code);
  std::string text;
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0U | (c >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (c >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return text;
}

// A number on its way: sign and prefix, then digits, still without padding.
struct Parts {
  std::string sign;
  std::string digits;
  bool finite = true;
};

// Digits of the whole part in groups of three.
std::string Grouped(std::string_view digits) {
  size_t whole = 0;
  while (whole < digits.size() && IsDigit(digits[whole])) ++whole;
  std::string grouped;
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  grouped += digits.substr(whole);
  return grouped;
}

// %d, %u, %o, %x and their like: fractions are cut off; negative numbers are the two's complement
// of 64 bits where there is no sign.
std::optional<Parts> FormatInteger(char letter, bool alternate, std::optional<int> precision,
                                   double number) {
  if (!std::isfinite(number)) return std::nullopt;
  number = std::trunc(number);
  Parts parts;
  const bool has_sign = letter == 'd' || letter == 'i';
  if (has_sign) {
    if (number < 0) parts.sign = "-";
    parts.digits = fmt::format("{:.0f}", std::fabs(number));
  } else {
    if (number < -0x1p63 || number >= 0x1p64) return std::nullopt;
    const uint64_t bits = number < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number))
                                     : static_cast<uint64_t>(number);
    const bool prefix = alternate && bits != 0;
    switch (letter) {
      case 'o':
        parts.digits = fmt::format("{:o}", bits);
        if (prefix) parts.digits.insert(0, "0");
        break;
      case 'x':
        parts.digits = fmt::format("{:x}", bits);
        if (prefix) parts.sign = "0x";
        break;
      case 'u':
        parts.digits = fmt::format("{}", bits);
        break;
      default:
        parts.digits = fmt::format("{:X}", bits);
        if (prefix) parts.sign = "0X";
    }
  }
  const auto least = static_cast<size_t>(precision.value_or(1));
  if (least == 0 && parts.digits == "0" && !(letter == 'o' && alternate)) parts.digits.clear();
  if (parts.digits.size() < least) parts.digits.insert(0, least - parts.digits.size(), '0');
  return parts;
}

Parts FormatFloat(char letter, bool alternate, std::optional<int> precision, double number) {
  std::string format = "%";
  if (alternate) format += '#';
  if (precision) format += fmt::format(".{}", *precision);
  format += letter;
  std::array<char, 320 + PrintfFormat::kMostWidth> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), format.c_str(), std::fabs(number));
  Parts parts;
  parts.finite = std::isfinite(number);
  parts.digits.assign(buffer.data(), static_cast<size_t>(size));
  if (std::signbit(number) && !std::isnan(number)) parts.sign = "-";
  return parts;
}

}  // namespace

absl::Status PrintfFormat::ParseConversion(std::string_view text, size_t* at,
                                           Conversion* conversion) {
  const size_t start = *at;
  const auto unknown = [&] {
    return absl::InvalidArgumentError(
        fmt::format("\"%{}\" is no conversion", text.substr(start, *at + 1 - start)));
  };
  for (; *at < text.size(); ++*at) {
    const char c = text[*at];
    conversion->left |= c == '-';
    conversion->zero |= c == '0';
    conversion->plus |= c == '+';
    conversion->blank |= c == ' ';
    conversion->alternate |= c == '#';
    conversion->grouped |= c == '\'';
    if (std::string_view("-0+ #'").find(c) == std::string_view::npos) break;
  }
  if (*at < text.size() && text[*at] == '*') {
    conversion->star_width = true;
    ++*at;
  } else if (!TakeCount(text, at, &conversion->width)) {
    return absl::InvalidArgumentError(fmt::format("a width is beyond {}", kMostWidth));
  }
  if (*at < text.size() && text[*at] == '.') {
    ++*at;
    int precision = 0;
    if (*at < text.size() && text[*at] == '*') {
      conversion->star_precision = true;
      ++*at;
    } else if (!TakeCount(text, at, &precision)) {
      return absl::InvalidArgumentError(fmt::format("a precision is beyond {}", kMostWidth));
    }
    conversion->precision = precision;
  }
  constexpr std::string_view kLetters = "aAcdieEfFgGosuxXpz";
  if (*at >= text.size() || kLetters.find(text[*at]) == std::string_view::npos) return unknown();
  conversion->letter = text[(*at)++];
  return absl::OkStatus();
}

absl::StatusOr<PrintfFormat> PrintfFormat::Parse(std::string_view text) {
  PrintfFormat format;
  Conversion next;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c != '%') {
      next.text += c;
    } else if (at < text.size() && text[at] == '%') {
      next.text += c;
      ++at;
    } else {
      SPELK_RETURN_IF_ERROR(ParseConversion(text, &at, &next));
      format.arguments_ += 1U + (next.star_width ? 1U : 0U) + (next.star_precision ? 1U : 0U);
      format.conversions_.push_back(std::exchange(next, {}));
    }
  }
  format.conversions_.push_back(std::move(next));
  return format;
}

std::optional<std::string> PrintfFormat::Format(plan::Call& call,
                                                std::span<const Value> values) const {
  if (values.size() < arguments_ + 1) return std::nullopt;
  size_t next = 1;
  // The value of a `*`; nothing if it is no usable number.
  const auto star = [&]() -> std::optional<int> {
    const std::optional<Number> number = NumberOf(values[next++]);
    if (!number || !(std::fabs(number->value) <= kMostWidth)) return std::nullopt;
    return static_cast<int>(number->value);
  };
  std::string out;
  for (Conversion conversion : conversions_) {
    out += conversion.text;
    if (conversion.letter == 0) break;
    if (conversion.star_width) {
      const std::optional<int> width = star();
      if (!width) return std::nullopt;
      conversion.left = conversion.left || *width < 0;
      conversion.width = std::abs(*width);
    }
    if (conversion.star_precision) {
      conversion.precision = star();
      if (!conversion.precision) return std::nullopt;
      if (*conversion.precision < 0) conversion.precision.reset();
    }
    const size_t argument = next++;
    const std::optional<std::string> text =
        FormatOne(conversion, call, values[argument], call.type(argument));
    if (!text) return std::nullopt;
    out += *text;
  }
  return out;
}

std::optional<std::string> PrintfFormat::FormatOne(const Conversion& c, plan::Call& call,
                                                   const Value& value, plan::Type type) {
  // Only %c tells the text "65" from the number.
  const bool text_only = c.letter == 'c' && type == plan::Type::kString;
  const std::optional<Number> number = text_only ? std::nullopt : NumberOf(value);
  Parts parts;
  bool numeric = true;
  switch (c.letter) {
    case 's':
    case 'z':
      parts.digits = call.TextOf(value);
      if (c.precision) parts.digits = Head(parts.digits, static_cast<size_t>(*c.precision));
      numeric = false;
      break;
    case 'c': {
      const std::optional<std::string> text =
          number ? Utf8(number->value) : std::string(Head(call.TextOf(value), 1));
      if (!text) return std::nullopt;
      parts.digits = *text;
      numeric = false;
      break;
    }
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
    case 'p': {
      if (!number) return std::nullopt;
      const std::optional<Parts> made =
          FormatInteger(c.letter, c.alternate, c.precision, number->value);
      if (!made) return std::nullopt;
      parts = *made;
      break;
    }
    default:
      if (!number) return std::nullopt;
      parts = FormatFloat(c.letter, c.alternate, c.precision, number.value_or(Number()).value);
  }
  const bool has_sign = numeric && std::string_view("uoxXp").find(c.letter) == std::string::npos;
  if (has_sign && parts.sign.empty() && (c.plus || c.blank)) parts.sign = c.plus ? "+" : " ";
  if (c.grouped && numeric && std::string_view("diufFgG").find(c.letter) != std::string::npos) {
    parts.digits = Grouped(parts.digits);
  }
  const size_t size = CharacterCount(parts.sign) + CharacterCount(parts.digits);
  const size_t padding =
      static_cast<size_t>(c.width) > size ? static_cast<size_t>(c.width) - size : 0;
  const bool whole = std::string_view("diuoxXp").find(c.letter) != std::string::npos;
  if (c.left) return parts.sign + parts.digits + std::string(padding, ' ');
  if (c.zero && numeric && parts.finite && !(whole && c.precision)) {
    return parts.sign + std::string(padding, '0') + parts.digits;
  }
  return std::string(padding, ' ') + parts.sign + parts.digits;
}

}  // namespace spelk::functions
