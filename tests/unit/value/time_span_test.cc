// Spans, and the buckets they cut the time line into.
#include "value/time_span.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string_view>

#include "value/time_format.h"

namespace spelk {
namespace {

TEST(TimeSpanTest, Texts) {
  for (const std::string_view text : {"5m", "h", "1hour", "100ms", "10cs", "2ds", "50us", "1d",
                                      "3mon", "1q", "2years", "1w@w1", "w@w7", "1w@w"}) {
    EXPECT_TRUE(ParseTimeSpan(text).has_value()) << text;
  }
  for (const std::string_view text :
       {"", "5", "0m", "-5m", "1.5h", "5 m", "m5", "1d@d", "1w@w8", "1w@d", "1w@", "300ms", "3ds",
        "9999999999999m", "1x", "1D"}) {
    EXPECT_FALSE(ParseTimeSpan(text).has_value()) << text;
  }
}

// Buckets hold what begins in them, do not overlap, and leave nothing out.
TEST(TimeSpanTest, BucketsCoverTheTimeLine) {
  std::mt19937_64 random(12);
  for (const std::string_view name :
       {"UTC", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
    const absl::TimeZone zone = *LoadZone(name);
    for (const std::string_view text : {"100ms", "7s", "5m", "1h", "3h", "1d", "3d", "1w", "1w@w1",
                                        "2w", "1mon", "5mon", "1q", "1y", "3y"}) {
      const TimeSpan span = *ParseTimeSpan(text);
      for (int i = 0; i < 300; ++i) {
        const double seconds = static_cast<double>(random() % 2'000'000'000'000U) / 1000;
        const double start = FloorToSpan(seconds, span, zone);
        const double next = NextSpan(start, span, zone);
        ASSERT_LE(start, seconds) << name << " " << text;
        ASSERT_GT(next, seconds) << name << " " << text;
        ASSERT_EQ(FloorToSpan(start, span, zone), start) << name << " " << text;
        ASSERT_EQ(FloorToSpan(next, span, zone), next) << name << " " << text;
        ASSERT_EQ(FloorToSpan(next - 0.0005, span, zone), start) << name << " " << text;
      }
    }
  }
}

TEST(TimeSpanTest, AlignedBuckets) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const TimeSpan hours = *ParseTimeSpan("1h");
  EXPECT_EQ(FloorToSpan(3599, hours, utc, 600), 600);
  EXPECT_EQ(FloorToSpan(599, hours, utc, 600), -3000);
  // Days follow the calendar, whatever they are to be aligned to.
  EXPECT_EQ(FloorToSpan(90'000, *ParseTimeSpan("1d"), utc, 600), 86'400);
}

TEST(TimeSpanTest, WeeksBeginWhereTheySay) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  constexpr double kTuesday = 1700000000;
  EXPECT_EQ(FloorToSpan(kTuesday, *ParseTimeSpan("1w"), utc), 1699488000);     // Thursday.
  EXPECT_EQ(FloorToSpan(kTuesday, *ParseTimeSpan("1w@w"), utc), 1699747200);   // Sunday.
  EXPECT_EQ(FloorToSpan(kTuesday, *ParseTimeSpan("1w@w7"), utc), 1699747200);  // Sunday.
  EXPECT_EQ(FloorToSpan(kTuesday, *ParseTimeSpan("1w@w1"), utc), 1699833600);  // Monday.
  EXPECT_EQ(FloorToSpan(kTuesday, *ParseTimeSpan("1w@w3"), utc), 1699401600);  // Wednesday.
  // Several weeks, too, are multiples from the epoch on.
  for (const int64_t count : {1, 2, 3, 5}) {
    TimeSpan weeks = *ParseTimeSpan("1w");
    weeks.count = count;
    EXPECT_EQ(std::fmod(FloorToSpan(kTuesday, weeks, utc), static_cast<double>(count) * 604'800),
              0);
  }
}

}  // namespace
}  // namespace spelk
