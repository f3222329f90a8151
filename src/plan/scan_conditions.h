// Conditions that a scan gets beside those of the search.
#pragma once

#include <cstdint>
#include <string>

#include "plan/expr.h"
#include "plan/nodes.h"

namespace spelk::plan {

// True for events whose time lies in a range; `earliest` and `latest` are time modifiers as
// searches write them, empty where the range is open.
ExprPtr MakeTimeRange(Field time, std::string earliest, std::string latest);

// Events must meet the condition as well, which stands after those of the search or before them.
enum class Placed : uint8_t { kLast, kFirst };
void AddCondition(ExprPtr condition, ScanNode* scan, Placed placed = Placed::kLast);

}  // namespace spelk::plan
