// Constant folding and simplification of expressions.
#include <algorithm>
#include <functional>
#include <utility>

#include "base/status.h"
#include "optimize/passes.h"
#include "plan/entry.h"
#include "plan/eval/evaluator.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

// Rewrites every expression of every node, innermost first.
void RewriteAll(plan::Node& root, const std::function<void(ExprPtr&)>& rewrite) {
  const std::function<void(ExprPtr&)> visit = [&](ExprPtr& expr) {
    for (ExprPtr& argument : expr->arguments) visit(argument);
    rewrite(expr);
  };
  plan::ForEachNode(root, [&](plan::Node& node) { node.VisitExpressions(visit); });
}

void Fold(ExprPtr& expr, const plan::EvalEnvironment& evaluation) {
  if (expr->kind == ExprKind::kLiteral || !plan::IsConstant(*expr)) return;
  Arena arena;
  const absl::StatusOr<Value> value = plan::EvaluateConstant(*expr, evaluation, arena);
  // What a literal cannot hold stays: multivalues, and numbers that know how precise they are.
  if (!value.ok() || value->is_multi() || value->significant_digits() != 0 || value->sum_decimals())
    return;
  // The type stays that of the expression: text computed from texts does not become a number by
  // looking like one.
  const plan::Type type = value->is_null() ? plan::Type::kNull : expr->type;
  expr = plan::MadeFrom(*expr, plan::MakeLiteral(plan::Literal::Of(*value), type));
}

// What is always true or false leaves AND and OR.
void Shorten(ExprPtr& expr) {
  if (expr->kind != ExprKind::kAnd && expr->kind != ExprKind::kOr) return;
  const bool decisive = expr->kind == ExprKind::kOr;
  std::vector<ExprPtr> kept;
  for (ExprPtr& argument : expr->arguments) {
    if (plan::IsLiteral(*argument, decisive)) {
      ExprPtr answer = std::move(argument);
      expr = std::move(answer);
      return;
    }
    if (!plan::IsLiteral(*argument, !decisive)) kept.push_back(std::move(argument));
  }
  const ExprPtr whole = std::exchange(expr, nullptr);
  expr = plan::MakeLogical(whole->kind, std::move(kept));
  if (expr->id == 0) expr = plan::MadeFrom(*whole, std::move(expr));
}

bool IsPlainMatch(const Expr& expr) {
  const bool any = expr.kind == ExprKind::kMatchAny;
  return any || (expr.kind == ExprKind::kMatch && expr.op == CompareOp::kEqual);
}

bool SameSubject(const Expr& a, const Expr& b) {
  return a.field == b.field && a.unset == b.unset && a.all_names == b.all_names;
}

// a=1 OR a=2 OR a IN (3, 4): one set.
void JoinSets(ExprPtr& expr) {
  if (expr->kind != ExprKind::kOr) return;
  std::vector<ExprPtr> joined;
  for (ExprPtr& argument : expr->arguments) {
    const auto same = std::find_if(joined.begin(), joined.end(), [&](const ExprPtr& other) {
      return IsPlainMatch(*other) && IsPlainMatch(*argument) && SameSubject(*other, *argument);
    });
    if (same == joined.end()) {
      joined.push_back(std::move(argument));
      continue;
    }
    (*same)->kind = ExprKind::kMatchAny;
    for (plan::Pattern& pattern : argument->patterns)
      (*same)->patterns.push_back(std::move(pattern));
  }
  const ExprPtr whole = std::exchange(expr, nullptr);
  expr = plan::MakeLogical(ExprKind::kOr, std::move(joined));
  if (expr->id == 0) expr = plan::MadeFrom(*whole, std::move(expr));
}

}  // namespace

void SimplifyExpression(plan::ExprPtr* expr) {
  for (ExprPtr& argument : (*expr)->arguments) SimplifyExpression(&argument);
  Shorten(*expr);
  JoinSets(*expr);
}

absl::Status FoldConstants(plan::NodePtr* root, const OptimizeContext& context) {
  RewriteAll(**root, [&](ExprPtr& expr) { Fold(expr, *context.evaluation); });
  return absl::OkStatus();
}

absl::Status Simplify(plan::NodePtr* root, const OptimizeContext&) {
  RewriteAll(**root, [](ExprPtr& expr) {
    Shorten(expr);
    JoinSets(expr);
  });
  // A filter that is always true is none.
  for (plan::NodePtr* at = root; *at != nullptr;) {
    auto* filter = plan::TryAs<plan::FilterNode>(at->get());
    if (filter != nullptr && filter->predicate != nullptr &&
        plan::IsLiteral(*filter->predicate, true)) {
      plan::NodePtr input = std::move(filter->input);
      *at = std::move(input);
    } else {
      at = &(*at)->input;
    }
  }
  if (plan::ScanNode* scan = plan::ScanOf(**root);
      scan != nullptr && scan->predicate != nullptr && plan::IsLiteral(*scan->predicate, true)) {
    scan->predicate = nullptr;
  }
  return absl::OkStatus();
}

}  // namespace spelk::optimize
