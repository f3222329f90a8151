// How a terminal is told of bold and pale text.
#pragma once

#include <string_view>

namespace spelk::io {

inline constexpr std::string_view kBold = "\x1b[1m";
inline constexpr std::string_view kDim = "\x1b[2m";
inline constexpr std::string_view kPlain = "\x1b[0m";

}  // namespace spelk::io
