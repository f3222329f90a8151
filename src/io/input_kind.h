// What an input is that holds no events, told by its first bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spelk::io {

// How much of an input is looked at.
inline constexpr size_t kLookedAt = 4096;

// True if the first line is an event, or if there is none so far. `start` is the beginning of the
// input, kLookedAt bytes of it or all; of a line that is longer nobody knows, so it is false.
bool BeginsWithEvent(std::string_view start);

// Begins as a format does that is no text, or as XML that holds no Windows events.
bool IsKnownMagic(std::string_view start);
bool IsXml(std::string_view start);

// "it is Parquet; convert it to NDJSON, with DuckDB for example": what the input seems to be,
// and what makes events of it. `path` is "-" for what has no name.
std::string DescribeStart(std::string_view start, std::string_view path);

}  // namespace spelk::io
