// mvfilter() and mvmap(): an expression evaluated for each value of a multivalue.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/eval/evaluator.h"
#include "plan/expr.h"

namespace spelk::functions {

// mvfilter(predicate): the predicate reads one field, whose values are kept where it is true.
std::unique_ptr<plan::EvalNode> MakeMvfilter(const plan::Expr& call, plan::EvalFactory& factory);
std::string CheckMvfilter(std::span<const plan::ExprPtr> arguments);
void ArrangeMvfilter(std::vector<plan::ExprPtr>* arguments);

// mvmap(mv, expression): the first argument is a field or computed from one field; in the
// expression that field stands for one value after the other, other fields for what they are.
std::unique_ptr<plan::EvalNode> MakeMvmap(const plan::Expr& call, plan::EvalFactory& factory);
std::string CheckMvmap(std::span<const plan::ExprPtr> arguments);
void ArrangeMvmap(std::vector<plan::ExprPtr>* arguments);

}  // namespace spelk::functions
