// The forms that feeds write times in.
#include "value/timestamp.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "value/time_format.h"

namespace spelk {
namespace {

constexpr Micros kTuesday = 1'700'000'000 * kMicrosPerSecond;  // 2023-11-14 22:13:20

std::optional<Micros> Parsed(std::string_view text) {
  return ParseTimestamp(text, absl::UTCTimeZone());
}

TEST(TimestampTest, OneInstantInManyForms) {
  for (const std::string_view text : {"1700000000",
                                      "1700000000.0",
                                      "1700000000000",
                                      "1700000000000000",
                                      "1700000000000000000",
                                      "1.7e9",
                                      "2023-11-14T22:13:20Z",
                                      "2023-11-14 22:13:20",
                                      "2023-11-14T22:13:20.000Z",
                                      "2023-11-14T22:13:20+00:00",
                                      "2023-11-14T23:13:20+01:00",
                                      "2023-11-14T17:13:20-0500",
                                      "2023-11-15T03:43:20+05:30",
                                      "2023-11-14T17:13:20-05",
                                      "2023-11-14t22:13:20z",
                                      "2023-11-14 22:13:20 UTC",
                                      "2023-11-14 22:13:20 GMT",
                                      "2023/11/14 22:13:20",
                                      "11/14/2023 10:13:20 PM",
                                      "11/14/2023 22:13:20",
                                      "11/14/2023 10:13:20.000 pm"}) {
    EXPECT_EQ(Parsed(text), kTuesday) << text;
  }
}

TEST(TimestampTest, Fractions) {
  for (const std::string_view text :
       {"1700000000.123456", "1700000000123456", "1700000000123456100",
        "2023-11-14T22:13:20.123456Z", "2023-11-14T22:13:20,123456Z",
        "2023-11-14T22:13:20.1234564Z", "2023-11-14T22:13:20.1234555Z",
        "2023-11-14T22:13:20.123455999999999999Z"}) {
    EXPECT_EQ(Parsed(text), kTuesday + 123'456) << text;
  }
  EXPECT_EQ(Parsed("2023-11-14T22:13:20.1Z"), kTuesday + 100'000);
  EXPECT_EQ(Parsed("-0.25"), -250'000);
}

TEST(TimestampTest, DatesAlone) {
  EXPECT_EQ(Parsed("2023-11-14"), 1'699'920'000 * kMicrosPerSecond);
  EXPECT_EQ(Parsed("11/14/2023"), 1'699'920'000 * kMicrosPerSecond);
  EXPECT_EQ(Parsed("2024-02-29"), 1'709'164'800 * kMicrosPerSecond);
}

TEST(TimestampTest, TextsThatAreNoTimes) {
  for (const std::string_view text : {"",
                                      "now",
                                      "nan",
                                      "inf",
                                      "2023-13-01",
                                      "2023-02-29",
                                      "2023-11-31",
                                      "0000-01-01",
                                      "2023-11-14T25:00:00Z",
                                      "2023-11-14T22:60:00Z",
                                      "2023-11-14T22:13:20X",
                                      "2023-11-14T22:13:20+1",
                                      "2023-11-14T22:13:20.Z",
                                      "2023-11-14T",
                                      "2023-11/14",
                                      "11/14/2023 13:00:00 PM",
                                      "14/11/2023",
                                      "1e300",
                                      "99999999999999999999",
                                      "2023-11-14T22:13:20Z trailing"}) {
    EXPECT_FALSE(Parsed(text).has_value()) << text;
  }
}

TEST(TimestampTest, DatesOfPowerShell) {
  EXPECT_EQ(Parsed("/Date(1700000000123)/"), 1'700'000'000'123'000);
  EXPECT_FALSE(Parsed("/Date(17x)/").has_value());
  EXPECT_FALSE(Parsed("/Date()/").has_value());
  EXPECT_FALSE(Parsed("/Date(-5)/").has_value());
  EXPECT_FALSE(Parsed("/Date(1700000000123").has_value());
}

// The way that is written by hand agrees with the calendar, also in zones.
TEST(TimestampTest, AgreesWithStrptime) {
  std::mt19937_64 random(2);
  for (const std::string_view name : {"UTC", "America/New_York", "Asia/Kolkata"}) {
    const absl::TimeZone zone = *LoadZone(name);
    for (int i = 0; i < 5'000; ++i) {
      const auto seconds = static_cast<double>(random() % 4'000'000'000U);
      const std::string text = *FormatTime(seconds, "%Y-%m-%d %H:%M:%S", zone);
      const std::optional<double> expected = ParseTime(text, "%Y-%m-%d %H:%M:%S", zone, 0);
      ASSERT_TRUE(expected.has_value());
      ASSERT_EQ(ParseTimestamp(text, zone), static_cast<Micros>(*expected) * kMicrosPerSecond)
          << name << " " << text;
    }
    ASSERT_EQ(ParseTimestamp("2024-03-10 02:30:00", zone),
              static_cast<Micros>(*ParseTime("2024-03-10 02:30:00", "%F %T", zone, 0)) *
                  kMicrosPerSecond);
  }
}

}  // namespace
}  // namespace spelk
