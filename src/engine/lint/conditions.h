// What rules about conditions share.
#pragma once

#include <string_view>

#include "engine/lint/rule.h"

namespace spelk::engine::lint {

// So many conditions are compared with each other; a longer list was made by a program.
inline constexpr size_t kMostCompared = 400;

// Whether a field often has several values in one event.
bool MayHaveSeveral(std::string_view field);
// As the search command compares: case ignored, numbers by value.
bool SameValue(std::string_view a, std::string_view b);
// Whether rows are events there: no command before has put several together.
bool AmongEvents(const Visit& visit);
bool InParentheses(const Visit& visit, Span span);

}  // namespace spelk::engine::lint
