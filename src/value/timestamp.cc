// Parsing of event times, by hand because every event has one.
#include "value/timestamp.h"

#include <charconv>
#include <cmath>

#include "absl/time/civil_time.h"
#include "value/number.h"

namespace spelk {
namespace {

// Days since the epoch of a date in the proleptic Gregorian calendar.
int64_t DaysOf(int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

bool IsValidDate(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kLengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : p_(text.data()), end_(text.data() + text.size()) {}
  bool at_end() const { return p_ == end_; }
  char peek() const { return p_ == end_ ? '\0' : *p_; }
  bool Take(char c) {
    if (peek() != c || p_ == end_) return false;
    ++p_;
    return true;
  }
  // Exactly `digits`, or from one to that many.
  bool Digits(int digits, int* value, bool fewer = false) {
    int n = 0;
    *value = 0;
    while (n < digits && p_ != end_ && *p_ >= '0' && *p_ <= '9') {
      *value = *value * 10 + (*p_++ - '0');
      ++n;
    }
    return n == digits || (fewer && n > 0);
  }
  // The digits after a point or comma as microseconds, rounded to nearest.
  bool Fraction(int64_t* micros) {
    int64_t scale = 100'000;
    *micros = 0;
    bool any = false;
    bool first_beyond = true;
    while (p_ != end_ && *p_ >= '0' && *p_ <= '9') {
      const int digit = *p_++ - '0';
      any = true;
      if (scale > 0) {
        *micros += digit * scale;
        scale /= 10;
      } else if (first_beyond) {
        *micros += digit >= 5 ? 1 : 0;
        first_beyond = false;
      }
    }
    return any;
  }
  void SkipBlanks() {
    while (peek() == ' ') ++p_;
  }

 private:
  const char* p_;
  const char* end_;
};

struct Clock {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t micros = 0;
  std::optional<int> offset;
};

// hh:mm[:ss[.fraction]]
bool TakeTimeOfDay(Scanner& in, Clock* clock) {
  if (!in.Digits(2, &clock->hour, true) || !in.Take(':') || !in.Digits(2, &clock->minute))
    return false;
  if (in.Take(':')) {
    if (!in.Digits(2, &clock->second)) return false;
    if (in.Take('.') || in.Take(',')) {
      if (!in.Fraction(&clock->micros)) return false;
    }
  }
  return clock->hour <= 23 && clock->minute <= 59 && clock->second <= 60;
}

bool TakeZone(Scanner& in, Clock* clock) {
  in.SkipBlanks();
  if (in.at_end()) return true;
  if (in.Take('Z') || in.Take('z')) {
    clock->offset = 0;
    return in.at_end();
  }
  if (in.Take('U')) {
    clock->offset = 0;
    return in.Take('T') && in.Take('C') && in.at_end();
  }
  if (in.Take('G')) {
    clock->offset = 0;
    return in.Take('M') && in.Take('T') && in.at_end();
  }
  const bool negative = in.peek() == '-';
  if (!in.Take('+') && !in.Take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.Digits(2, &hours)) return false;
  in.Take(':');
  if (!in.at_end() && !in.Digits(2, &minutes)) return false;
  if (hours > 24 || minutes > 59 || !in.at_end()) return false;
  clock->offset = (negative ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

bool TakeHalfOfDay(Scanner& in, Clock* clock) {
  in.SkipBlanks();
  const bool afternoon = in.peek() == 'P' || in.peek() == 'p';
  const bool morning = in.peek() == 'A' || in.peek() == 'a';
  if (!afternoon && !morning) return true;
  if (clock->hour < 1 || clock->hour > 12) return false;
  in.Take(in.peek());
  if (!in.Take('M') && !in.Take('m')) return false;
  clock->hour = clock->hour % 12 + (afternoon ? 12 : 0);
  return true;
}

// 2020-09-14T08:05:46.123Z, 2020/09/14 08:05:46, 2020-09-14
bool ParseYearFirst(std::string_view text, Clock* clock) {
  Scanner in(text);
  if (!in.Digits(4, &clock->year)) return false;
  const char separator = in.peek();
  if (separator != '-' && separator != '/') return false;
  in.Take(separator);
  if (!in.Digits(2, &clock->month, true) || !in.Take(separator) || !in.Digits(2, &clock->day, true))
    return false;
  if (in.at_end()) return true;
  if (!in.Take('T') && !in.Take('t') && !in.Take(' ')) return false;
  in.SkipBlanks();
  return TakeTimeOfDay(in, clock) && TakeZone(in, clock);
}

// 9/14/2020 8:05:46 AM
bool ParseMonthFirst(std::string_view text, Clock* clock) {
  Scanner in(text);
  if (!in.Digits(2, &clock->month, true) || !in.Take('/') || !in.Digits(2, &clock->day, true) ||
      !in.Take('/') || !in.Digits(4, &clock->year)) {
    return false;
  }
  if (in.at_end()) return true;
  if (!in.Take(' ')) return false;
  in.SkipBlanks();
  return TakeTimeOfDay(in, clock) && TakeHalfOfDay(in, clock) && TakeZone(in, clock);
}

std::optional<Micros> MicrosOf(const Clock& clock, absl::TimeZone zone) {
  if (!IsValidDate(clock.year, clock.month, clock.day)) return std::nullopt;
  const bool fixed = clock.offset || zone == absl::UTCTimeZone();
  int64_t seconds = 0;
  if (fixed) {
    seconds = DaysOf(clock.year, clock.month, clock.day) * 86400 + int64_t{clock.hour} * 3600 +
              int64_t{clock.minute} * 60 + clock.second - clock.offset.value_or(0);
  } else {
    const absl::CivilSecond civil(clock.year, clock.month, clock.day, clock.hour, clock.minute,
                                  clock.second);
    // As strptime: a time that the clocks skip is as far behind the change as it says.
    seconds = absl::ToUnixSeconds(zone.At(civil).pre);
  }
  return seconds * kMicrosPerSecond + clock.micros;
}

// Epoch seconds, or milli-, micro- or nanoseconds by the number of digits.
std::optional<Micros> ParseEpoch(std::string_view text) {
  const std::optional<Number> number = ParseNumber(text);
  if (!number || !std::isfinite(number->value)) return std::nullopt;
  const size_t whole = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0);
  const size_t digits =
      (whole == std::string_view::npos ? text.size() : whole) - (text.starts_with('-') ? 1 : 0);
  double micros = number->value * 1e6;
  if (digits == 12 || digits == 13) micros = number->value * 1e3;
  if (digits == 15 || digits == 16) micros = number->value;
  if (digits == 18 || digits == 19) micros = number->value / 1e3;
  constexpr double kFirstMicros = -62'135'596'800e6;
  constexpr double kLastMicros = 253'402'300'800e6;
  if (micros < kFirstMicros || micros >= kLastMicros) return std::nullopt;
  return static_cast<Micros>(std::llround(micros));
}

}  // namespace

std::optional<Micros> ParseTimestamp(std::string_view text, absl::TimeZone zone) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  // As PowerShell's ConvertTo-Json writes a DateTime: milliseconds.
  constexpr std::string_view kDate = "/Date(";
  if (text.starts_with(kDate) && text.ends_with(")/")) {
    int64_t milliseconds = 0;
    const char* end = text.data() + text.size() - 2;
    const auto [stop, error] = std::from_chars(text.data() + kDate.size(), end, milliseconds);
    constexpr int64_t kMost = 253'402'300'799'999;  // The end of the year 9999.
    const bool good = error == std::errc() && stop == end;
    if (!good || milliseconds < 0 || milliseconds > kMost) return std::nullopt;
    return milliseconds * (kMicrosPerSecond / 1000);
  }
  Clock clock;
  if (text.size() >= 8 && text.size() > 4 && (text[4] == '-' || text[4] == '/')) {
    return ParseYearFirst(text, &clock) ? MicrosOf(clock, zone) : std::nullopt;
  }
  if (text.size() >= 8 && text.substr(0, 3).find('/') != std::string_view::npos) {
    return ParseMonthFirst(text, &clock) ? MicrosOf(clock, zone) : std::nullopt;
  }
  return ParseEpoch(text);
}

}  // namespace spelk
