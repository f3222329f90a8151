// What text is a number, and what text a number becomes.
#include "value/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace spelk {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Shortest(double value) {
  char buffer[kNumberText];
  return std::string(FormatDouble(value, buffer));
}

std::string Limited(double value, uint8_t significant_digits) {
  char buffer[kNumberText];
  return std::string(FormatSignificant(value, significant_digits, buffer));
}

std::string Rounded(double value, int decimals, Half half = Half::kAwayFromZero,
                    Zeros zeros = Zeros::kDropIfIntegral) {
  char buffer[kNumberText];
  return std::string(FormatRounded(value, decimals, buffer, half, zeros));
}

TEST(NumberTest, TextsThatAreNumbers) {
  const std::pair<std::string, double> kNumberTexts[] = {
      {"0", 0},
      {"007", 7},
      {"-12", -12},
      {"+5", 5},
      {"1.5", 1.5},
      {".5", 0.5},
      {"5.", 5},
      {"-.5", -0.5},
      {"1e3", 1000},
      {"1E+3", 1000},
      {"1.5e-3", 0.0015},
      {"1e400", kInfinity},
      {"-1e400", -kInfinity},
      {"1e-400", 0},
      {"inf", kInfinity},
      {"-Infinity", -kInfinity},
      {"123456789012345678", 123456789012345678.0},
      {"9007199254740993", 9007199254740992.0},
      {"0.000000000000000000001", 1e-21}};
  for (const auto& [text, value] : kNumberTexts) {
    const std::optional<Number> number = ParseNumber(text);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_EQ(number->value, value) << text;
  }
  for (const std::string_view text : {"nan", "NaN", "-NAN", "+nan"}) {
    const std::optional<Number> number = ParseNumber(text);
    ASSERT_TRUE(number.has_value()) << text;
    EXPECT_TRUE(std::isnan(number->value)) << text;
  }
}

