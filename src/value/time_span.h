// TimeSpan: a length of time that divides the time line into buckets: "5m", "1mon", "1w@w1".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "value/relative_time.h"

namespace spelk {

// As span= writes it. Days and longer follow the local calendar: a bucket begins at midnight, on
// the first day of a week, month, quarter or year. Shorter ones are counted from the epoch, and so
// are weeks, which therefore begin on Thursday unless they say another day.
struct TimeSpan {
  static constexpr int kThursday = 4;
  int64_t count = 1;
  TimeUnit unit = TimeUnit::kSecond;
  int first_weekday = kThursday;  // Of weeks; 0 is Sunday.

  // Days and longer: aligntime does not apply, and the length differs from bucket to bucket.
  bool is_calendar() const { return unit >= TimeUnit::kDay; }
  // The length in seconds; of calendar units the usual one (a month has 30 days).
  double seconds() const;
};

// "5m", "h", "100ms", "1w@w1", before whose snap a sign has no meaning: "+1w@w1". Nothing for any
// other text, a count of 0, or parts of a second that do not divide a second evenly.
std::optional<TimeSpan> ParseTimeSpan(std::string_view text);

// The start of the bucket that holds the time. `align` (seconds since the epoch) is where some
// bucket begins; calendar units do not look at it. Times that no calendar knows stay as they are.
double FloorToSpan(double seconds, const TimeSpan& span, absl::TimeZone zone, double align = 0);
// The start of the bucket after the one that begins at `start`.
double NextSpan(double start, const TimeSpan& span, absl::TimeZone zone);

}  // namespace spelk
