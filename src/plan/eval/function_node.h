// The node of a running expression that calls a function.
#pragma once

#include "plan/eval/evaluator.h"

namespace spelk::plan {

// For a call whose function has `call`. A failure to prepare goes to the factory.
EvalNodePtr MakeFunctionNode(const Expr& expr, EvalFactory& factory);

}  // namespace spelk::plan
