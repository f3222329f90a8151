// Bounds: what the kind of an event alone says of a condition.
#pragma once

#include <functional>

#include "plan/expr.h"

namespace spelk::exec {

enum class Bound : uint8_t {
  kNeeded,  // True wherever the condition is: where it is not, the condition need not be asked.
  kEnough,  // The condition is true wherever this is.
};

using IsExact = std::function<bool(const plan::Expr& expr)>;

// Made of the parts that are exact, as `is_exact` says of each: they can be told of the kind. Null
// if these say nothing: what is needed is always met, or nothing is enough.
plan::ExprPtr BoundOf(const plan::Expr& condition, Bound bound, const IsExact& is_exact);

}  // namespace spelk::exec
