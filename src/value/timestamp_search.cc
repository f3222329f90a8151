// A scan over the text: each place where a word or a number begins may begin a date.
#include "value/timestamp_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"
#include "value/ascii.h"
#include "value/timestamp.h"

namespace spelk {
namespace {

constexpr std::string_view kSpaces = " \t";

// What was found of a time.
struct FoundTime {
  int year = -1;  // None: a year that the text does not tell.
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::string_view fraction;
  std::optional<int> offset;  // Minutes.
};

// Zones by their letters, as logs in English name them.
struct NamedZone {
  std::string_view name;
  int minutes;
};
constexpr NamedZone kZones[] = {
    {"Z", 0},      {"UTC", 0},    {"GMT", 0},    {"EST", -300}, {"EDT", -240}, {"CST", -360},
    {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"CET", 60},
    {"CEST", 120}, {"BST", 60},   {"EET", 120},  {"EEST", 180}, {"JST", 540},
};

class TimestampScanner {
 public:
  explicit TimestampScanner(std::string_view text) : text_(text) {}
  std::string_view rest() const { return text_; }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool Take(char c) {
    if (peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  // From `least` to `most` digits, and no more behind them.
  bool Number(size_t least, size_t most, int* value) {
    size_t n = 0;
    while (n < text_.size() && IsDigit(text_[n])) ++n;
    if (n < least || n > most) return false;
    Digits(n, value);
    return true;
  }
  // Just so many, others may follow.
  bool Fixed(size_t n, int* value) {
    if (text_.size() < n ||
        !std::all_of(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(n), &IsDigit)) {
      return false;
    }
    Digits(n, value);
    return true;
  }
  std::string_view Letters() {
    size_t n = 0;
    while (n < text_.size() && IsLetter(text_[n])) ++n;
    const std::string_view word = text_.substr(0, n);
    text_.remove_prefix(n);
    return word;
  }
  std::string_view DigitsHere() {
    size_t n = 0;
    while (n < text_.size() && IsDigit(text_[n])) ++n;
    const std::string_view digits = text_.substr(0, n);
    text_.remove_prefix(n);
    return digits;
  }
  void SkipBlanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(kSpaces), text_.size()));
  }

 private:
  void Digits(size_t n, int* value) {
    *value = 0;
    for (size_t i = 0; i < n; ++i) *value = *value * 10 + (text_[i] - '0');
    text_.remove_prefix(n);
  }

