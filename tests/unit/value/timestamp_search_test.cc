// Times in texts.
#include "value/timestamp_search.h"

#include <gtest/gtest.h>

#include <string_view>

namespace spelk {
namespace {

constexpr Micros kNoon = 1'714'564'800 * kMicrosPerSecond;  // 2024-05-01 12:00:00
constexpr double kNow = 1'714'600'000;

std::optional<Micros> Found(std::string_view text) {
  return FindTimestamp(text, absl::UTCTimeZone(), kNow);
}

TEST(TimestampSearchTest, FormsThatLogsHave) {
  for (const std::string_view text : {
           "2024-05-01 12:00:00 x",
           "2024-05-01T12:00:00Z",
           "[2024/05/01 12:00] x",
           "a=1 at=2024-05-01T14:00:00+02:00,b",
           "x \"2024-05-01 07:00:00 -0500\" y",
           "2024-05-01 07:00:00 CDT x",
           "2024-05-01 12:00:00 -10 degrees",
           "05/01/2024 12:00:00 PM",
           "5/1/24 12:00 x",
           "01.05.2024 12:00:00",
           "1.2.3.4 - - [01/May/2024:12:00:00 +0000] \"GET /\"",
           "01-May-2024 12:00:00.000 queries:",
           "Wed, 01 May 2024 12:00:00 GMT",
           "Wed May  1 12:00:00 2024 x",
           "Wed May  1 12:00:00 UTC 2024",
           "May 01 2024 12:00:00: %ASA-6-1: x",
           "May 1, 2024 12:00:00 PM x",
           "<34>May  1 12:00:00 host sshd[1]: y",
           "20240501T120000Z x",
           "20240501120000",
           "20240501 12:00:00 x",
           "msg=audit(1714564800.000:12): x",
           "1714564800 1.2.3.4",
           "t=1714564800000,",
       }) {
    EXPECT_EQ(Found(text), kNoon) << text;
  }
  EXPECT_EQ(Found("2024-05-01 12:00:00,250 x"), kNoon + 250'000);
  EXPECT_EQ(Found("1714564800.5 x"), kNoon + 500'000);
  EXPECT_EQ(Found("31/12/2023 00:00:00"), 1'703'980'800 * kMicrosPerSecond);
}

TEST(TimestampSearchTest, WhatIsNone) {
  for (const std::string_view text : {
           "",
           "x",
           "2024-05-01",
           "12:00:00",
           "10.0.0.1:443 and 5/6",
           "May 40 12:00:00",
           "2024-13-01 12:00:00",
           "2024-05-01 25:00:00",
           "id171456480012",
           "x1714564800",
           "17145648001",
           "1714564800abc",
           "may be 12 of 2024",
           "v1.2.3 12:00",
           "99999999999999",
       }) {
    EXPECT_EQ(Found(text), std::nullopt) << text;
  }
}

TEST(TimestampSearchTest, DatesComeBeforeNumbers) {
  EXPECT_EQ(Found("1700000000 2024-05-01 12:00:00"), kNoon);
}

TEST(TimestampSearchTest, WithoutAYear) {
  EXPECT_EQ(Found("May  1 12:00:00 x"), kNoon);
  EXPECT_EQ(Found("May  3 12:00:00 x"), kNoon + 2 * 86400 * kMicrosPerSecond);
  EXPECT_EQ(Found("May  4 12:00:00 x"), 1'683'201'600 * kMicrosPerSecond);  // Of 2023.
  EXPECT_EQ(Found("Dec 31 12:00:00 x"), 1'704'024'000 * kMicrosPerSecond);
  EXPECT_EQ(Found("Feb 29 12:00:00 x"), 1'709'208'000 * kMicrosPerSecond);
  // Nobody knows the year.
  EXPECT_EQ(FindTimestamp("May  1 12:00:00 x", absl::UTCTimeZone(), 0), std::nullopt);
}

}  // namespace
}  // namespace spelk
