// Weakening conditions until they can be asked before their fields are computed.
#include "optimize/implied.h"

#include <algorithm>
#include <utility>

#include "optimize/reads.h"
#include "optimize/text_pieces.h"
#include "plan/entry.h"
#include "plan/eval/search_matcher.h"
#include "value/ip_address.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

bool IsMatchOf(const Expr& expr, Field field) {
  const bool match = expr.kind == ExprKind::kMatch || expr.kind == ExprKind::kMatchAny;
  return match && expr.field == field && expr.unset == plan::Unset::kNoMatch && !expr.all_names;
}

bool MatchesValue(const Expr& match, const Value& value) {
  if (match.kind == ExprKind::kMatchAny) return plan::PatternSet(match.patterns).Matches(value);
  return plan::PatternMatcher(match.op, match.patterns.front()).Matches(value);
}

// isnotnull(f) AND f!="": never null, so that it can be negated.
bool IsPresence(const Expr& expr) {
  if (expr.kind != ExprKind::kAnd || expr.arguments.size() != 2) return false;
  const Expr& first = *expr.arguments[0];
  const Expr& second = *expr.arguments[1];
  return first.kind == ExprKind::kCall && first.function->name == "isnotnull" &&
         first.arguments[0]->kind == ExprKind::kField && second.kind == ExprKind::kCompare &&
         second.op == CompareOp::kNotEqual && second.arguments[0]->kind == ExprKind::kField &&
         second.arguments[0]->field == first.arguments[0]->field &&
         second.arguments[1]->kind == ExprKind::kLiteral;
}

// What follows for a value's parts if the match holds for the value. Null: nothing.
ExprPtr OfValue(const Expr& match, const Expr& value);

ExprPtr OfAny(std::vector<ExprPtr> parts) {
  if (std::any_of(parts.begin(), parts.end(), [](const ExprPtr& each) { return each == nullptr; }))
    return nullptr;
  std::erase_if(parts, [](const ExprPtr& each) { return plan::IsLiteral(*each, false); });
  return plan::MakeLogical(ExprKind::kOr, std::move(parts));
}

// case(c0, v0, c1, v1 …): later values show only where c0 does not hold.
ExprPtr OfCase(const Expr& match, const Expr& value) {
  std::vector<ExprPtr> parts;
  const bool first_decides = IsPresence(*value.arguments[0]);
  for (size_t i = 1; i < value.arguments.size(); i += 2) {
    ExprPtr part = OfValue(match, *value.arguments[i]);
    if (part != nullptr && plan::IsLiteral(*part, false)) continue;
    if (i > 1 && first_decides) {
      std::vector<ExprPtr> both;
      both.push_back(plan::MakeNot(plan::Copy(*value.arguments[0])));
      if (part != nullptr) both.push_back(std::move(part));
      part = plan::MakeLogical(ExprKind::kAnd, std::move(both));
    }
    parts.push_back(std::move(part));
  }
  return OfAny(std::move(parts));
}

// A value that is a stretch of a field's text: the text holds what the pattern asks for.
ExprPtr OfPiece(const Expr& match, const Expr& value) {
  const bool pieces = GivesPiecesOfFields(value, [](Field field) { return !field.hidden(); });
  const bool equal = match.kind == ExprKind::kMatchAny || match.op == CompareOp::kEqual;
  if (!pieces || !equal || value.arguments[0]->kind != ExprKind::kField) return nullptr;
  ExprPtr made = plan::Copy(match);
  made->field = value.arguments[0]->field;
  for (plan::Pattern& pattern : made->patterns) {
    if (ParseCidr(pattern.text)) return nullptr;
    pattern.text = "*" + pattern.text + "*";
  }
  return made;
}

ExprPtr WithoutCall(const Expr& match, const Expr& value) {
  const std::string_view name = value.function->name;
  if (name == "case") return OfCase(match, value);
  if (name == "replace") return OfPiece(match, value);
  if (name == "null") return plan::MakeBoolean(false);
  if (name != "if" && name != "coalesce") return nullptr;
  std::vector<ExprPtr> parts;
  for (size_t i = name == "if" ? 1 : 0; i < value.arguments.size(); ++i) {
    parts.push_back(OfValue(match, *value.arguments[i]));
  }
  return OfAny(std::move(parts));
}

ExprPtr OfValue(const Expr& match, const Expr& value) {
  switch (value.kind) {
    case ExprKind::kField: {
      if (value.field.hidden()) return nullptr;
      ExprPtr made = plan::Copy(match);
      made->field = value.field;
      return made;
    }
    case ExprKind::kLiteral:
      if (MatchesValue(match, value.literal.value())) return nullptr;
      return plan::MakeBoolean(false);
    case ExprKind::kCall:
      return WithoutCall(match, value);
    default:
      return nullptr;
  }
}

// What follows from the condition if the field is that value. Null: nothing.
ExprPtr Weaken(const Expr& expr, Field field, const Expr& value) {
  if (!Reads(expr, field)) return plan::Copy(expr);
  if (IsMatchOf(expr, field)) return OfValue(expr, value);
  if (expr.kind != ExprKind::kAnd && expr.kind != ExprKind::kOr) return nullptr;
  std::vector<ExprPtr> parts;
  for (const ExprPtr& argument : expr.arguments) {
    parts.push_back(Weaken(*argument, field, value));
  }
  if (expr.kind == ExprKind::kOr) return OfAny(std::move(parts));
  std::erase(parts, nullptr);
  return parts.empty() ? nullptr : plan::MakeLogical(ExprKind::kAnd, std::move(parts));
}

void Renumber(const Expr& source, Expr* expr) {
  expr->id = 0;
  expr->from = source.id != 0 ? source.id : source.from;
  expr->span = source.span;
  for (ExprPtr& argument : expr->arguments) Renumber(source, argument.get());
}

}  // namespace

plan::ExprPtr ImpliedBelow(const plan::ExtendNode& extend, const plan::Expr& predicate) {
  ExprPtr implied = plan::Copy(predicate);
  plan::FieldSet read;
  plan::CollectFields(*implied, &read);
  for (size_t i = extend.assignments.size(); i-- > 0;) {
    const plan::NamedExpr& assignment = extend.assignments[i];
    if (!assignment.name_fields.empty()) return nullptr;
    if (!read.Has(assignment.target)) continue;
    implied = Weaken(*implied, assignment.target, *assignment.value);
    if (implied == nullptr) return nullptr;
    read.Clear();
    plan::CollectFields(*implied, &read);
  }
  if (implied->kind == ExprKind::kLiteral) return nullptr;
  Renumber(predicate, implied.get());
  return implied;
}

}  // namespace spelk::optimize
