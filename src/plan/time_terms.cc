// The table of names, and how their values are read (Search Reference, search, "Time options").
#include "plan/time_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "value/number.h"
#include "value/relative_time.h"
#include "value/time_format.h"

namespace spelk::plan {
namespace {

using Value = TimeTerm::Value;

constexpr TimeTerm kTerms[] = {
    {"earliest", true},
    {"latest", false},
    {"starttime", true, Value::kFormatted},
    {"endtime", false, Value::kFormatted},
    {"starttimeu", true, Value::kSeconds},
    {"endtimeu", false, Value::kSeconds},
    {"minutesago", true, Value::kAgo, "m"},
    {"hoursago", true, Value::kAgo, "h"},
    {"daysago", true, Value::kAgo, "d"},
    {"monthsago", true, Value::kAgo, "mon"},
    {"startminutesago", true, Value::kAgo, "m"},
    {"starthoursago", true, Value::kAgo, "h"},
    {"startdaysago", true, Value::kAgo, "d"},
    {"startmonthsago", true, Value::kAgo, "mon"},
    {"endminutesago", false, Value::kAgo, "m"},
    {"endhoursago", false, Value::kAgo, "h"},
    {"enddaysago", false, Value::kAgo, "d"},
    {"endmonthsago", false, Value::kAgo, "mon"},
};

constexpr std::array<std::string_view, 6> kRefused = {
    "searchtimespanminutes", "searchtimespanhours", "searchtimespandays",
    "searchtimespanmonths",  "_index_earliest",     "_index_latest"};

// Text by a format of strptime. The zone of the run is not known yet: what has none of its own is
// written as a date and a time of day again.
std::optional<std::string> Formatted(const std::string& text, const std::string& format) {
  const std::optional<double> seconds = ParseTime(text, format, absl::UTCTimeZone(), 0);
  if (!seconds) return std::nullopt;
  const bool absolute =
      format.find("%z") != std::string::npos || format.find("%:z") != std::string::npos ||
      format.find("%Z") != std::string::npos || format.find("%s") != std::string::npos;
  if (absolute) return fmt::format("{:.6f}", *seconds);
  return FormatTime(*seconds, "%m/%d/%Y:%H:%M:%S", absl::UTCTimeZone());
}

bool IsWholeNumber(const std::string& text) {
  constexpr size_t kMostDigits = 9;
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const TimeTerm* FindTimeTerm(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTerms), std::end(kTerms),
                                   [name](const TimeTerm& term) { return term.name == name; });
  return found == std::end(kTerms) ? nullptr : found;
}

bool IsRefusedTimeTerm(std::string_view name) {
  return std::find(kRefused.begin(), kRefused.end(), name) != kRefused.end();
}

std::optional<std::string> TimeTermText(const TimeTerm& term, const std::string& text,
                                        const std::string& format) {
  switch (term.value) {
    case Value::kFormatted:
      if (!format.empty()) return Formatted(text, format);
      [[fallthrough]];
    case Value::kModifier:
      if (!ParseTimeModifier(text, 0, absl::UTCTimeZone())) return std::nullopt;
      return text;
    case Value::kSeconds:
      if (!ParseNumber(text)) return std::nullopt;
      return text;
    case Value::kAgo:
      if (!IsWholeNumber(text)) return std::nullopt;
      return fmt::format("-{}{}", text, term.unit);
  }
  return std::nullopt;
}

std::string TimeTermUsage(const TimeTerm& term, const std::string& format) {
  switch (term.value) {
    case Value::kSeconds:
      return "use seconds since the epoch";
    case Value::kAgo:
      return "use a whole number";
    case Value::kFormatted:
      if (!format.empty()) return fmt::format("its form is that of timeformat, {}", format);
      break;
    case Value::kModifier:
      break;
  }
  return "use epoch seconds, now, -2h@h, or 10/19/2020:00:00:00";
}

}  // namespace spelk::plan
