// By the types of nodes, and by what they hold.
#include "engine/why/stage_conditions.h"

#include "plan/nodes.h"

namespace spelk::engine {

bool Writes(const plan::Node& root) {
  bool writes = false;
  plan::ForEachNode(root, [&writes](const plan::Node& node) {
    writes = writes || !node.GetDataflow().writes_table.empty();
  });
  plan::ForEachHeldPlan(
      root, [&writes](const plan::Node& held, plan::Held) { writes = writes || Writes(held); });
  return writes;
}

// The conditions that must all hold.
void AddClauses(const plan::Expr& predicate, std::vector<const plan::Expr*>* clauses) {
  if (predicate.kind != plan::ExprKind::kAnd) return clauses->push_back(&predicate);
  for (const plan::ExprPtr& argument : predicate.arguments) AddClauses(*argument, clauses);
}

const plan::ExprPtr* PredicateOf(const plan::Node& node) {
  if (const auto* scan = plan::TryAs<plan::ScanNode>(&node)) {
    return scan->predicate == nullptr ? nullptr : &scan->predicate;
  }
  const auto* filter = plan::TryAs<plan::FilterNode>(&node);
  return filter == nullptr ? nullptr : &filter->predicate;
}

// Conditions on rows of a command that is more than that: transaction, inputlookup.
std::vector<plan::ExprPtr*> ConditionsOf(plan::Node& node) {
  std::vector<plan::ExprPtr*> conditions;
  if (PredicateOf(node) != nullptr || plan::TryAs<plan::ExtendNode>(&node) != nullptr ||
      plan::TryAs<plan::AggregateNode>(&node) != nullptr) {
    return conditions;
  }
  node.VisitExpressions([&](plan::ExprPtr& expr) {
    if (expr->type == plan::Type::kBoolean) conditions.push_back(&expr);
  });
  return conditions;
}

}  // namespace spelk::engine
