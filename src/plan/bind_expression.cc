// Binding of eval expressions: functions are found, counts and types checked.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/binder.h"
#include "plan/call.h"

namespace spelk::plan {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

std::unique_ptr<Expr> NewExpr(ExprKind kind, Type type, Span span) {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->type = type;
  expr->span = span;
  return expr;
}

std::string_view Spelling(ast::LogicalOp op) {
  switch (op) {
    case ast::LogicalOp::kAnd:
      return "AND";
    case ast::LogicalOp::kOr:
      return "OR";
    case ast::LogicalOp::kXor:
      return "XOR";
  }
  return "";
}

ExprKind KindOf(ast::LogicalOp op) {
  switch (op) {
    case ast::LogicalOp::kAnd:
      return ExprKind::kAnd;
    case ast::LogicalOp::kOr:
      return ExprKind::kOr;
    case ast::LogicalOp::kXor:
      return ExprKind::kXor;
  }
  return ExprKind::kAnd;
}

std::string_view Spelling(ast::ArithmeticOp op) {
  switch (op) {
    case ast::ArithmeticOp::kAdd:
      return "+";
    case ast::ArithmeticOp::kSubtract:
      return "-";
    case ast::ArithmeticOp::kConcatenate:
      return ".";
    case ast::ArithmeticOp::kMultiply:
      return "*";
    case ast::ArithmeticOp::kDivide:
      return "/";
    case ast::ArithmeticOp::kRemainder:
      return "%";
  }
  return "";
}

// A field can hold no Boolean; only what computes one, or passes one on, may.
bool MayBeBoolean(const Expr& expr) {
  if (expr.type == Type::kBoolean || expr.type == Type::kNull) return true;
  return expr.type == Type::kAny && expr.kind != ExprKind::kField;
}

}  // namespace

absl::StatusOr<ExprPtr> Binder::Expression(const ast::Expr& expr) {
  return std::visit(
      Overloaded{
          [&](const ast::NumberLiteral& n) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Number(n.text), Type::kNumber, expr.span);
          },
          [&](const ast::StringLiteral& s) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Text(s.text), Type::kString, expr.span);
          },
          [&](const ast::BooleanLiteral& b) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Bool(b.value), Type::kBoolean, expr.span);
          },
          [&](const ast::FieldReference& f) -> absl::StatusOr<ExprPtr> {
            return MakeField(Intern(f.name), expr.span);
          },
          [&](const ast::FunctionCall& call) { return BindCall(expr, call); },
          [&](const ast::ArithmeticChain& chain) { return BindArithmetic(expr, chain); },
          [&](const ast::Negation& negation) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*negation.operand));
            if (operand->type == Type::kString || operand->type == Type::kBoolean) {
              return Error(ErrorCode::kTypeMismatch, expr.span,
                           "typechecking failed. '-' only takes numbers");
            }
            auto node = NewExpr(ExprKind::kNegate, Type::kNumber, expr.span);
            node->arguments.push_back(std::move(operand));
            return node;
          },
          [&](const ast::Comparison& comparison) { return BindComparison(expr, comparison); },
          [&](const ast::LikeOperator& like) { return BindLike(expr, like); },
          [&](const ast::InOperator& in) { return BindIn(expr, in); },
          [&](const ast::NotOperator& n) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*n.operand));
            SPELK_RETURN_IF_ERROR(CheckBoolean(*operand, "'NOT'"));
            ExprPtr node = MakeNot(std::move(operand));
            node->span = expr.span;
            return node;
          },
          [&](const ast::LogicalList& list) { return BindLogical(expr, list); },
          [&](const ast::ExpressionSubsearch& subsearch) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(NodePtr plan, Subsearch(*subsearch.pipeline));
            auto node = NewExpr(ExprKind::kSubsearch, Type::kAny, expr.span);
            node->plan = std::move(plan);
            return node;
          },
          [&](const ast::MacroCall& macro) -> absl::StatusOr<ExprPtr> {
            return Error(ErrorCode::kUnknownMacro, expr.span,
                         fmt::format("the search specifies a macro '{}' that cannot be found",
                                     macro.name.text));
          },
      },
      expr.node);
}

