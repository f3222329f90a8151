// Numbers: the one function that decides what text is a number, and the one that makes number text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "value/value.h"

namespace spelk {

// Room for the text of any number.
inline constexpr size_t kNumberText = 700;

// A number and how precisely its text states it.
struct Number {
  double value = 0;
  // Significant digits if the text has a decimal point, counted without leading zeros ("0.014" has
  // 2, "8.250" has 4, "3." has 1); 0 for text without a point, which is exact.
  uint8_t significant_digits = 0;
  uint8_t decimals = 0;  // Digits after the point.
};

// Text is a number if it is, as a whole, [+-] digits [. digits] [e|E [+-] digits] with at least one
// digit before the exponent (".5" and "5." count), or nan, inf, infinity in any case with an
// optional sign. No blanks, no hex, no thousands separators. Overflow gives an infinity.
std::optional<Number> ParseNumber(std::string_view text);

// The number a value is: an integer or double as it is, a text by ParseNumber; nothing for null,
// Booleans, other text and multivalues.
std::optional<Number> NumberOf(const Value& value);

// True, with the integer, for the texts that printing an int64 gives back exactly: "0", "-17";
// not "007", "+1", "-0", "1.0".
bool ParseCanonicalInteger(std::string_view text, int64_t* integer);

// The text of a double, written to `buffer` (kNumberText bytes): an integral value below 1e21 in
// size without point or exponent, anything else the shortest text that reads back as the same
// double (plain notation from 1e-5 up to 1e21, otherwise 1e-07 style). "nan", "inf", "-inf".
std::string_view FormatDouble(double value, char* buffer);
std::string_view FormatInteger(int64_t value, char* buffer);

// What a computed number becomes as text. Exact numbers stay as they are; a double limited to
// `digits` is rounded in decimal (half away from zero on the shortest text of the double) to
// DecimalsFor(value, digits) decimals, but never before the point. The text has no point if the
// rounded value is integral, else exactly those decimals ("1.650"). Returns the text written to
// `buffer`.
std::string_view FormatSignificant(double value, uint8_t significant_digits, char* buffer);

// The decimals that so many significant digits leave: digits - 1 - floor(log10 |value|); negative
// if digits before the point are beyond them. For a finite value other than 0.
int DecimalsFor(double value, uint8_t significant_digits);

enum class Half : uint8_t { kAwayFromZero, kUp };       // -2.5 to -3, or to -2.
enum class Zeros : uint8_t { kDropIfIntegral, kKeep };  // "5", or "5.00".

// A finite number rounded in decimal, on the shortest text of the double. `decimals` is at most
// 300; negative ones round before the point.
std::string_view FormatRounded(double value, int decimals, char* buffer,
                               Half half = Half::kAwayFromZero,
                               Zeros zeros = Zeros::kDropIfIntegral);

// The text of one value (not a multivalue): null gives "", Booleans "True" and "False", a double
// what its digits leave of it.
std::string_view TextOf(const Value& value, char* buffer);
// The same for any value; the values of a multivalue are joined by newlines.
std::string TextOf(const Value& value);

// "410,023"
std::string WithCommas(uint64_t number);

}  // namespace spelk
