// What a field was before it was renamed or copied.
#include "optimize/aliases.h"

#include <algorithm>
#include <utility>

#include "optimize/reads.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

// A field, or the first of several that is there: hands a value on as it is, whatever it is.
bool IsCopy(const Expr& expr) {
  if (expr.kind == ExprKind::kField) return !expr.field.hidden();
  return expr.kind == ExprKind::kCall && expr.function->name == "coalesce" &&
         std::all_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const ExprPtr& argument) { return IsCopy(*argument); });
}

// Puts `value` in the place of `field`. Search predicates name a field themselves, so for these
// only another field will do.
bool Substitute(Field field, const Expr& value, ExprPtr& expr) {
  if (expr->kind == ExprKind::kField) {
    if (expr->field == field) expr = plan::Copy(value);
    return true;
  }
  const bool by_name = expr->kind == ExprKind::kMatch || expr->kind == ExprKind::kMatchAny;
  if (by_name && expr->field == field) {
    if (value.kind != ExprKind::kField) return false;
    expr->field = value.field;
  } else if (expr->arguments.empty() && Reads(*expr, field)) {
    return false;
  }
  return std::all_of(expr->arguments.begin(), expr->arguments.end(),
                     [&](ExprPtr& argument) { return Substitute(field, value, argument); });
}

bool ThroughAssignments(const plan::ExtendNode& extend, ExprPtr& expr) {
  for (size_t i = extend.assignments.size(); i-- > 0;) {
    const plan::NamedExpr& assignment = extend.assignments[i];
    if (!assignment.name_fields.empty()) return false;
    if (!Reads(*expr, assignment.target)) continue;
    if (!IsCopy(*assignment.value)) return false;
    if (!Substitute(assignment.target, *assignment.value, expr)) return false;
  }
  return true;
}

bool ThroughRenames(const plan::RenameNode& rename, ExprPtr& expr) {
  for (size_t i = rename.pairs.size(); i-- > 0;) {
    const Field from = rename.from[i];
    const Field to = rename.to[i];
    if (!from) return false;  // Stars: any field may be renamed.
    if (from == to) continue;
    // What was renamed away is not there any more.
    if (Reads(*expr, from)) return false;
    if (Reads(*expr, to) && !Substitute(to, *plan::MakeField(from), expr)) return false;
  }
  return true;
}

}  // namespace

bool RewriteBelow(const plan::Node& node, ExprPtr* predicate) {
  const auto* extend = plan::TryAs<plan::ExtendNode>(&node);
  const auto* rename = plan::TryAs<plan::RenameNode>(&node);
  if (extend == nullptr && rename == nullptr) return false;
  ExprPtr rewritten = plan::Copy(**predicate);
  const bool done = extend != nullptr ? ThroughAssignments(*extend, rewritten)
                                      : ThroughRenames(*rename, rewritten);
  if (done) *predicate = std::move(rewritten);
  return done;
}

}  // namespace spelk::optimize
