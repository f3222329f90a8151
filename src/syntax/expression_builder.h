// Which operator binds how tightly: from a flat chain of operands and operators to a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.h"

namespace spelk::syntax {

// Operators of expressions, loosest first within each row of the table in the .cc.
enum class Operator : uint8_t {
  kXor,
  kOr,
  kAnd,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kLike,
  kIn,
  kNotIn,
  kAdd,
  kSubtract,
  kConcatenate,
  kMultiply,
  kDivide,
  kRemainder,
  kMinus,  // Before an operand.
  kPlus,
};

// One part of a chain, in the order written.
struct ChainPart {
  enum class Kind : uint8_t { kPrefix, kOperand, kInfix };
  Kind kind = Kind::kOperand;
  Operator op = Operator::kXor;
  Span span;
  ast::ExprPtr operand;              // kOperand
  std::vector<ast::ExprPtr> values;  // Of kIn and kNotIn; no operand follows these.
};

struct ChainError {
  Span span;
  std::string message;
};

// Null, with `error` filled in, for a chain that means nothing: `1 - NOT x`, `a=b=c`. The work and
// the depth of the result are bounded by the number of prefixes, not by the length of the chain.
ast::ExprPtr BuildExpression(std::vector<ChainPart> chain, ChainError* error);

}  // namespace spelk::syntax
