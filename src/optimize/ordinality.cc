// Numbering of rows below expressions that differ from row to row.
#include <algorithm>
#include <utility>

#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

bool DiffersByRow(const plan::Expr& expr) {
  if (expr.kind == plan::ExprKind::kCall && expr.function->stability == plan::Stability::kRow) {
    return true;
  }
  return std::any_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const plan::ExprPtr& argument) { return DiffersByRow(*argument); });
}

bool DiffersByRow(plan::Node& node) {
  bool differs = false;
  node.VisitExpressions([&](plan::ExprPtr& expr) { differs = differs || DiffersByRow(*expr); });
  return differs;
}

}  // namespace

absl::Status NumberRows(plan::NodePtr* root, const OptimizeContext&) {
  for (plan::Node* node : plan::ChainOf(**root)) {
    if (node->input == nullptr || plan::TryAs<plan::OrdinalityNode>(node->input.get()) != nullptr) {
      continue;
    }
    if (!DiffersByRow(*node)) continue;
    auto numbers = plan::Make<plan::OrdinalityNode>(node->span);
    numbers->input = std::move(node->input);
    node->input = std::move(numbers);
  }
  return absl::OkStatus();
}

}  // namespace spelk::optimize
