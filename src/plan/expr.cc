// Building, copying and printing of expressions.
#include "plan/expr.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "plan/describe.h"
#include "plan/entry.h"
#include "value/number.h"

namespace spelk::plan {

Literal Literal::Bool(bool value) {
  Literal literal;
  literal.kind_ = ValueKind::kBool;
  literal.integer_ = value ? 1 : 0;
  return literal;
}

Literal Literal::Text(std::string text) {
  Literal literal;
  literal.kind_ = ValueKind::kText;
  literal.text_ = std::move(text);
  return literal;
}

Literal Literal::Number(std::string text) {
  // As a number is printed: without zeros in front ("007"), but with one before a point (".5").
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  if (text.empty() || text[0] < '0' || text[0] > '9') text.insert(0, "0");
  if (text.find_first_of("eE") != std::string::npos) {
    const spelk::Number number = ParseNumber(text).value_or(spelk::Number());
    if (!std::isfinite(number.value)) return Of(Value::Double(number.value));
    text = TextOf(Value::Double(number.value, number.significant_digits));
  }
  Literal literal;
  int64_t integer = 0;
  if (ParseCanonicalInteger(text, &integer)) {
    literal.kind_ = ValueKind::kInteger;
    literal.integer_ = integer;
    return literal;
  }
  literal = Text(std::move(text));
  literal.json_type_ = JsonType::kNumber;
  return literal;
}

Literal Literal::Of(const Value& value) {
  Literal literal;
  literal.kind_ = value.kind();
  switch (value.kind()) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBool:
      literal.integer_ = value.boolean() ? 1 : 0;
      break;
    case ValueKind::kInteger:
      literal.integer_ = value.integer();
      break;
    case ValueKind::kDouble:
      literal.double_ = value.number();
      literal.significant_digits_ = value.significant_digits();
      break;
    case ValueKind::kText:
      literal.text_ = std::string(value.text());
      literal.json_type_ = value.json_type();
      break;
    case ValueKind::kMulti:
      literal.kind_ = ValueKind::kNull;
      break;
  }
  return literal;
}

Value Literal::value() const {
  switch (kind_) {
    case ValueKind::kBool:
      return Value::Bool(integer_ != 0);
    case ValueKind::kInteger:
      return Value::Integer(integer_);
    case ValueKind::kDouble:
      return Value::Double(double_, significant_digits_);
    case ValueKind::kText:
      return Value::Text(text_, json_type_);
    default:
      return Value::Null();
  }
}

ExprPtr MakeLiteral(Literal literal, Type type, Span span) {
  auto expr = std::make_unique<Expr>();
  expr->literal = std::move(literal);
  expr->type = type;
  expr->span = span;
  return expr;
}

ExprPtr MakeField(Field field, Span span) {
  auto expr = std::make_unique<Expr>();
  expr->kind = ExprKind::kField;
  expr->field = field;
  expr->span = span;
  return expr;
}

ExprPtr MakeBoolean(bool value) { return MakeLiteral(Literal::Bool(value), Type::kBoolean); }

ExprPtr MakeNot(ExprPtr operand) {
  auto expr = std::make_unique<Expr>();
  expr->kind = ExprKind::kNot;
  expr->type = Type::kBoolean;
  expr->span = operand->span;
  expr->from = operand->id != 0 ? operand->id : operand->from;
  expr->arguments.push_back(std::move(operand));
  return expr;
}

ExprPtr MakeLogical(ExprKind kind, std::vector<ExprPtr> operands) {
  std::vector<ExprPtr> flat;
  for (ExprPtr& operand : operands) {
    if (operand->kind == kind) {
      for (ExprPtr& inner : operand->arguments) flat.push_back(std::move(inner));
    } else {
      flat.push_back(std::move(operand));
    }
  }
  if (flat.empty()) return MakeBoolean(kind == ExprKind::kAnd);
  if (flat.size() == 1) return std::move(flat.front());
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->type = Type::kBoolean;
  for (const ExprPtr& operand : flat) expr->span = Cover(expr->span, operand->span);
  expr->from = flat.front()->id != 0 ? flat.front()->id : flat.front()->from;
  expr->arguments = std::move(flat);
  return expr;
}

