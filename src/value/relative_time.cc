// Relative time specifiers and calendar arithmetic.
#include "value/relative_time.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "value/number.h"
#include "value/time_format.h"

namespace spelk {
namespace {

constexpr std::pair<std::string_view, TimeUnit> kUnits[] = {
    {"us", TimeUnit::kMicrosecond},   {"ms", TimeUnit::kMillisecond},
    {"cs", TimeUnit::kCentisecond},   {"ds", TimeUnit::kDecisecond},
    {"s", TimeUnit::kSecond},         {"sec", TimeUnit::kSecond},
    {"secs", TimeUnit::kSecond},      {"second", TimeUnit::kSecond},
    {"seconds", TimeUnit::kSecond},   {"m", TimeUnit::kMinute},
    {"min", TimeUnit::kMinute},       {"mins", TimeUnit::kMinute},
    {"minute", TimeUnit::kMinute},    {"minutes", TimeUnit::kMinute},
    {"h", TimeUnit::kHour},           {"hr", TimeUnit::kHour},
    {"hrs", TimeUnit::kHour},         {"hour", TimeUnit::kHour},
    {"hours", TimeUnit::kHour},       {"d", TimeUnit::kDay},
    {"day", TimeUnit::kDay},          {"days", TimeUnit::kDay},
    {"w", TimeUnit::kWeek},           {"week", TimeUnit::kWeek},
    {"weeks", TimeUnit::kWeek},       {"mon", TimeUnit::kMonth},
    {"month", TimeUnit::kMonth},      {"months", TimeUnit::kMonth},
    {"q", TimeUnit::kQuarter},        {"qtr", TimeUnit::kQuarter},
    {"qtrs", TimeUnit::kQuarter},     {"quarter", TimeUnit::kQuarter},
    {"quarters", TimeUnit::kQuarter}, {"y", TimeUnit::kYear},
    {"yr", TimeUnit::kYear},          {"yrs", TimeUnit::kYear},
    {"year", TimeUnit::kYear},        {"years", TimeUnit::kYear}};

// Seconds of units that have a fixed length; 0 for the others.
double FixedLength(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return 1e-6;
    case TimeUnit::kMillisecond:
      return 1e-3;
    case TimeUnit::kCentisecond:
      return 1e-2;
    case TimeUnit::kDecisecond:
      return 1e-1;
    case TimeUnit::kSecond:
      return 1;
    case TimeUnit::kMinute:
      return 60;
    case TimeUnit::kHour:
      return 3600;
    default:
      return 0;
  }
}

absl::Time ToTime(double seconds) { return absl::UnixEpoch() + absl::Seconds(seconds); }

// A local time of day on a date, as seconds since the epoch.
double SecondsOf(absl::CivilSecond civil, absl::TimeZone zone) {
  return absl::ToDoubleSeconds(absl::FromCivil(civil, zone) - absl::UnixEpoch());
}

absl::CivilDay FirstDay(absl::CivilDay day, TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kWeek:
      return absl::PrevWeekday(day + 1, absl::Weekday::sunday);
    case TimeUnit::kMonth:
      return absl::CivilDay(absl::CivilMonth(day));
    case TimeUnit::kQuarter: {
      const int month = (day.month() - 1) / 3 * 3 + 1;
      return absl::CivilDay(day.year(), month, 1);
    }
    case TimeUnit::kYear:
      return absl::CivilDay(absl::CivilYear(day));
    default:
      return day;
  }
}

constexpr std::array<absl::Weekday, 7> kWeekdays = {
    absl::Weekday::sunday,    absl::Weekday::monday,   absl::Weekday::tuesday,
    absl::Weekday::wednesday, absl::Weekday::thursday, absl::Weekday::friday,
    absl::Weekday::saturday};

double SnapToWeekday(double seconds, int64_t weekday, absl::TimeZone zone) {
  const absl::CivilDay day = absl::ToCivilDay(ToTime(seconds), zone);
  return SecondsOf(
      absl::CivilSecond(absl::PrevWeekday(day + 1, kWeekdays[static_cast<size_t>(weekday)])), zone);
}

std::string_view TakeLetters(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && text[n] >= 'a' && text[n] <= 'z') ++n;
  const std::string_view letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

}  // namespace

std::optional<TimeUnit> ParseTimeUnit(std::string_view text) {
  for (const auto& [name, unit] : kUnits) {
    if (name == text) return unit;
  }
  return std::nullopt;
}

