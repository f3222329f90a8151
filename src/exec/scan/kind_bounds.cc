// Bounds of AND, OR and NOT out of those of their operands.
#include "exec/scan/kind_bounds.h"

#include <utility>
#include <vector>

namespace spelk::exec {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

namespace {

// What each operand must have a bound for, or else the whole has none: an OR for what it needs, an
// AND for what is enough.
bool NeedsAll(ExprKind kind, Bound bound) {
  return (kind == ExprKind::kOr) == (bound == Bound::kNeeded);
}

ExprPtr OfOperands(const Expr& condition, Bound bound, const IsExact& is_exact) {
  std::vector<ExprPtr> bounds;
  for (const ExprPtr& argument : condition.arguments) {
    ExprPtr one = BoundOf(*argument, bound, is_exact);
    if (one != nullptr) {
      bounds.push_back(std::move(one));
    } else if (NeedsAll(condition.kind, bound)) {
      return nullptr;
    }
  }
  return bounds.empty() ? nullptr : plan::MakeLogical(condition.kind, std::move(bounds));
}

}  // namespace

ExprPtr BoundOf(const Expr& condition, Bound bound, const IsExact& is_exact) {
  if (is_exact(condition)) return plan::Copy(condition);
  switch (condition.kind) {
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return OfOperands(condition, bound, is_exact);
    // True of what is not true: not met by what is enough for the operand.
    case ExprKind::kNot: {
      const Bound inverse = bound == Bound::kNeeded ? Bound::kEnough : Bound::kNeeded;
      ExprPtr operand = BoundOf(*condition.arguments[0], inverse, is_exact);
      return operand == nullptr ? nullptr : plan::MakeNot(std::move(operand));
    }
    default:
      return nullptr;
  }
}

}  // namespace spelk::exec