ExprPtr MadeFrom(const Expr& source, ExprPtr made) {
  made->id = 0;
  made->from = source.id != 0 ? source.id : source.from;
  made->span = source.span;
  return made;
}

ExprPtr Copy(const Expr& expr) {
  auto copy = std::make_unique<Expr>();
  copy->kind = expr.kind;
  copy->type = expr.type;
  copy->id = expr.id;
  copy->from = expr.from;
  copy->span = expr.span;
  copy->literal = expr.literal;
  copy->field = expr.field;
  copy->function = expr.function;
  for (const ExprPtr& argument : expr.arguments) copy->arguments.push_back(Copy(*argument));
  copy->operators = expr.operators;
  copy->op = expr.op;
  copy->patterns = expr.patterns;
  copy->unset = expr.unset;
  copy->all_names = expr.all_names;
  copy->term = expr.term;
  copy->row_fields = expr.row_fields;
  copy->rows = expr.rows;
  copy->earliest = expr.earliest;
  copy->latest = expr.latest;
  copy->as_terms = expr.as_terms;
  copy->texts = expr.texts;
  copy->negated_scope = expr.negated_scope;
  copy->base_scope = expr.base_scope;
  copy->plan = expr.plan;
  return copy;
}

bool Equal(const Expr& a, const Expr& b) {
  std::string left;
  std::string right;
  ByteWriter left_writer(left);
  ByteWriter right_writer(right);
  SaveExpr(a, left_writer, SaveDetail::kWithoutIdentity);
  SaveExpr(b, right_writer, SaveDetail::kWithoutIdentity);
  return left == right;
}

Type ResultType(ast::ArithmeticOp op, Type left, Type right) {
  if (op == ast::ArithmeticOp::kConcatenate) return Type::kString;
  if (op != ast::ArithmeticOp::kAdd) return Type::kNumber;
  if (left == Type::kString || right == Type::kString) return Type::kString;
  return left == Type::kNumber || right == Type::kNumber ? Type::kNumber : Type::kAny;
}

bool MayBeBoolean(const Expr& expr) {
  if (expr.type == Type::kBoolean || expr.type == Type::kNull) return true;
  if (expr.kind == ExprKind::kField) {
    return expr.field.name() == "null" || expr.field.name() == "NULL";
  }
  return expr.type == Type::kAny;
}

void CollectFields(const Expr& expr, FieldSet* fields) {
  if (expr.field && !expr.field.parameter()) fields->Add(expr.field);
  for (const Field field : expr.row_fields) fields->Add(field);
  for (const ExprPtr& argument : expr.arguments) CollectFields(*argument, fields);
}

bool IsConstant(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kField:
    case ExprKind::kMatch:
    case ExprKind::kMatchAny:
    case ExprKind::kTupleIn:
    case ExprKind::kTerm:
    case ExprKind::kTimeRange:
    case ExprKind::kSubsearch:
    case ExprKind::kSubstituted:
      return false;
    case ExprKind::kCall:
      if (expr.function->stability != Stability::kPure || expr.function->make != nullptr)
        return false;
      break;
    default:
      break;
  }
  return std::all_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const ExprPtr& argument) { return IsConstant(*argument); });
}

bool HasSubsearch(const Expr& expr) {
  return expr.kind == ExprKind::kSubsearch ||
         std::any_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const ExprPtr& argument) { return HasSubsearch(*argument); });
}

bool IsLiteral(const Expr& expr, bool value) {
  return expr.kind == ExprKind::kLiteral && expr.literal.value().is_bool() &&
         expr.literal.value().boolean() == value;
}

std::vector<ExprPtr> SplitAnd(ExprPtr expr) {
  if (expr->kind == ExprKind::kAnd) return std::move(expr->arguments);
  std::vector<ExprPtr> one;
  one.push_back(std::move(expr));
  return one;
}

}  // namespace spelk::plan
