// Events for micro benchmarks: the same bytes in every run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spelk::bench {

// A few thousand tidy events as NDJSON, with slack behind them for readers that look ahead.
std::string_view Feed();
// Its lines, without newlines.
const std::vector<std::string_view>& Lines();
// Paths of programs and command lines, as fields of such events hold them.
const std::vector<std::string>& Paths();

}  // namespace spelk::bench
