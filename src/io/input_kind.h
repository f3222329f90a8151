// What an input is that holds no events, told by its first bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spelk::io {

// How much of an input is looked at.
inline constexpr size_t kLookedAt = 4096;

// False if the input cannot be a feed of events from its first line on: that is no `{…}`. `start`
// is the beginning of the input, kLookedAt bytes of it or all.
bool BeginsWithEvent(std::string_view start);

// "it is a JSON array; `jq -c '.[]' a.json` writes one object a line": what the input seems to be,
// and what makes events of it. `path` is "-" for what has no name.
std::string DescribeStart(std::string_view start, std::string_view path);

}  // namespace spelk::io
