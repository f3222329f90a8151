// mvrange(): numbers, or times along the calendar, from one to another.
#pragma once

#include <span>

#include "plan/eval/call.h"

namespace spelk::functions {

// start, end and perhaps a step: a number, or a text such as "7d". The end is left out.
Value Mvrange(plan::Call& call, std::span<const Value> arguments);

}  // namespace spelk::functions
