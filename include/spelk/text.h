// spelk/text.h: text for people. Standard library only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spelk {

// Text that a terminal may get: control characters, and what turns the direction of text, are shown
// as escapes. Newlines and tabs stay.
std::string ForTerminal(std::string_view text);
// Likewise, on one line: for messages that quote what somebody wrote.
std::string Printable(std::string_view text);

// The names that differ from `name` by little, the nearest first: for "did you mean".
std::vector<std::string_view> NearestNames(std::string_view name,
                                           const std::vector<std::string_view>& names);

}  // namespace spelk
