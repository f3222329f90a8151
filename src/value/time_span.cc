// Parsing spans, and the calendar arithmetic of buckets.
#include "value/time_span.h"

#include <charconv>
#include <cmath>

namespace spelk {
namespace {

constexpr int64_t kMicros = 1'000'000;

// Microseconds of units that have a fixed length; 0 for the others.
int64_t MicrosOfUnit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return 1;
    case TimeUnit::kMillisecond:
      return 1'000;
    case TimeUnit::kCentisecond:
      return 10'000;
    case TimeUnit::kDecisecond:
      return 100'000;
    case TimeUnit::kSecond:
      return kMicros;
    case TimeUnit::kMinute:
      return 60 * kMicros;
    case TimeUnit::kHour:
      return 3600 * kMicros;
    default:
      return 0;
  }
}

int64_t FloorDivide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

int64_t FloorTo(int64_t value, int64_t step) { return FloorDivide(value, step) * step; }

int64_t MonthsOf(const TimeSpan& span) {
  switch (span.unit) {
    case TimeUnit::kQuarter:
      return 3 * span.count;
    case TimeUnit::kYear:
      return 12 * span.count;
    default:
      return span.count;
  }
}

// The first day of the bucket; buckets of several units are counted from 1970.
absl::CivilDay FirstDayOf(absl::CivilDay day, const TimeSpan& span) {
  constexpr absl::CivilDay kEpochDay(1970, 1, 1);
  if (span.unit == TimeUnit::kDay) return kEpochDay + FloorTo(day - kEpochDay, span.count);
  if (span.unit == TimeUnit::kWeek) {
    // The first of these days in 1970, which began on a Thursday.
    const absl::CivilDay first = kEpochDay + (span.first_weekday - TimeSpan::kThursday + 7) % 7;
    return first + FloorTo(day - first, 7 * span.count);
  }
  const absl::CivilMonth first(kEpochDay);
  return absl::CivilDay(first + FloorTo(absl::CivilMonth(day) - first, MonthsOf(span)));
}

absl::CivilDay NextFirstDay(absl::CivilDay day, const TimeSpan& span) {
  if (span.unit == TimeUnit::kDay) return day + span.count;
  if (span.unit == TimeUnit::kWeek) return day + 7 * span.count;
  return absl::CivilDay(absl::CivilMonth(day) + MonthsOf(span));
}

absl::CivilDay DayOf(double seconds, absl::TimeZone zone) {
  return absl::ToCivilDay(absl::UnixEpoch() + absl::Seconds(std::floor(seconds)), zone);
}

double Midnight(absl::CivilDay day, absl::TimeZone zone) {
  return absl::ToDoubleSeconds(absl::FromCivil(absl::CivilSecond(day), zone) - absl::UnixEpoch());
}

}  // namespace

double TimeSpan::seconds() const {
  const auto times = static_cast<double>(count);
  switch (unit) {
    case TimeUnit::kDay:
      return times * 86'400;
    case TimeUnit::kWeek:
      return times * 7 * 86'400;
    case TimeUnit::kMonth:
    case TimeUnit::kQuarter:
      return static_cast<double>(MonthsOf(*this)) * 30 * 86'400;
    case TimeUnit::kYear:
      return times * 365 * 86'400;
    default:
      return times * static_cast<double>(MicrosOfUnit(unit)) / static_cast<double>(kMicros);
  }
}

std::optional<TimeSpan> ParseTimeSpan(std::string_view text) {
  TimeSpan span;
  const size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  if (sign != 0 && text.find('@') == std::string_view::npos) return std::nullopt;
  text.remove_prefix(sign);
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), span.count);
    if (error != std::errc() || span.count < 1 || span.count > kMostTimeUnits) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
  const size_t at = text.find('@');
  const std::optional<TimeUnit> unit = ParseTimeUnit(text.substr(0, at));
  if (!unit) return std::nullopt;
  span.unit = *unit;
  if (at != std::string_view::npos) {
    // Only weeks can begin at another place than their unit says.
    const std::string_view snap = text.substr(at + 1);
    if (*unit != TimeUnit::kWeek || !snap.starts_with('w') || snap.size() > 2) return std::nullopt;
    if (snap.size() == 2 && (snap[1] < '0' || snap[1] > '7')) return std::nullopt;
    span.first_weekday = snap.size() == 2 ? (snap[1] - '0') % 7 : 0;
  }
  const int64_t micros = MicrosOfUnit(*unit);
  if (micros > 0 && micros < kMicros && micros * span.count < kMicros &&
      kMicros % (micros * span.count) != 0) {
    return std::nullopt;
  }
  return span;
}

double FloorToSpan(double seconds, const TimeSpan& span, absl::TimeZone zone, double align) {
  if (!(std::fabs(seconds) < kFurthestTime)) return seconds;
  if (span.is_calendar()) return Midnight(FirstDayOf(DayOf(seconds, zone), span), zone);
  const int64_t offset = std::llround(align * static_cast<double>(kMicros));
  const int64_t micros = std::llround(seconds * static_cast<double>(kMicros)) - offset;
  const int64_t start = FloorTo(micros, MicrosOfUnit(span.unit) * span.count) + offset;
  return static_cast<double>(start) / static_cast<double>(kMicros);
}

double NextSpan(double start, const TimeSpan& span, absl::TimeZone zone) {
  if (!(std::fabs(start) < kFurthestTime)) return start;
  if (span.is_calendar()) return Midnight(NextFirstDay(DayOf(start, zone), span), zone);
  const int64_t micros = std::llround(start * static_cast<double>(kMicros));
  return static_cast<double>(micros + MicrosOfUnit(span.unit) * span.count) /
         static_cast<double>(kMicros);
}

}  // namespace spelk