TEST(NumberTest, TextsThatAreNone) {
  for (const std::string_view text :
       {"",     "-",       "+",     ".",        "-.",  "e5",  "1e",   "1e+", "1.2.3",
        "1 ",   " 1",      "1,000", "0x1F",     "1_0", "--1", "+-1",  "1d",  "1f",
        "nans", "infinit", "in",    "\xD9\xA1", "1\n", "½",   "1e5.5"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseNumber(std::string_view("1\0", 2)).has_value());
}

TEST(NumberTest, MinusZeroKeepsItsSign) {
  for (const std::string_view text : {"-0", "-0.0", "-0e5", "-1e-400"}) {
    EXPECT_TRUE(std::signbit(ParseNumber(text)->value)) << text;
  }
  EXPECT_EQ(Shortest(-0.0), "0");
}

// Figures are counted without zeros in front, decimals behind the point; without a point a number
// is exact.
TEST(NumberTest, FiguresOfTexts) {
  const struct {
    std::string text;
    int significant_digits;
    int decimals;
  } kNumberTexts[] = {{"0.014", 2, 3},  {"8.250", 4, 3},  {"3.", 1, 0},    {"120", 0, 0},
                      {"1200.0", 5, 1}, {"0.0", 1, 1},    {".50", 2, 2},   {"-2.5", 2, 1},
                      {"1e3", 0, 0},    {"1.50e3", 3, 2}, {"00.10", 2, 2}, {"inf", 0, 0},
                      {"nan", 0, 0},    {"+0.7", 1, 1}};
  for (const auto& each : kNumberTexts) {
    const std::optional<Number> number = ParseNumber(each.text);
    ASSERT_TRUE(number.has_value()) << each.text;
    EXPECT_EQ(number->significant_digits, each.significant_digits) << each.text;
    EXPECT_EQ(number->decimals, each.decimals) << each.text;
  }
  // More than fit are as many as fit.
  EXPECT_EQ(ParseNumber("0." + std::string(1000, '7'))->significant_digits, 255);
}

TEST(NumberTest, CanonicalIntegers) {
  const auto parsed = [](std::string_view text) -> std::optional<int64_t> {
    int64_t integer = 0;
    return ParseCanonicalInteger(text, &integer) ? std::optional(integer) : std::nullopt;
  };
  EXPECT_EQ(parsed("0"), 0);
  EXPECT_EQ(parsed("-17"), -17);
  EXPECT_EQ(parsed("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parsed("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  for (const std::string_view text : {"", "-", "007", "-07", "+1", "-0", "1.0", " 1", "1 ", "1e3",
                                      "9223372036854775808", "0x1"}) {
    EXPECT_EQ(parsed(text), std::nullopt) << text;
  }
}

TEST(NumberTest, ShortestTexts) {
  EXPECT_EQ(Shortest(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(Shortest(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(Shortest(1e15), "1000000000000000");
  EXPECT_EQ(Shortest(9007199254740993.0), "9007199254740992");
  EXPECT_EQ(Shortest(1e20), "100000000000000000000");
  EXPECT_EQ(Shortest(1e21), "1e+21");
  EXPECT_EQ(Shortest(0.00001), "0.00001");
  EXPECT_EQ(Shortest(0.000001), "1e-06");
  EXPECT_EQ(Shortest(-2.5), "-2.5");
  EXPECT_EQ(Shortest(kInfinity), "inf");
  EXPECT_EQ(Shortest(-kInfinity), "-inf");
  EXPECT_EQ(Shortest(std::nan("")), "nan");
  EXPECT_EQ(Shortest(std::numeric_limits<double>::denorm_min()), "5e-324");
}

TEST(NumberTest, ShortestTextsReadBackAsTheSameNumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; ++i) {
    // Any pattern of bits, and numbers as feeds have them.
    const double any = std::bit_cast<double>(random());
    const double usual =
        static_cast<double>(static_cast<int64_t>(random() % 2'000'001) - 1'000'000) /
        static_cast<double>(uint64_t{1} << (random() % 40));
    for (const double value : {any, usual}) {
      if (std::isnan(value)) continue;
      const std::string text = Shortest(value);
      ASSERT_LT(text.size(), kNumberText);
      const std::optional<Number> number = ParseNumber(text);
      ASSERT_TRUE(number.has_value()) << text;
      ASSERT_EQ(number->value, value) << text;
    }
  }
}

TEST(NumberTest, TextsLimitedToFigures) {
  EXPECT_EQ(Limited(8.25 * 0.2, 1), "2");
  EXPECT_EQ(Limited(8.25 * 0.2, 2), "1.7");
  EXPECT_EQ(Limited(8.25 * 0.2, 4), "1.650");
  EXPECT_EQ(Limited(1111, 1), "1111");  // Digits before the point stay.
  EXPECT_EQ(Limited(2252.8, 2), "2253");
  EXPECT_EQ(Limited(0.00322, 2), "0.0032");
  EXPECT_EQ(Limited(0.99999, 2), "1");
  EXPECT_EQ(Limited(-0.0996, 2), "-0.100");  // As many decimals as before rounding.
  EXPECT_EQ(Limited(2.5, 1), "3");
  EXPECT_EQ(Limited(-2.5, 1), "-3");
  EXPECT_EQ(Limited(0, 3), "0");
  EXPECT_EQ(Limited(kInfinity, 3), "inf");
  EXPECT_EQ(Limited(1.5, 0), "1.5");
  EXPECT_EQ(Limited(1e-300, 255), Rounded(1e-300, 300));
}

TEST(NumberTest, DecimalsOfFiguresAtPowersOfTen) {
  EXPECT_EQ(DecimalsFor(1, 1), 0);
  EXPECT_EQ(DecimalsFor(9.99, 1), 0);
  EXPECT_EQ(DecimalsFor(10, 1), -1);
  EXPECT_EQ(DecimalsFor(1000, 3), -1);
  EXPECT_EQ(DecimalsFor(std::nextafter(1000.0, 0), 3), 0);
  EXPECT_EQ(DecimalsFor(0.1, 1), 1);
  EXPECT_EQ(DecimalsFor(-0.001, 2), 4);
}

TEST(NumberTest, RoundsTheDecimalText) {
  EXPECT_EQ(Rounded(2.555, 2), "2.56");  // In binary it is a little less.
  EXPECT_EQ(Rounded(1.005, 2), "1.01");
  EXPECT_EQ(Rounded(-2.5, 0), "-3");
  EXPECT_EQ(Rounded(-2.5, 0, Half::kUp), "-2");
  EXPECT_EQ(Rounded(-2.51, 0, Half::kUp), "-3");
  EXPECT_EQ(Rounded(2.5, 0, Half::kUp), "3");
  EXPECT_EQ(Rounded(99.999, 2), "100");
  EXPECT_EQ(Rounded(99.999, 2, Half::kUp, Zeros::kKeep), "100.00");
  EXPECT_EQ(Rounded(5, 2, Half::kUp, Zeros::kKeep), "5.00");
  EXPECT_EQ(Rounded(-0.4, 0), "0");  // No zero below zero.
  EXPECT_EQ(Rounded(1151, -2), "1200");
  EXPECT_EQ(Rounded(999, -3), "1000");
  EXPECT_EQ(Rounded(499, -3), "0");
  EXPECT_EQ(Rounded(7, -5), "0");
  EXPECT_EQ(Rounded(1e-7, 3, Half::kUp, Zeros::kKeep), "0.000");
  EXPECT_EQ(Rounded(std::numeric_limits<double>::max(), 300, Half::kUp, Zeros::kKeep).size(),
            309U + 1U + 300U);
}

TEST(NumberTest, TextsOfValues) {
  const Value values[] = {Value::Integer(7), Value::Text(""), Value::Double(0.5)};
  EXPECT_EQ(TextOf(Value::Multi(values)), "7\n\n0.5");
  EXPECT_EQ(TextOf(Value::Null()), "");
  EXPECT_EQ(TextOf(Value::Bool(true)), "True");
  EXPECT_EQ(TextOf(Value::Double(1.65, 2)), "1.7");
  EXPECT_FALSE(NumberOf(Value::Multi(values)).has_value());
  EXPECT_FALSE(NumberOf(Value::Bool(true)).has_value());
  EXPECT_EQ(NumberOf(Value::Text("12.50"))->significant_digits, 4);
}

}  // namespace
}  // namespace spelk
