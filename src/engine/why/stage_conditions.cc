// By the types of nodes, and by what they hold.
#include "engine/why/stage_conditions.h"

#include <algorithm>
#include <optional>

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

void AddInexactParts(const plan::Expr& expr, bool negated, bool exact,
                     std::vector<std::pair<const plan::Expr*, bool>>* parts) {
  if (expr.kind == plan::ExprKind::kNot) {
    return AddInexactParts(*expr.arguments[0], !negated, exact, parts);
  }
  const bool is_and = expr.kind == plan::ExprKind::kAnd;
  const bool is_or = expr.kind == plan::ExprKind::kOr;
  if (is_and || is_or || expr.kind == plan::ExprKind::kXor) {
    const bool exact_within = exact && (negated ? is_and : is_or);
    for (const plan::ExprPtr& argument : expr.arguments) {
      AddInexactParts(*argument, negated, exact_within, parts);
    }
  } else if (!exact && !plan::HasSubsearch(expr)) {
    parts->emplace_back(&expr, negated);
  }
}

uint64_t RowsOfStreams(const plan::Node& node, const Summary& summary) {
  uint64_t rows = 0;
  for (const StageCount& stage : summary.stages) {
    const bool is_stream =
        std::any_of(node.streams.begin(), node.streams.end(),
                    [&](const plan::NodePtr& stream) { return stream->id == stage.id; });
    if (is_stream) rows += stage.rows;
  }
  return rows;
}

// A command that is made of several nodes is one stage.
void JoinStages(const std::vector<plan::Node*>& chain, Why* why) {
  std::vector<WhyStage> stages;
  std::optional<size_t> dropped_by;
  for (size_t i = 0; i < why->stages.size(); ++i) {
    WhyStage& stage = why->stages[i];
    const bool goes_on = i > 1 && !chain[i]->span.empty() && chain[i]->span == chain[i - 1]->span &&
                         stage.text == stages.back().text;
    if (goes_on) {
      WhyStage& whole = stages.back();
      whole.rows_out = stage.rows_out;
      whole.known = whole.known && stage.known;
      whole.row = std::move(stage.row);
    } else {
      stages.push_back(std::move(stage));
    }
    if (why->dropped_by == i) dropped_by = stages.size() - 1;
  }
  why->stages = std::move(stages);
  why->dropped_by = dropped_by;
}

}  // namespace spelk::engine
