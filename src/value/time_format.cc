// strftime and strptime as Splunk has them (Search Reference, "Date and time format variables").
#include "value/time_format.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "absl/time/civil_time.h"

namespace spelk {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr size_t kMostText = 64U << 10U;  // Of a formatted time; a longer format gives nothing.
constexpr Micros kFirst = -62'135'596'800 * kMicrosPerSecond;  // Year 1
constexpr Micros kLast = 253'402'300'800 * kMicrosPerSecond;   // Year 10000

int WeekdayNumber(absl::CivilDay day) {
  // absl counts from Monday.
  return (static_cast<int>(absl::GetWeekday(day)) + 1) % 7;
}

// ISO 8601: the week that holds the year's first Thursday is week 1.
struct IsoWeek {
  int64_t year;
  int week;
};
IsoWeek IsoWeekOf(absl::CivilDay day) {
  const int weekday = (WeekdayNumber(day) + 6) % 7;  // Monday is 0.
  const absl::CivilDay thursday = day + (3 - weekday);
  return {thursday.year(), (absl::GetYearDay(thursday) - 1) / 7 + 1};
}

// One time, taken apart.
struct Moment {
  absl::CivilSecond civil;
  int64_t micros = 0;   // Of the second.
  int64_t seconds = 0;  // Since the epoch, rounded down.
  int offset = 0;       // Of the zone, in seconds.
  std::string zone;
};

std::optional<Moment> MomentOf(double seconds, absl::TimeZone zone) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > 1e12) return std::nullopt;
  const auto total = static_cast<Micros>(std::llround(seconds * 1e6));
  if (total < kFirst || total >= kLast) return std::nullopt;
  Moment moment;
  moment.micros = ((total % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
  moment.seconds = (total - moment.micros) / kMicrosPerSecond;
  const absl::TimeZone::CivilInfo info = zone.At(absl::FromUnixSeconds(moment.seconds));
  moment.civil = info.cs;
  moment.offset = info.offset;
  moment.zone = info.zone_abbr;
  return moment;
}

std::string OffsetText(int offset, int colons) {
  const char sign = offset < 0 ? '-' : '+';
  const int size = std::abs(offset);
  const int hours = size / 3600;
  const int minutes = size / 60 % 60;
  switch (colons) {
    case 0:
      return fmt::format("{}{:02}{:02}", sign, hours, minutes);
    case 1:
      return fmt::format("{}{:02}:{:02}", sign, hours, minutes);
    case 2:
      return fmt::format("{}{:02}:{:02}:{:02}", sign, hours, minutes, size % 60);
    default:
      return fmt::format("{}{:02}", sign, hours);
  }
}

// The digits of the fraction of a second.
std::string Fraction(int64_t micros, size_t digits) {
  std::string text = fmt::format("{:06}000", micros);
  text.resize(digits, '0');
  return text;
}

// A conversion of a format: %[width or colons or E]letter.
struct Conversion {
  char letter = 0;
  size_t width = 0;
  int colons = 0;
  bool extended = false;
  bool fraction_follows = false;  // %N, %Q or %f stands right after it.
};

// Reads the conversion after a '%' at *at; false at the end of the format.
bool NextConversion(std::string_view format, size_t* at, Conversion* conversion) {
  size_t i = *at;
  while (i < format.size() && format[i] == ':') {
    ++conversion->colons;
    ++i;
  }
  if (i < format.size() && format[i] >= '1' && format[i] <= '9' && conversion->colons == 0) {
    conversion->width = static_cast<size_t>(format[i++] - '0');
  }
  if (i + 1 < format.size() && format[i] == 'E' && format[i + 1] == 'z') {
    conversion->extended = true;
    ++i;
  }
  if (i >= format.size()) return false;
  conversion->letter = format[i];
  *at = i + 1;
  return true;
}

std::string FormatOne(const Conversion& c, const Moment& m, absl::TimeZone zone) {
  const absl::CivilDay day(m.civil);
  const int hour12 = m.civil.hour() % 12 == 0 ? 12 : m.civil.hour() % 12;
  const auto month = static_cast<size_t>(m.civil.month() - 1);
  const auto weekday = static_cast<size_t>(WeekdayNumber(day));
  const double seconds = static_cast<double>(m.seconds);
  const auto nested = [&](std::string_view format) {
    return FormatTime(seconds, format, zone).value_or("");
  };
  switch (c.letter) {
    case 'Y':
      return fmt::format("{:04}", m.civil.year());
    case 'y':
      return fmt::format("{:02}", m.civil.year() % 100);
    case 'C':
      return fmt::format("{:02}", m.civil.year() / 100);
    case 'G':
      return fmt::format("{:04}", IsoWeekOf(day).year);
    case 'g':
      return fmt::format("{:02}", IsoWeekOf(day).year % 100);
    case 'V':
      return fmt::format("{:02}", IsoWeekOf(day).week);
    case 'U':
      return fmt::format("{:02}", (absl::GetYearDay(day) + 6 - static_cast<int>(weekday)) / 7);
    case 'W':
      return fmt::format("{:02}",
                         (absl::GetYearDay(day) + 6 - (static_cast<int>(weekday) + 6) % 7) / 7);
    case 'm':
      return fmt::format("{:02}", m.civil.month());
    case 'b':
    case 'h':
      return std::string(kMonths[month].substr(0, 3));
    case 'B':
      return std::string(kMonths[month]);
    case 'd':
      return fmt::format("{:02}", m.civil.day());
    case 'e':
      return fmt::format("{:2}", m.civil.day());
    case 'j':
      return fmt::format("{:03}", absl::GetYearDay(day));
    case 'a':
      return std::string(kDays[weekday].substr(0, 3));
    case 'A':
      return std::string(kDays[weekday]);
    case 'w':
      return fmt::format("{}", weekday);
    case 'u':
      return fmt::format("{}", weekday == 0 ? 7 : weekday);
    case 'F':
      return nested("%Y-%m-%d");
    case 'T':
      return nested("%H:%M:%S");
    case 'R':
      return nested("%H:%M");
    case 'D':
      return nested("%m/%d/%y");
    case 'H':
      return fmt::format("{:02}", m.civil.hour());
    case 'k':
      return fmt::format("{:2}", m.civil.hour());
    case 'I':
      return fmt::format("{:02}", hour12);
    case 'l':
      return fmt::format("{:2}", hour12);
    case 'p':
      return m.civil.hour() < 12 ? "AM" : "PM";
    case 'M':
      return fmt::format("{:02}", m.civil.minute());
    case 'S':
      return fmt::format("{:02}", m.civil.second());
    case 's':
      return fmt::format("{}", m.seconds);
    case 'N':
      return Fraction(m.micros, c.width == 0 ? 9 : c.width);
    case 'Q':
    case 'q':
      return Fraction(m.micros, c.width == 0 ? 3 : c.width);
    case 'f':
      return Fraction(m.micros, 6);
    case 'z':
      return c.extended ? fmt::format("{}{}", m.offset < 0 ? "-" : "+", std::abs(m.offset) / 60)
                        : OffsetText(m.offset, c.colons);
    case 'Z':
      return m.zone;
    case 'c':
      return nested("%a %b %e %H:%M:%S %Y");
    case '+':
      return nested("%a %b %e %H:%M:%S %Z %Y");
    case 'x':
      return fmt::format("{}/{}/{}", m.civil.month(), m.civil.day(), m.civil.year());
    case 'X':
      return fmt::format("{}:{:02}:{:02}", m.civil.hour(), m.civil.minute(), m.civil.second());
    case 'n':
      return "\n";
    case 't':
      return "\t";
    case '%':
      return "%";
    default:
      return std::string("%") + c.letter;  // As it stands.
  }
}

// ---------------------------------------------------------------- parsing

struct ParsedTime {
  std::optional<int> year, month, day, year_day, hour, hour12, minute, second, week, weekday;
  std::optional<bool> afternoon;
  std::optional<int64_t> epoch;
  std::optional<int> offset;
  double fraction = 0;

  // Whether there is anything to make a time of.
  bool StatesTime() const {
    return year || month || day || year_day || hour || hour12 || minute || second;
  }
};

bool TakeChar(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\n')) {
    text.remove_prefix(1);
  }
}

