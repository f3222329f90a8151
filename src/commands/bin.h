// bin, as other commands use it.
#pragma once

#include <string>

#include "commands/entry.h"

namespace spelk::commands {

// The begin of a span as a value: an integer where it is one.
Value TimeValue(double seconds);

// Puts times into spans. An empty width is chosen for the search's range of time, or that of the
// rows: one of 1s 5s 10s 30s 1m 5m 10m 30m 1h 1d 30d of which at most 100 cover it.
plan::NodePtr MakeTimeBin(Span span, Field time, std::string width);

}  // namespace spelk::commands
