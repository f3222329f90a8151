// Relative time: "-2h@h", "@w1", "-1mon@mon+7d", "@d-2h".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace spelk {

inline constexpr double kFurthestTime = 1e12;  // Seconds; beyond it calendars make no sense.
inline constexpr int64_t kMostTimeUnits = 1'000'000'000;

enum class TimeUnit : unsigned char {
  kMicrosecond,
  kMillisecond,
  kCentisecond,
  kDecisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
};

// Units as Splunk spells them, any of their synonyms (s sec secs second seconds …). "m" is minutes,
// "mon" months. Case counts as it does in Splunk: only lower case.
std::optional<TimeUnit> ParseTimeUnit(std::string_view text);

// A parsed specifier: a chain of offsets and snaps, applied from left to right. Snapping rounds
// down in local time. Days and longer follow the local calendar; months clip to the month's last
// day.
class RelativeTime {
 public:
  // "now" and "now()" are the empty chain. Nothing if the text is no specifier.
  static std::optional<RelativeTime> Parse(std::string_view text);
  // Applies the chain to a time in seconds.
  double Apply(double seconds, absl::TimeZone zone) const;

 private:
  struct Step {
    bool snap = false;
    int64_t count = 0;  // Offset; for a week snap the weekday, 0 is Sunday.
    TimeUnit unit = TimeUnit::kSecond;
  };
  std::vector<Step> steps_;
};

// Adds `count` units in the local calendar.
double AddUnits(double seconds, int64_t count, TimeUnit unit, absl::TimeZone zone);
// The start of the unit that holds the time; weeks start on Sunday.
double SnapToUnit(double seconds, TimeUnit unit, absl::TimeZone zone);

// earliest=, latest= and their like: epoch seconds, "now", a relative specifier or
// %m/%d/%Y:%H:%M:%S in `zone`. "rt…" and anything else give nothing.
std::optional<double> ParseTimeModifier(std::string_view text, double now, absl::TimeZone zone);

}  // namespace spelk