absl::Status Binder::CheckBoolean(const Expr& expr, std::string_view operation) {
  if (MayBeBoolean(expr)) return absl::OkStatus();
  return Error(ErrorCode::kTypeMismatch, expr.span,
               fmt::format("typechecking failed. {} only takes boolean arguments", operation),
               {fmt::format("\"{}\" is {}", TextOf(expr.span),
                            expr.kind == ExprKind::kField ? "a field" : Describe(expr.type))});
}

absl::StatusOr<ExprPtr> Binder::Predicate(const ast::Expr& expr) {
  SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(expr));
  if (MayBeBoolean(*bound)) return bound;
  return Error(ErrorCode::kTypeMismatch, bound->span,
               "typechecking failed. the expression must be true or false",
               {fmt::format("\"{}\" is {}; compare it with something", TextOf(bound->span),
                            bound->kind == ExprKind::kField ? "a field" : Describe(bound->type))});
}

absl::StatusOr<ExprPtr> Binder::BindArithmetic(const ast::Expr& expr,
                                               const ast::ArithmeticChain& chain) {
  using enum ast::ArithmeticOp;
  auto node = NewExpr(ExprKind::kArithmetic, Type::kNumber, expr.span);
  Type left = Type::kAny;
  for (size_t i = 0; i < chain.operands.size(); ++i) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*chain.operands[i]));
    const Type right = operand->type;
    node->arguments.push_back(std::move(operand));
    if (i == 0) {
      left = right;
      continue;
    }
    ast::ArithmeticOp op = chain.operators[i - 1];
    const Span span = chain.operator_spans[i - 1];
    const bool text = left == Type::kString || right == Type::kString;
    const bool number = left == Type::kNumber || right == Type::kNumber;
    const bool boolean = left == Type::kBoolean || right == Type::kBoolean;
    if (op == kAdd && (boolean || (text && number))) {
      return Error(ErrorCode::kTypeMismatch, span,
                   "typechecking failed. '+' only takes two strings or two numbers");
    }
    if (op == kConcatenate && boolean) {
      return Error(ErrorCode::kTypeMismatch, span,
                   "typechecking failed. '.' only takes strings and numbers");
    }
    if (op != kAdd && op != kConcatenate && (text || boolean)) {
      return Error(ErrorCode::kTypeMismatch, span,
                   fmt::format("typechecking failed. '{}' only takes numbers", Spelling(op)));
    }
    if (op == kAdd && left == Type::kString && right == Type::kString) op = kConcatenate;
    node->operators.push_back(op);
    if (op == kConcatenate) {
      left = Type::kString;
    } else if (op == kAdd && !number) {
      left = Type::kAny;  // Two fields: their values decide.
    } else {
      left = Type::kNumber;
    }
  }
  node->type = left;
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindComparison(const ast::Expr& expr,
                                               const ast::Comparison& comparison) {
  auto node = NewExpr(ExprKind::kCompare, Type::kBoolean, expr.span);
  SPELK_ASSIGN_OR_RETURN(ExprPtr left, Expression(*comparison.left));
  SPELK_ASSIGN_OR_RETURN(ExprPtr right, Expression(*comparison.right));
  const bool left_boolean = left->type == Type::kBoolean;
  const bool right_boolean = right->type == Type::kBoolean;
  if (left_boolean != right_boolean &&
      !(left_boolean ? MayBeBoolean(*right) : MayBeBoolean(*left))) {
    return Error(ErrorCode::kTypeMismatch, expr.span,
                 fmt::format("typechecking failed. the '{}' operator received different types",
                             spelk::Spelling(comparison.op)));
  }
  node->op = comparison.op;
  node->arguments.push_back(std::move(left));
  node->arguments.push_back(std::move(right));
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindLogical(const ast::Expr& expr, const ast::LogicalList& list) {
  auto node = NewExpr(KindOf(list.op), Type::kBoolean, expr.span);
  for (const ast::ExprPtr& operand : list.operands) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*operand));
    SPELK_RETURN_IF_ERROR(CheckBoolean(*bound, fmt::format("'{}'", Spelling(list.op))));
    node->arguments.push_back(std::move(bound));
  }
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindIn(const ast::Expr& expr, const ast::InOperator& in) {
  auto node = NewExpr(ExprKind::kIn, Type::kBoolean, expr.span);
  SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*in.operand));
  node->arguments.push_back(std::move(operand));
  for (const ast::ExprPtr& value : in.values) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*value));
    node->arguments.push_back(std::move(bound));
  }
  if (!in.negated) return node;
  ExprPtr negated = MakeNot(std::move(node));
  negated->span = expr.span;
  return negated;
}