std::optional<int64_t> TakeDigits(std::string_view& text, size_t most) {
  size_t n = 0;
  int64_t value = 0;
  while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9')
    value = value * 10 + (text[n++] - '0');
  if (n == 0) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

bool TakeNumber(std::string_view& text, size_t digits, int least, int most,
                std::optional<int>* target) {
  SkipBlanks(text);
  const std::optional<int64_t> value = TakeDigits(text, digits);
  if (!value || *value < least || *value > most) return false;
  *target = static_cast<int>(*value);
  return true;
}

bool StartsWithWord(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((text[i] | 0x20) != (word[i] | 0x20)) return false;
  }
  return true;
}

// A name in full or by its first three letters.
template <size_t N>
std::optional<int> TakeName(std::string_view& text, const std::array<std::string_view, N>& names) {
  for (const bool full : {true, false}) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view name = full ? names[i] : names[i].substr(0, 3);
      if (!StartsWithWord(text, name)) continue;
      text.remove_prefix(name.size());
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

bool TakeFraction(std::string_view& text, size_t most, double* fraction) {
  double scale = 0.1;
  double value = 0;
  size_t n = 0;
  for (; n < text.size() && n < most && text[n] >= '0' && text[n] <= '9'; ++n, scale /= 10) {
    value += (text[n] - '0') * scale;
  }
  if (n == 0) return false;
  text.remove_prefix(n);
  *fraction = value;
  return true;
}

bool TakeOffset(std::string_view& text, std::optional<int>* offset) {
  if (TakeChar(text, 'Z') || TakeChar(text, 'z')) {
    *offset = 0;
    return true;
  }
  if (StartsWithWord(text, "UTC") || StartsWithWord(text, "GMT")) {
    text.remove_prefix(3);
    *offset = 0;
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return true;
  }
  const bool negative = text.starts_with('-');
  if (!negative && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  const std::optional<int64_t> hours = TakeDigits(text, 2);
  if (!hours) return false;
  const bool colon = TakeChar(text, ':');
  const std::optional<int64_t> minutes = TakeDigits(text, 2);
  if (colon && !minutes) return false;
  if (minutes && TakeChar(text, ':')) (void)TakeDigits(text, 2);
  const int size = static_cast<int>(*hours * 3600 + minutes.value_or(0) * 60);
  *offset = negative ? -size : size;
  return size <= 24 * 3600;
}

// The common abbreviations; others are accepted and say nothing.
bool TakeZoneName(std::string_view& text, std::optional<int>* offset) {
  constexpr std::pair<std::string_view, double> kZones[] = {
      {"UTC", 0},   {"GMT", 0},   {"Z", 0},     {"EST", -5}, {"EDT", -4},   {"CST", -6},
      {"CDT", -5},  {"MST", -7},  {"MDT", -6},  {"PST", -8}, {"PDT", -7},   {"AKST", -9},
      {"AKDT", -8}, {"HST", -10}, {"AST", -4},  {"ADT", -3}, {"NST", -3.5}, {"NDT", -2.5},
      {"WET", 0},   {"WEST", 1},  {"BST", 1},   {"CET", 1},  {"CEST", 2},   {"EET", 2},
      {"EEST", 3},  {"MSK", 3},   {"SAST", 2},  {"EAT", 3},  {"PKT", 5},    {"IST", 5.5},
      {"HKT", 8},   {"AWST", 8},  {"JST", 9},   {"KST", 9},  {"ACST", 9.5}, {"ACDT", 10.5},
      {"AEST", 10}, {"AEDT", 11}, {"NZST", 12}, {"NZDT", 13}};
  size_t n = 0;
  while (n < text.size() && ((text[n] | 0x20) >= 'a' && (text[n] | 0x20) <= 'z')) ++n;
  if (n == 0) return TakeOffset(text, offset);
  for (const auto& [name, hours] : kZones) {
    if (text.substr(0, n) == name) *offset = static_cast<int>(hours * 3600);
  }
  text.remove_prefix(n);
  return true;
}

bool ParseFormat(std::string_view& text, std::string_view format, ParsedTime* parsed, int depth);

bool ParseConversion(const Conversion& c, std::string_view& text, ParsedTime* p, int depth) {
  const auto nested = [&](std::string_view format) {
    return depth < 2 && ParseFormat(text, format, p, depth + 1);
  };
  switch (c.letter) {
    case 'Y':
      return TakeNumber(text, 4, 0, 9999, &p->year);
    case 'y':
      if (!TakeNumber(text, 2, 0, 99, &p->year)) return false;
      p->year = *p->year + (*p->year < 69 ? 2000 : 1900);
      return true;
    case 'm':
      return TakeNumber(text, 2, 1, 12, &p->month);
    case 'b':
    case 'B':
    case 'h': {
      const std::optional<int> month = TakeName(text, kMonths);
      if (month) p->month = *month + 1;
      return month.has_value();
    }
    case 'd':
    case 'e':
      return TakeNumber(text, 2, 1, 31, &p->day);
    case 'j':
      return TakeNumber(text, 3, 1, 366, &p->year_day);
    case 'a':
    case 'A':
      return (p->weekday = TakeName(text, kDays)).has_value();
    case 'w':
      return TakeNumber(text, 1, 0, 6, &p->weekday);
    case 'U':
    case 'V':
    case 'W':
      return TakeNumber(text, 2, 0, 53, &p->week);
    case 'H':
    case 'k':
      return TakeNumber(text, 2, 0, 23, &p->hour);
    case 'I':
    case 'l':
      return TakeNumber(text, 2, 1, 12, &p->hour12);
    case 'p':
      if (!StartsWithWord(text, "AM") && !StartsWithWord(text, "PM")) return false;
      p->afternoon = (text.front() | 0x20) == 'p';
      text.remove_prefix(2);
      return true;
    case 'M':
      return TakeNumber(text, 2, 0, 59, &p->minute);
    case 'S':
      return TakeNumber(text, 2, 0, 60, &p->second);
    case 's': {
      const bool negative = TakeChar(text, '-');
      const std::optional<int64_t> epoch = TakeDigits(text, c.fraction_follows ? 10 : 15);
      if (epoch) p->epoch = negative ? -*epoch : *epoch;
      return epoch.has_value();
    }
    case 'N':
    case 'Q':
    case 'q':
      return TakeFraction(text, c.width == 0 ? 9 : c.width, &p->fraction);
    case 'f':
      return TakeFraction(text, 6, &p->fraction);
    case 'z':
      return TakeOffset(text, &p->offset);
    case 'Z':
      return TakeZoneName(text, &p->offset);
    case 'F':
      return nested("%Y-%m-%d");
    case 'T':
      return nested("%H:%M:%S");
    case 'R':
      return nested("%H:%M");
    case 'D':
      return nested("%m/%d/%y");
    case 'c':
      return nested("%a %b %e %H:%M:%S %Y");
    case '+':
      return nested("%a %b %e %H:%M:%S %Z %Y");
    case 'x':
      return nested("%m/%d/%Y");
    case 'X':
      return nested("%H:%M:%S");
    case 'n':
    case 't':
      SkipBlanks(text);
      return true;
    case '%':
      return TakeChar(text, '%');
    default:
      return TakeChar(text, '%') && TakeChar(text, c.letter);
  }
}

bool StartsWithFraction(std::string_view format) {
  Conversion conversion;
  size_t at = 1;
  return format.starts_with('%') && NextConversion(format, &at, &conversion) &&
         std::string_view("NQqf").find(conversion.letter) != std::string_view::npos;
}

bool ParseFormat(std::string_view& text, std::string_view format, ParsedTime* parsed, int depth) {
  for (size_t at = 0; at < format.size();) {
    const char c = format[at++];
    if (c == '%') {
      Conversion conversion;
      if (!NextConversion(format, &at, &conversion)) return TakeChar(text, '%');
      conversion.fraction_follows = StartsWithFraction(format.substr(at));
      if (!ParseConversion(conversion, text, parsed, depth)) return false;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      SkipBlanks(text);
    } else if (c == '.' && !text.starts_with('.') && StartsWithFraction(format.substr(at))) {
      // A second without a fraction (strptime, extended example).
      Conversion fraction;
      ++at;
      (void)NextConversion(format, &at, &fraction);
    } else if (!TakeChar(text, c)) {
      return false;
    }
  }
  return true;
}

std::optional<absl::CivilDay> DateOf(const ParsedTime& p, absl::CivilDay today) {
  if (p.year_day) {
    const absl::CivilDay day =
        absl::CivilDay(p.year.value_or(static_cast<int>(today.year())), 1, 1) + (*p.year_day - 1);
    return day;
  }
  if (!p.year && !p.month && !p.day) return today;
  if (!p.day) return std::nullopt;  // A date needs a day.
  const int64_t year = p.year ? *p.year : today.year();
  const int month = p.month ? *p.month : today.month();
  const absl::CivilDay day(year, month, *p.day);
  if (day.month() != month) return std::nullopt;  // 31 February.
  return day;
}

}  // namespace

absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name) {
  if (name == "local") return absl::LocalTimeZone();
  if (name.starts_with('+') || name.starts_with('-')) {
    std::optional<int> offset;
    std::string_view rest = name;
    if (TakeOffset(rest, &offset) && rest.empty()) return absl::FixedTimeZone(*offset);
  }
  absl::TimeZone zone;
  if (absl::LoadTimeZone(std::string(name), &zone)) return zone;
  // Without a database no name is known, not even one that every database has.
  absl::TimeZone london;
  if (!absl::LoadTimeZone("Europe/London", &london)) {
    return absl::InvalidArgumentError(fmt::format(
        "there is no time zone \"{}\", as there is no database of them, neither in "
        "/usr/share/zoneinfo nor in a folder that TZDIR names; write UTC, or an offset: +02:00",
        name));
  }
  return absl::InvalidArgumentError(fmt::format(
      "there is no time zone \"{}\"; write UTC, local, +02:00 or a name such as Europe/Berlin",
      name));
}

