// Times in texts, wherever they stand.
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "value/time_format.h"

namespace spelk {

// The first date with a time of day in a text: 2024-05-01 10:00:00, 2024/05/01 10:00,
// 05/01/2024 10:00:00 AM, 01/May/2024:10:00:00, 1 May 2024 10:00:00, May  1 10:00:00 (of syslog,
// without a year), Wed May 1 10:00:00 2024, 20240501T100000; with a fraction and a zone behind it
// if they are there. Otherwise the first number of seconds since the epoch, at the beginning or
// after a blank, a bracket, a quotation mark, `,`, `=`, `|` or `#`. Without a zone it is in `zone`;
// without a year it is in the last year in which it is not after `now` by more than two days; of a
// `now` of 0 nobody knows.
std::optional<Micros> FindTimestamp(std::string_view text, absl::TimeZone zone, double now);

}  // namespace spelk