absl::StatusOr<ExprPtr> Binder::BindLike(const ast::Expr& expr, const ast::LikeOperator& like) {
  auto node = NewExpr(ExprKind::kCall, Type::kBoolean, expr.span);
  node->function = entries_.Function("like");
  SPELK_ASSIGN_OR_RETURN(ExprPtr left, Expression(*like.left));
  SPELK_ASSIGN_OR_RETURN(ExprPtr pattern, Expression(*like.pattern));
  node->arguments.push_back(std::move(left));
  node->arguments.push_back(std::move(pattern));
  return node;
}

absl::Status Binder::CheckCall(const FunctionEntry& entry, const Expr& call,
                               const ast::FunctionCall& ast) {
  const auto invalid = [&](Span span, std::string note) {
    return Error(ErrorCode::kArgumentCount, span,
                 fmt::format("the arguments to the '{}' function are invalid", ast.name.text),
                 {std::move(note), fmt::format("usage: {}", entry.signature)});
  };
  const size_t count = call.arguments.size();
  if (count < entry.arity.least || count > entry.arity.most) {
    return invalid(call.span, fmt::format("it got {} argument{}", count, count == 1 ? "" : "s"));
  }
  for (size_t i = 0; i < count && !entry.parameters.empty(); ++i) {
    const Type wanted = entry.parameters[std::min(i, entry.parameters.size() - 1)];
    const Expr& argument = *call.arguments[i];
    const bool fits = wanted == Type::kBoolean ? MayBeBoolean(argument)
                      : wanted == Type::kNumber
                          ? argument.type != Type::kString && argument.type != Type::kBoolean
                      : wanted == Type::kString ? argument.type != Type::kBoolean
                                                : true;
    if (!fits) {
      return invalid(argument.span, fmt::format("argument {} must be {}", i + 1, Describe(wanted)));
    }
  }
  if (entry.check != nullptr) {
    const std::string problem = entry.check(call.arguments);
    if (!problem.empty()) return invalid(call.span, problem);
  }
  return absl::OkStatus();
}

absl::StatusOr<ExprPtr> Binder::BindCall(const ast::Expr& expr, const ast::FunctionCall& call) {
  const FunctionEntry* entry = entries_.Function(call.name.text);
  if (entry == nullptr) {
    if (entries_.IsUnbuiltFunction(call.name.text)) {
      return Error(ErrorCode::kUnbuiltFunction, call.name.span,
                   fmt::format("the '{}' function is not built yet", call.name.text));
    }
    std::string similar;
    for (const std::string_view name : entries_.SimilarFunctions(call.name.text)) {
      similar += fmt::format("{}{}", similar.empty() ? "did you mean " : ", ", name);
    }
    std::vector<std::string> notes;
    if (!similar.empty()) notes.push_back(similar + "?");
    return Error(ErrorCode::kUnknownFunction, call.name.span,
                 fmt::format("the '{}' function is unsupported or undefined", call.name.text),
                 std::move(notes));
  }
  auto node = NewExpr(ExprKind::kCall, entry->result, expr.span);
  node->function = entry;
  for (const ast::ExprPtr& argument : call.arguments) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*argument));
    node->arguments.push_back(std::move(bound));
  }
  SPELK_RETURN_IF_ERROR(CheckCall(*entry, *node, call));
  if (entry->prepare != nullptr) {
    std::vector<Value> values(node->arguments.size());
    std::vector<const Value*> constants(node->arguments.size(), nullptr);
    for (size_t i = 0; i < constants.size(); ++i) {
      if (node->arguments[i]->kind != ExprKind::kLiteral) continue;
      values[i] = node->arguments[i]->literal.value();
      constants[i] = &values[i];
    }
    if (const auto prepared = entry->prepare(constants); !prepared.ok()) {
      return Error(ErrorCode::kBadRegex, expr.span,
                   fmt::format("the arguments to the '{}' function are invalid: {}", call.name.text,
                               MessageOf(prepared.status())));
    }
  }
  return node;
}

}  // namespace spelk::plan
