// Running nodes of the search command's predicates.
#pragma once

#include <memory>

#include "plan/eval/evaluator.h"

namespace spelk::plan {

// For kMatch, kMatchAny, kTupleIn, kTerm and kTimeRange.
EvalNodePtr MakeSearchNode(const Expr& expr, EvalFactory& factory);

}  // namespace spelk::plan
