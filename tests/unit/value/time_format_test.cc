// Times to text and back, in zones whose clocks change.
#include "value/time_format.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace spelk {
namespace {

absl::TimeZone Zone(std::string_view name) {
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
  EXPECT_TRUE(zone.ok()) << name;
  return zone.value_or(absl::UTCTimeZone());
}

// The zone's offset in the text makes it unambiguous.
TEST(TimeFormatTest, WhatIsWrittenIsReadBack) {
  std::mt19937_64 random(9);
  for (const std::string_view name : {"UTC", "America/New_York", "Asia/Kolkata", "-03:30",
                                      "Australia/Lord_Howe", "Pacific/Apia"}) {
    const absl::TimeZone zone = Zone(name);
    for (int i = 0; i < 500; ++i) {
      // Years 1900 to 2100; offsets had seconds before about 1900 only in a few places.
      const auto seconds = static_cast<double>(static_cast<int64_t>(random() % 4'102'444'800U));
      for (const std::string_view format :
           {"%Y-%m-%dT%H:%M:%S%z", "%d/%b/%Y:%H:%M:%S %:z", "%a %B %e %I:%M:%S %p %Y %z", "%s",
            "%F %T %z", "%Y %j %k %M %S %:z"}) {
        const std::optional<std::string> text = FormatTime(seconds, format, zone);
        ASSERT_TRUE(text.has_value());
        ASSERT_EQ(ParseTime(*text, format, zone, 0), seconds) << name << " " << *text;
      }
    }
  }
}

TEST(TimeFormatTest, FractionsAreCutNotRounded) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(FormatTime(0.999999, "%S.%3N", utc), "00.999");
  EXPECT_EQ(FormatTime(0.9999996, "%S.%6N", utc), "01.000000");  // Times are microseconds.
  EXPECT_EQ(FormatTime(-0.25, "%T.%2N", utc), "23:59:59.75");
  EXPECT_EQ(FormatTime(1700000000.123456, "%N %Q %f %6Q", utc), "123456000 123 123456 123456");
}

TEST(TimeFormatTest, WeeksAroundNewYear) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  // 2021-01-01 was a Friday, 2023-01-01 a Sunday, 2024-12-30 a Monday.
  EXPECT_EQ(FormatTime(1609459200, "%V %G %U %W %j %w", utc), "53 2020 00 00 001 5");
  EXPECT_EQ(FormatTime(1672531200, "%V %G %U %W %j %w", utc), "52 2022 01 00 001 0");
  EXPECT_EQ(FormatTime(1735516800, "%V %G %U %W %j %w", utc), "01 2025 52 53 365 1");
}

TEST(TimeFormatTest, TimesWithoutADate) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  for (const double seconds : {1e13, -1e12, 253402300800.0}) {
    EXPECT_FALSE(FormatTime(seconds, "%F", utc).has_value()) << seconds;
  }
  EXPECT_TRUE(FormatTime(253402300799.0, "%F", utc).has_value());
  EXPECT_TRUE(FormatTime(-62135596800.0, "%F", utc).has_value());
}

TEST(TimeFormatTest, ImpossibleTextsAreNoTimes) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const std::pair<std::string_view, std::string_view> kBadTimes[] = {{"2023-02-29", "%F"},
                                                                     {"2023-13-01", "%F"},
                                                                     {"2023-00-10", "%F"},
                                                                     {"24:00", "%H:%M"},
                                                                     {"13:00 PM", "%I:%M %p"},
                                                                     {"12:60", "%H:%M"},
                                                                     {"2023 367", "%Y %j"},
                                                                     {"2023-11", "%Y-%m"},
                                                                     {"x", "%s"},
                                                                     {"", "%F"},
                                                                     {"2023-11-14", ""},
                                                                     {"Foo 1", "%b %d"}};
  for (const auto& [text, format] : kBadTimes) {
    EXPECT_FALSE(ParseTime(text, format, utc, 0, true).has_value()) << text << " " << format;
  }
  EXPECT_FALSE(ParseTime("2023-11-14x", "%F", utc, 0).has_value());
  EXPECT_TRUE(ParseTime("2023-11-14x", "%F", utc, 0, true).has_value());
}

TEST(TimeFormatTest, Zones) {
  for (const std::string_view name : {"UTC", "Europe/Berlin", "+02:00", "-0330", "+05", "local"}) {
    EXPECT_TRUE(LoadZone(name).ok()) << name;
  }
  for (const std::string_view name : {"", "Berlin", "+25:00", "+1:2:3x", "../../etc/passwd"}) {
    EXPECT_FALSE(LoadZone(name).ok()) << name;
  }
}

}  // namespace
}  // namespace spelk