std::optional<std::string> FormatTime(double seconds, std::string_view format,
                                      absl::TimeZone zone) {
  const std::optional<Moment> moment = MomentOf(seconds, zone);
  if (!moment) return std::nullopt;
  std::string out;
  for (size_t at = 0; at < format.size();) {
    const char c = format[at++];
    Conversion conversion;
    if (c != '%' || !NextConversion(format, &at, &conversion)) {
      out += c;
    } else {
      out += FormatOne(conversion, *moment, zone);
    }
    if (out.size() > kMostText) return std::nullopt;
  }
  return out;
}

std::optional<double> ParseTime(std::string_view text, std::string_view format, absl::TimeZone zone,
                                double now, bool allow_rest) {
  ParsedTime parsed;
  if (!ParseFormat(text, format, &parsed, 0)) return std::nullopt;
  if (!allow_rest && !text.empty()) return std::nullopt;
  if (parsed.epoch) return static_cast<double>(*parsed.epoch) + parsed.fraction;
  if (!parsed.StatesTime()) return std::nullopt;
  const absl::TimeZone own = parsed.offset ? absl::FixedTimeZone(*parsed.offset) : zone;
  const double usable_now = std::isfinite(now) && std::fabs(now) < 1e12 ? now : 0;
  const absl::CivilDay today =
      absl::ToCivilDay(absl::FromUnixSeconds(static_cast<int64_t>(usable_now)), own);
  const std::optional<absl::CivilDay> day = DateOf(parsed, today);
  if (!day) return std::nullopt;
  int hour = parsed.hour.value_or(0);
  if (parsed.hour12) hour = *parsed.hour12 % 12 + (parsed.afternoon.value_or(false) ? 12 : 0);
  const absl::CivilSecond civil(day->year(), day->month(), day->day(), hour,
                                parsed.minute.value_or(0), parsed.second.value_or(0));
  // A time that the clocks skip is as far behind the change as it says: 02:30 is then 03:30.
  return static_cast<double>(absl::ToUnixSeconds(own.At(civil).pre)) + parsed.fraction;
}

std::string ReadableTime(double seconds, absl::TimeZone zone) {
  const auto micros = std::isfinite(seconds) && std::fabs(seconds) < 1e12
                          ? static_cast<Micros>(std::llround(seconds * 1e6))
                          : 0;
  const int64_t fraction = ((micros % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
  const std::string_view format = fraction == 0          ? "%Y-%m-%d %H:%M:%S"
                                  : fraction % 1000 == 0 ? "%Y-%m-%d %H:%M:%S.%3N"
                                                         : "%Y-%m-%d %H:%M:%S.%6N";
  return FormatTime(seconds, format, zone).value_or(fmt::format("{}", seconds));
}

}  // namespace spelk