double SnapToUnit(double seconds, TimeUnit unit, absl::TimeZone zone) {
  if (!(std::fabs(seconds) < kFurthestTime)) return seconds;
  const double length = FixedLength(unit);
  if (length > 0 && length < 60) {
    // Counted in microseconds, so that tenths and hundredths are what they say.
    const auto micros = static_cast<int64_t>(std::llround(seconds * 1e6));
    const auto step = static_cast<int64_t>(std::llround(length * 1e6));
    const int64_t down = micros - ((micros % step) + step) % step;
    return static_cast<double>(down) / 1e6;
  }
  const absl::CivilSecond civil = absl::ToCivilSecond(ToTime(seconds), zone);
  if (unit == TimeUnit::kMinute || unit == TimeUnit::kHour) {
    // Within the hour the clock runs evenly even where the zone's offset changes.
    const int into = civil.second() + (unit == TimeUnit::kHour ? civil.minute() * 60 : 0);
    return std::floor(seconds) - into;
  }
  return SecondsOf(absl::CivilSecond(FirstDay(absl::CivilDay(civil), unit)), zone);
}

double AddUnits(double seconds, int64_t count, TimeUnit unit, absl::TimeZone zone) {
  if (!(std::fabs(seconds) < kFurthestTime) || std::abs(count) > kMostTimeUnits) return seconds;
  const double length = FixedLength(unit);
  if (length > 0) return seconds + static_cast<double>(count) * length;
  const double whole = std::floor(seconds);
  const absl::CivilSecond civil = absl::ToCivilSecond(ToTime(whole), zone);
  absl::CivilDay day(civil);
  if (unit == TimeUnit::kDay || unit == TimeUnit::kWeek) {
    day += count * (unit == TimeUnit::kWeek ? 7 : 1);
  } else {
    const int64_t months = count * (unit == TimeUnit::kYear      ? 12
                                    : unit == TimeUnit::kQuarter ? 3
                                                                 : 1);
    const absl::CivilMonth month = absl::CivilMonth(day) + months;
    const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
    day = absl::CivilDay(month.year(), month.month(), std::min(day.day(), last.day()));
  }
  const absl::CivilSecond moved(day.year(), day.month(), day.day(), civil.hour(), civil.minute(),
                                civil.second());
  // A time that the clocks skip is as far behind the change as it says: 02:30 is then 03:30.
  return absl::ToDoubleSeconds(zone.At(moved).pre - absl::UnixEpoch()) + (seconds - whole);
}

std::optional<RelativeTime> RelativeTime::Parse(std::string_view text) {
  RelativeTime relative;
  if (text == "now" || text == "now()") return relative;
  if (text.starts_with("now")) text.remove_prefix(3);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    Step step;
    if (text.front() == '@') {
      step.snap = true;
      text.remove_prefix(1);
      const std::string_view letters = TakeLetters(text);
      const std::optional<TimeUnit> unit = ParseTimeUnit(letters);
      if (!unit) return std::nullopt;
      step.unit = *unit;
      step.count = -1;
      if (letters == "w" && !text.empty() && text.front() >= '0' && text.front() <= '7') {
        step.count = (text.front() - '0') % 7;
        text.remove_prefix(1);
      }
      relative.steps_.push_back(step);
      continue;
    }
    const bool negative = text.front() == '-';
    if (negative || text.front() == '+') {
      text.remove_prefix(1);
    } else if (!relative.steps_.empty()) {
      return std::nullopt;
    }
    int64_t count = 1;
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (error != std::errc() || count > kMostTimeUnits) return std::nullopt;
      text.remove_prefix(static_cast<size_t>(end - text.data()));
    }
    const std::optional<TimeUnit> unit = ParseTimeUnit(TakeLetters(text));
    if (!unit) return std::nullopt;
    step.unit = *unit;
    step.count = negative ? -count : count;
    relative.steps_.push_back(step);
  }
  return relative;
}

double RelativeTime::Apply(double seconds, absl::TimeZone zone) const {
  for (const Step& step : steps_) {
    if (!step.snap) {
      seconds = AddUnits(seconds, step.count, step.unit, zone);
    } else if (step.unit == TimeUnit::kWeek && step.count >= 0) {
      seconds = SnapToWeekday(seconds, step.count, zone);
    } else {
      seconds = SnapToUnit(seconds, step.unit, zone);
    }
  }
  return seconds;
}

std::optional<double> ParseTimeModifier(std::string_view text, double now, absl::TimeZone zone) {
  if (const std::optional<Number> number = ParseNumber(text);
      number && std::isfinite(number->value)) {
    return number->value;
  }
  if (const std::optional<RelativeTime> relative = RelativeTime::Parse(text))
    return relative->Apply(now, zone);
  return ParseTime(text, "%m/%d/%Y:%H:%M:%S", zone, now);
}

}  // namespace spelk