  std::string_view text_;
};

// 1 for "May"'s like "Jan" or "january"; 0 for other words.
int MonthOf(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonthNames = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  if (word.size() < 3) return 0;
  for (size_t m = 0; m < kMonthNames.size(); ++m) {
    const bool short_name = word.size() == 3 || EqualsIgnoringCase(word, "sept");
    const std::string_view name =
        short_name ? kMonthNames[m].substr(0, word.size()) : kMonthNames[m];
    if (EqualsIgnoringCase(word, name)) return static_cast<int>(m) + 1;
  }
  return 0;
}

// What stands between a date and its time of day.
bool TakeGap(TimestampScanner& in) {
  size_t n = 0;
  while (n < 3 && std::string_view("T :,-_").find(in.peek()) != std::string_view::npos &&
         !in.rest().empty()) {
    in.Take(in.peek());
    ++n;
  }
  return n > 0;
}

bool FindZone(TimestampScanner& in, FoundTime* found) {
  TimestampScanner at = in;
  at.SkipBlanks();
  const bool apart = at.rest().size() < in.rest().size();
  if (at.peek() == '+' || at.peek() == '-') {
    const int sign = at.peek() == '-' ? -1 : 1;
    at.Take(at.peek());
    int hours = 0;
    int minutes = 0;
    if (!at.Fixed(2, &hours)) return false;
    at.Take(':');
    // -10 behind a blank may be any number.
    if (!at.Fixed(2, &minutes) && apart) return false;
    if (IsDigit(at.peek()) || hours > 14 || minutes > 59) return false;
    found->offset = sign * (hours * 60 + minutes);
    in = at;
    return true;
  }
  const std::string_view word = at.Letters();
  if (IsDigit(at.peek()) || at.peek() == '_') return false;
  for (const NamedZone& zone : kZones) {
    if (word != zone.name) continue;
    found->offset = zone.minutes;
    in = at;
    return true;
  }
  return false;
}

// hh:mm[:ss[.fraction]] [AM] [zone]
bool FindTimeOfDay(TimestampScanner& in, FoundTime* found) {
  if (!in.Number(1, 2, &found->hour) || !in.Take(':') || !in.Fixed(2, &found->minute)) return false;
  if (in.Take(':')) {
    if (!in.Fixed(2, &found->second)) return false;
    TimestampScanner fraction = in;
    if (fraction.Take('.') || fraction.Take(',')) {
      found->fraction = fraction.DigitsHere().substr(0, 9);
      if (!found->fraction.empty()) in = fraction;
    }
  }
  if (IsDigit(in.peek())) return false;
  TimestampScanner half = in;
  half.SkipBlanks();
  const std::string_view word = half.Letters();
  const bool afternoon = EqualsIgnoringCase(word, "pm");
  if ((afternoon || EqualsIgnoringCase(word, "am")) && found->hour >= 1 && found->hour <= 12) {
    found->hour = found->hour % 12 + (afternoon ? 12 : 0);
    in = half;
  }
  FindZone(in, found);
  return found->hour <= 23 && found->minute <= 59 && found->second <= 60;
}

int FullYear(int year, size_t digits) {
  return digits > 2 ? year : year + (year < 69 ? 2000 : 1900);
}

// A year of four digits, or of two.
bool TakeYear(TimestampScanner& in, int* year) {
  const size_t before = in.rest().size();
  if (!in.Number(2, 4, year)) return false;
  const size_t digits = before - in.rest().size();
  *year = FullYear(*year, digits);
  return digits != 3;
}

bool YearFirst(TimestampScanner in, FoundTime* found) {
  if (!in.Number(4, 4, &found->year)) return false;
  const char separator = in.peek();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  return in.Take(separator) && in.Number(1, 2, &found->month) && in.Take(separator) &&
         in.Number(1, 2, &found->day) && TakeGap(in) && FindTimeOfDay(in, found);
}

// 20240501T100000Z, 20240501100000, 20240501 10:00:00
bool Compact(TimestampScanner in, FoundTime* found) {
  const std::string_view digits = in.DigitsHere();
  TimestampScanner date(digits);
  if ((digits.size() != 8 && digits.size() != 14) || !date.Fixed(4, &found->year) ||
      !date.Fixed(2, &found->month) || !date.Fixed(2, &found->day)) {
    return false;
  }
  if (found->year < 1970 || found->year > 2100) return false;
  if (digits.size() == 8) {
    if (!in.Take('T') && !in.Take(' ')) return false;
    TimestampScanner clock = in;
    if (FindTimeOfDay(clock, found)) return true;
    date = TimestampScanner(in.DigitsHere());
    if (date.rest().size() != 6) return false;
  }
  if (!date.Fixed(2, &found->hour) || !date.Fixed(2, &found->minute) ||
      !date.Fixed(2, &found->second)) {
    return false;
  }
  FindZone(in, found);
  return found->hour <= 23 && found->minute <= 59 && found->second <= 60;
}

// 05/01/2024 10:00, 13.05.2024 10:00, 5/1/24 10:00
bool Numbers(TimestampScanner in, FoundTime* found) {
  if (!in.Number(1, 2, &found->month)) return false;
  const char separator = in.peek();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  if (!in.Take(separator) || !in.Number(1, 2, &found->day) || !in.Take(separator) ||
      !TakeYear(in, &found->year)) {
    return false;
  }
  // With points between them the day comes first.
  if (separator == '.' || found->month > 12) std::swap(found->month, found->day);
  return TakeGap(in) && FindTimeOfDay(in, found);
}

// 01/May/2024:10:00, 1 May 2024 10:00, 01-May-24 10:00
bool DayFirst(TimestampScanner in, FoundTime* found) {
  if (!in.Number(1, 2, &found->day)) return false;
  const char separator = in.peek();
  if (separator != '-' && separator != '/' && separator != ' ' && separator != '.') return false;
  in.Take(separator);
  found->month = MonthOf(in.Letters());
  if (found->month == 0) return false;
  in.Take('.');
  if (!in.Take(separator) && !in.Take(' ')) return false;
  return TakeYear(in, &found->year) && TakeGap(in) && FindTimeOfDay(in, found);
}

// May  1 10:00:00 2024, May 1, 2024 10:00:00 AM, May 01 2024 10:00:00
bool MonthFirst(TimestampScanner in, FoundTime* found) {
  found->month = MonthOf(in.Letters());
  if (found->month == 0) return false;
  in.Take('.');
  if (kSpaces.find(in.peek()) == std::string_view::npos && in.peek() != '-') return false;
  in.Take('-');
  in.SkipBlanks();
  if (!in.Number(1, 2, &found->day)) return false;
  TimestampScanner with_year = in;
  with_year.Take(',');
  with_year.Take('-');
  with_year.SkipBlanks();
  if (TakeYear(with_year, &found->year) && with_year.peek() != ':' && TakeGap(with_year) &&
      FindTimeOfDay(with_year, found)) {
    return true;
  }
  found->year = -1;
  if (!TakeGap(in) || !FindTimeOfDay(in, found)) return false;
  in.SkipBlanks();
  int year = 0;
  if (in.Number(4, 4, &year) && year >= 1970 && year <= 2100 && in.peek() != ':') {
    found->year = year;
  }
  return true;
}

struct Form {
  bool (*take)(TimestampScanner in, FoundTime* found);
  bool by_number;  // It begins with a number, not with a word.
};
constexpr Form kForms[] = {
    {&YearFirst, true}, {&Compact, true}, {&DayFirst, true}, {&Numbers, true}, {&MonthFirst, false},
};

std::optional<Micros> MicrosOfFound(const FoundTime& found, int year, absl::TimeZone zone) {
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, found.month,
                                 found.day, found.hour, found.minute, found.second);
  if (!found.fraction.empty()) text += fmt::format(".{}", found.fraction);
  if (found.offset) {
    const int minutes = std::abs(*found.offset);
    text += fmt::format("{}{:02}:{:02}", *found.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  }
  return ParseTimestamp(text, zone);
}

std::optional<Micros> MicrosOfFound(const FoundTime& found, absl::TimeZone zone, double now) {
  if (found.year >= 0) return MicrosOfFound(found, found.year, zone);
  constexpr double kMostAhead = 2 * 86400;  // As MAX_DAYS_HENCE.
  if (!std::isfinite(now) || now <= 0 || now > 1e11) return std::nullopt;
  const absl::Time today = absl::FromUnixSeconds(static_cast<int64_t>(now));
  const auto this_year = static_cast<int>(zone.At(today).cs.year());
  // The 29th of February may be four years back, eight around 2100.
  for (int year = this_year + 1; year > this_year - 9; --year) {
    const std::optional<Micros> micros = MicrosOfFound(found, year, zone);
    if (!micros) continue;
    const double seconds = static_cast<double>(*micros) / static_cast<double>(kMicrosPerSecond);
    if (seconds <= now + kMostAhead) return micros;
  }
  return std::nullopt;
}

// Ten digits, from 2001 on; others behind them, with or without a point, are a fraction.
std::optional<Micros> EpochAt(std::string_view text) {
  size_t whole = 0;
  while (whole < text.size() && IsDigit(text[whole])) ++whole;
  constexpr size_t kSeconds = 10;
  constexpr size_t kMost = kSeconds + 9;
  if (whole < kSeconds || whole > kMost || text[0] != '1') return std::nullopt;
  size_t end = whole;
  if (whole == kSeconds && end < text.size() && text[end] == '.') {
    size_t behind = end + 1;
    while (behind < text.size() && behind < kMost + 1 && IsDigit(text[behind])) ++behind;
    if (behind > end + 1) end = behind;
  } else if (whole != kSeconds && whole != kSeconds + 3 && whole != kSeconds + 6 &&
             whole != kSeconds + 9) {
    return std::nullopt;
  }
  // Part of a longer name, or of an address.
  if (end < text.size() && (IsDigit(text[end]) || IsLetter(text[end]) || text[end] == '_')) {
    return std::nullopt;
  }
  return ParseTimestamp(text.substr(0, end), absl::UTCTimeZone());
}

}  // namespace

std::optional<Micros> FindTimestamp(std::string_view text, absl::TimeZone zone, double now) {
  for (size_t at = 0; at < text.size(); ++at) {
    // Within a number or a word none begins.
    const char before = at == 0 ? '\0' : text[at - 1];
    const bool digit = IsDigit(text[at]);
    if (!digit && !IsLetter(text[at])) continue;
    if (IsDigit(before) || IsLetter(before) || before == '_') continue;
    for (const Form& form : kForms) {
      if (form.by_number != digit) continue;
      FoundTime found;
      if (!form.take(TimestampScanner(text.substr(at)), &found)) continue;
      if (const std::optional<Micros> micros = MicrosOfFound(found, zone, now)) return micros;
    }
  }
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '1') continue;
    if (at > 0 && std::string_view(" \t,\"'=([|{#<").find(text[at - 1]) == std::string_view::npos) {
      continue;
    }
    if (const std::optional<Micros> micros = EpochAt(text.substr(at))) return micros;
  }
  return std::nullopt;
}

}  // namespace spelk
