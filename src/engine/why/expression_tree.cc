// Taking conditions apart.
#include "engine/why/expression_tree.h"

#include <fmt/format.h>

#include <utility>

#include "engine/why/findings.h"
#include "value/number.h"

namespace spelk::engine {
namespace {

using plan::Expr;
using plan::ExprKind;

constexpr size_t kMostParts = 80;

bool IsCondition(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kCompare:
    case ExprKind::kIn:
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kXor:
    case ExprKind::kNot:
    case ExprKind::kMatch:
    case ExprKind::kMatchAny:
    case ExprKind::kTupleIn:
    case ExprKind::kTerm:
    case ExprKind::kTimeRange:
      return true;
    case ExprKind::kCall:
      return expr.type == plan::Type::kBoolean;
    default:
      return false;
  }
}

// Operands that are neither fields nor constants nor conditions.
void AddComputed(const Expr& expr, FieldTable& fields, plan::ExtendNode* node) {
  if (node->assignments.size() >= kMostParts) return;
  for (const plan::ExprPtr& argument : expr.arguments) AddComputed(*argument, fields, node);
  const bool plain = expr.kind == ExprKind::kField || expr.kind == ExprKind::kLiteral;
  if (plain || IsCondition(expr) || expr.type == plan::Type::kBoolean ||
      expr.type == plan::Type::kNull || plan::HasSubsearch(expr))
    return;
  plan::NamedExpr& assignment = node->assignments.emplace_back();
  assignment.target = fields.Intern(plan::Print(expr));
  assignment.value = plan::Copy(expr);
}

Field ShownField(const Expr& expr) {
  const bool search = expr.kind == ExprKind::kMatch || expr.kind == ExprKind::kMatchAny;
  return search ? expr.field : Field();
}

std::string TypeOf(const FieldValues& values) {
  if (values.multi > 0) return fmt::format("multivalue of {}", values.values.size());
  if (values.literals > 0) return "true or false of JSON";
  return values.numbers > 0 ? "number" : "text";
}

std::string TextOfValues(const FieldValues& values) {
  std::string text;
  for (const auto& [value, rows] : values.values) {
    text += (text.empty() ? "\"" : ", \"") + ShownValue(value) + "\"";
  }
  return values.all_values ? text : text + "…";
}

std::string_view FieldName(Field field) {
  if (field == hidden::kSourcetypes) return "sourcetype";
  if (field == hidden::kSources) return "source";
  return field == hidden::kIndex ? "index" : field.name();
}

void SetValue(const FieldValues* values, WhyOperand* operand) {
  operand->type = values == nullptr ? "null" : TypeOf(*values);
  if (values != nullptr) operand->value = TextOfValues(*values);
}

}  // namespace

plan::NodePtr WithComputed(plan::NodePtr input, const std::vector<const Expr*>& conditions,
                           FieldTable& fields) {
  auto extend = plan::Make<plan::ExtendNode>(Span());
  for (const Expr* condition : conditions) AddComputed(*condition, fields, extend.get());
  if (extend->assignments.empty()) return input;
  extend->input = std::move(input);
  return extend;
}

void ExpressionTree::Plan(const Expr& predicate, const std::function<size_t(const Expr&)>& count) {
  const std::function<void(const Expr&, size_t)> add = [&](const Expr& expr, size_t depth) {
    if (expr.kind == ExprKind::kLiteral && depth > 0) return;  // It says itself what it is.
    if (parts_.size() >= kMostParts) return;
    const size_t index = parts_.size();
    parts_.push_back({&expr, depth});
    if (IsCondition(expr)) parts_[index].trial = count(expr);
    for (const plan::ExprPtr& argument : expr.arguments) add(*argument, depth + 1);
    parts_[index].end = parts_.size();
  };
  add(predicate, 0);
}

// `wanted`: whether it must be true for the whole to be. What an AND lacks are its parts that are
// not true, what an OR lacks are all of its parts.
void ExpressionTree::Mark(const std::vector<Part>& parts, size_t part, bool wanted,
                          std::vector<WhyOperand>* operands) const {
  const WhyOperand::Truth truth = (*operands)[part].truth;
  const bool is_true = truth == WhyOperand::Truth::kTrue;
  const bool is_false = truth == WhyOperand::Truth::kFalse;
  if (truth == WhyOperand::Truth::kNone || (wanted ? is_true : is_false)) return;
  (*operands)[part].failed = true;
  const ExprKind kind = parts[part].expr->kind;
  const bool inner = kind == ExprKind::kNot || kind == ExprKind::kAnd || kind == ExprKind::kOr;
  if (!inner) return;
  for (size_t child = part + 1; child < parts[part].end; child = parts[child].end) {
    Mark(parts, child, kind == ExprKind::kNot ? !wanted : wanted, operands);
  }
}

std::vector<WhyOperand> ExpressionTree::Take(const Trials& trials, const FieldProfile& rows) const {
  std::vector<WhyOperand> operands;
  for (const Part& part : parts_) {
    const Expr& expr = *part.expr;
    WhyOperand& operand = operands.emplace_back();
    operand.depth = part.depth;
    operand.text = plan::Print(expr);
    operand.offset = expr.span.begin;
    operand.length = expr.span.size();
    if (part.trial != SIZE_MAX) {
      const Summary& summary = trials.summary(part.trial);
      bool false_there = false;
      for (const ExpressionCount& count : summary.expressions) {
        if (count.text == operand.text) false_there = false_there || count.is_false > 0;
      }
      operand.truth = summary.rows > 0 ? WhyOperand::Truth::kTrue
                      : false_there    ? WhyOperand::Truth::kFalse
                                       : WhyOperand::Truth::kNull;
      // An input without an index of its own is in every one: its value says nothing then.
      const Field field = ShownField(expr);
      const bool any_index = field == hidden::kIndex && operand.truth == WhyOperand::Truth::kTrue;
      if (field && !any_index) SetValue(rows.Find(FieldName(field)), &operand);
      operand.text = Shown(expr);
    } else if (expr.kind == ExprKind::kLiteral) {
      const Value value = expr.literal.value();
      operand.type = NumberOf(value) && !value.is_text() ? "number" : "text";
      operand.value = "\"" + ShownValue(spelk::TextOf(value)) + "\"";
    } else {
      const bool field = expr.kind == ExprKind::kField;
      SetValue(rows.Find(field ? FieldName(expr.field) : operand.text), &operand);
    }
  }
  if (!operands.empty()) Mark(parts_, 0, true, &operands);
  return operands;
}

}  // namespace spelk::engine
