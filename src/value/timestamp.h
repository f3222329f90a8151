// Timestamps of events: the forms that feeds write times in.
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "value/time_format.h"

namespace spelk {

// Epoch seconds or milliseconds as number text (a whole number of 12 or 13 digits is milliseconds,
// of 15 or 16 microseconds, of 18 or 19 nanoseconds), ISO 8601 and RFC 3339 (`T` or a blank, `Z`,
// `+hh:mm`,
// `+hhmm`, `+hh`, any number of fraction digits, `,` or `.`), Windows' `MM/DD/YYYY hh:mm:ss[.fff]
// [AM|PM]` and `YYYY/MM/DD hh:mm:ss`, PowerShell's `/Date(milliseconds)/`. Text without a zone is
// in `zone`. A date alone is its midnight. Nothing for any other text, for impossible dates, and
// for times outside years 1 to 9999.
std::optional<Micros> ParseTimestamp(std::string_view text, absl::TimeZone zone);

}  // namespace spelk
