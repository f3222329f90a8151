// Specifiers of relative time, and the calendar behind them.
#include "value/relative_time.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>

#include "value/time_format.h"

namespace spelk {
namespace {

std::string Applied(std::string_view specifier, double seconds, absl::TimeZone zone) {
  const std::optional<RelativeTime> relative = RelativeTime::Parse(specifier);
  if (!relative) return "none";
  return FormatTime(relative->Apply(seconds, zone), "%F %T", zone).value_or("no date");
}

TEST(RelativeTimeTest, TextsThatAreNone) {
  for (const std::string_view text :
       {"",    "@",    "-",    "+",    "1",    "-1",    "@1d",     "@w8",      "-1d@",
        "d1",  "-1D",  "- 1d", "-1d ", " -1d", "-1.5h", "-1d@d8h", "tomorrow", "-99999999999d",
        "@d@", "nowx", "--1d", "rt",   "@dd"}) {
    EXPECT_FALSE(RelativeTime::Parse(text).has_value()) << text;
  }
}

TEST(RelativeTimeTest, Chains) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  constexpr double kTuesday = 1700000000;  // 2023-11-14 22:13:20
  EXPECT_EQ(Applied("-1d@d+8h-30m", kTuesday, utc), "2023-11-13 07:30:00");
  EXPECT_EQ(Applied("@d-2h", kTuesday, utc), "2023-11-13 22:00:00");
  EXPECT_EQ(Applied("@mon+7d", kTuesday, utc), "2023-11-08 00:00:00");
  EXPECT_EQ(Applied("-1q@q", kTuesday, utc), "2023-07-01 00:00:00");
  EXPECT_EQ(Applied("+1y@y", kTuesday, utc), "2024-01-01 00:00:00");
  EXPECT_EQ(Applied("now-1h", kTuesday, utc), "2023-11-14 21:13:20");
  EXPECT_EQ(Applied("-h", kTuesday, utc), "2023-11-14 21:13:20");
  EXPECT_EQ(Applied("@w", kTuesday, utc), "2023-11-12 00:00:00");
  EXPECT_EQ(Applied("@w0", kTuesday, utc), "2023-11-12 00:00:00");
  EXPECT_EQ(Applied("@w7", kTuesday, utc), "2023-11-12 00:00:00");
  EXPECT_EQ(Applied("@w2", kTuesday, utc), "2023-11-14 00:00:00");
  EXPECT_EQ(Applied("@w3", kTuesday, utc), "2023-11-08 00:00:00");
}

TEST(RelativeTimeTest, MonthsClip) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(Applied("+1mon", 1706659200, utc), "2024-02-29 00:00:00");  // From 31 January.
  EXPECT_EQ(Applied("-1mon", 1711843200, utc), "2024-02-29 00:00:00");  // From 31 March.
  EXPECT_EQ(Applied("+1y", 1709164800, utc), "2025-02-28 00:00:00");    // From 29 February.
  EXPECT_EQ(Applied("-1q", 1732924800, utc), "2024-08-30 00:00:00");    // From 30 November.
  EXPECT_EQ(Applied("-1mon+1mon", 1711843200, utc), "2024-03-29 00:00:00");
}

// A snap is never later than the time, never changes what is snapped, and the unit begins there.
TEST(RelativeTimeTest, SnapsGoBackAndStay) {
  std::mt19937_64 random(4);
  for (const std::string_view name :
       {"UTC", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
        "America/St_Johns"}) {
    const absl::StatusOr<absl::TimeZone> zone = LoadZone(name);
    ASSERT_TRUE(zone.ok());
    for (int i = 0; i < 2'000; ++i) {
      const double seconds = static_cast<double>(random() % 1'900'000'000U) + 0.25;
      for (const std::string_view snap :
           {"@s", "@m", "@h", "@d", "@w", "@w1", "@w6", "@mon", "@q", "@y"}) {
        const RelativeTime relative = *RelativeTime::Parse(snap);
        const double snapped = relative.Apply(seconds, *zone);
        ASSERT_LE(snapped, seconds) << name << snap;
        ASSERT_EQ(relative.Apply(snapped, *zone), snapped) << name << snap;
        ASSERT_EQ(relative.Apply(snapped + 0.5, *zone), snapped) << name << snap;
      }
    }
  }
}

TEST(RelativeTimeTest, Modifiers) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  EXPECT_EQ(ParseTimeModifier("1700000000.5", 0, utc), 1700000000.5);
  EXPECT_EQ(ParseTimeModifier("-1h", 7200, utc), 3600);
  EXPECT_EQ(ParseTimeModifier("now", 7200, utc), 7200);
  EXPECT_EQ(ParseTimeModifier("11/14/2023:22:13:20", 0, utc), 1700000000);
  EXPECT_FALSE(ParseTimeModifier("rt-1h", 0, utc).has_value());
  EXPECT_FALSE(ParseTimeModifier("nan", 0, utc).has_value());
  EXPECT_FALSE(ParseTimeModifier("", 0, utc).has_value());
}

}  // namespace
}  // namespace spelk
