// The operands of an expression, for whoever walks the tree.
#pragma once

#include <variant>

#include "base/overloaded.h"
#include "syntax/ast.h"

namespace spelk::ast {

// Calls `take` with each operand, in the order of the text. Names, constants and subsearches have
// none.
template <class Take>
void ForEachOperand(const Expr& expr, const Take& take) {
  const auto all = [&take](const std::vector<ExprPtr>& operands) {
    for (const ExprPtr& operand : operands) take(*operand);
  };
  std::visit(Overloaded{[&](const FunctionCall& call) { all(call.arguments); },
                        [&](const ArithmeticChain& chain) { all(chain.operands); },
                        [&](const Negation& negation) { take(*negation.operand); },
                        [&](const Comparison& comparison) {
                          take(*comparison.left);
                          take(*comparison.right);
                        },
                        [&](const LikeOperator& like) {
                          take(*like.left);
                          take(*like.pattern);
                        },
                        [&](const InOperator& in) {
                          take(*in.operand);
                          all(in.values);
                        },
                        [&](const NotOperator& negation) { take(*negation.operand); },
                        [&](const LogicalList& list) { all(list.operands); }, [](const auto&) {}},
             expr.node);
}

}  // namespace spelk::ast
