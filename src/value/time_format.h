// Time as text: strftime and strptime variables of Splunk, and zones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace spelk {

// Times are microseconds since the epoch, rounded to nearest from finer text.
using Micros = int64_t;

constexpr Micros kMicrosPerSecond = 1'000'000;

// "UTC", "Europe/Berlin", "+02:00", "local". InvalidArgument names the zone.
absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name);

// Search Reference, "Date and time format variables". `seconds` as eval holds it (a fraction
// counts). A time that has no calendar date (not finite, beyond year 9999 or before year 0) gives
// nothing.
std::optional<std::string> FormatTime(double seconds, std::string_view format, absl::TimeZone zone);

// The reverse, in seconds. The whole format must match at the text's begin; text left over is
// accepted only if `allow_rest`. A date needs a day; a format without a date takes the day of `now`
// (in `zone`). Text without a zone is in `zone`. Nothing if the text does not fit, or if the format
// asks for neither a date nor a time of day.
std::optional<double> ParseTime(std::string_view text, std::string_view format, absl::TimeZone zone,
                                double now, bool allow_rest = false);

// _time as people read it: "2020-09-14 08:05:46.123" (fraction only if there is one; 3 digits or
// 6).
std::string ReadableTime(double seconds, absl::TimeZone zone);

}  // namespace spelk
