// Precedence, loosest first: XOR, OR, AND, NOT, comparisons (with LIKE and IN), + - . (equal, from
// left to right), * / %, signs. Search Manual, "Boolean expressions"; language.md, "eval".
#include "syntax/expression_builder.h"

#include <optional>
#include <utility>

namespace spelk::syntax {
namespace {

using ast::ExprPtr;

constexpr CompareOp CompareOfOperator(Operator op) {
  switch (op) {
    case Operator::kNotEqual:
      return CompareOp::kNotEqual;
    case Operator::kLess:
      return CompareOp::kLess;
    case Operator::kLessEqual:
      return CompareOp::kLessEqual;
    case Operator::kGreater:
      return CompareOp::kGreater;
    case Operator::kGreaterEqual:
      return CompareOp::kGreaterEqual;
    default:
      return CompareOp::kEqual;
  }
}

constexpr ast::ArithmeticOp ArithmeticOf(Operator op) {
  switch (op) {
    case Operator::kSubtract:
      return ast::ArithmeticOp::kSubtract;
    case Operator::kConcatenate:
      return ast::ArithmeticOp::kConcatenate;
    case Operator::kMultiply:
      return ast::ArithmeticOp::kMultiply;
    case Operator::kDivide:
      return ast::ArithmeticOp::kDivide;
    case Operator::kRemainder:
      return ast::ArithmeticOp::kRemainder;
    default:
      return ast::ArithmeticOp::kAdd;
  }
}

constexpr bool IsComparison(Operator op) {
  return op >= Operator::kEqual && op <= Operator::kNotIn;
}

template <class Node>
ExprPtr Make(Span span, Node node) {
  auto expr = std::make_unique<ast::Expr>();
  expr->span = span;
  expr->node = std::move(node);
  return expr;
}

class Chain {
 public:
  Chain(std::vector<ChainPart> parts, ChainError* error)
      : parts_(std::move(parts)), error_(error) {}

  ExprPtr Build() {
    ExprPtr expr = Logical(Operator::kXor);
    if (expr != nullptr && at_ < parts_.size()) return Fail(parts_[at_]);
    return expr;
  }

 private:
  ExprPtr Fail(const ChainPart& part) {
    const bool comparison = part.kind == ChainPart::Kind::kInfix && IsComparison(part.op);
    *error_ = {part.span, comparison ? "a comparison cannot be compared again; write parentheses"
                                     : "the expression is malformed: NOT cannot stand here"};
    return nullptr;
  }

  bool AtInfix(Operator op) const {
    return at_ < parts_.size() && parts_[at_].kind == ChainPart::Kind::kInfix &&
           parts_[at_].op == op;
  }
  bool AtPrefix(Operator op) const {
    return at_ < parts_.size() && parts_[at_].kind == ChainPart::Kind::kPrefix &&
           parts_[at_].op == op;
  }
  bool AtArithmetic(bool products) const {
    if (at_ >= parts_.size() || parts_[at_].kind != ChainPart::Kind::kInfix) return false;
    const Operator op = parts_[at_].op;
    return products ? op >= Operator::kMultiply && op <= Operator::kRemainder
                    : op >= Operator::kAdd && op <= Operator::kConcatenate;
  }

  // XOR of ORs of ANDs.
  ExprPtr Logical(Operator op) {
    const auto inner = [&] {
      return op == Operator::kXor  ? Logical(Operator::kOr)
             : op == Operator::kOr ? Logical(Operator::kAnd)
                                   : Not();
    };
    ExprPtr first = inner();
    if (first == nullptr || !AtInfix(op)) return first;
    ast::LogicalList list;
    list.op = op == Operator::kXor  ? ast::LogicalOp::kXor
              : op == Operator::kOr ? ast::LogicalOp::kOr
                                    : ast::LogicalOp::kAnd;
    Span span = first->span;
    list.operands.push_back(std::move(first));
    while (AtInfix(op)) {
      ++at_;
      ExprPtr next = inner();
      if (next == nullptr) return nullptr;
      span = Cover(span, next->span);
      list.operands.push_back(std::move(next));
    }
    return Make(span, std::move(list));
  }

  ExprPtr Not() {
    if (!AtPrefix(Operator::kNot)) return Comparison();
    const Span span = parts_[at_++].span;
    ExprPtr operand = Not();
    if (operand == nullptr) return nullptr;
    const Span whole = Cover(span, operand->span);
    return Make(whole, ast::NotOperator{std::move(operand)});
  }

  ExprPtr Comparison() {
    ExprPtr left = Arithmetic(false);
    if (left == nullptr || at_ >= parts_.size()) return left;
    ChainPart& part = parts_[at_];
    if (part.kind != ChainPart::Kind::kInfix || !IsComparison(part.op)) return left;
    ++at_;
    if (part.op == Operator::kIn || part.op == Operator::kNotIn) {
      const Span span = Cover(left->span, part.span);
      return Make(span, ast::InOperator{std::move(left), std::move(part.values),
                                        part.op == Operator::kNotIn});
    }
    ExprPtr right = Arithmetic(false);
    if (right == nullptr) return nullptr;
    const Span span = Cover(left->span, right->span);
    if (part.op == Operator::kLike)
      return Make(span, ast::LikeOperator{std::move(left), std::move(right)});
    return Make(span,
                ast::Comparison{CompareOfOperator(part.op), std::move(left), std::move(right)});
  }

  // Sums, or the products within them.
  ExprPtr Arithmetic(bool products) {
    const auto inner = [&] { return products ? Signed() : Arithmetic(true); };
    ExprPtr first = inner();
    if (first == nullptr || !AtArithmetic(products)) return first;
    ast::ArithmeticChain chain;
    Span span = first->span;
    chain.operands.push_back(std::move(first));
    while (AtArithmetic(products)) {
      chain.operators.push_back(ArithmeticOf(parts_[at_].op));
      chain.operator_spans.push_back(parts_[at_].span);
      ++at_;
      ExprPtr next = inner();
      if (next == nullptr) return nullptr;
      span = Cover(span, next->span);
      chain.operands.push_back(std::move(next));
    }
    return Make(span, std::move(chain));
  }

  ExprPtr Signed() {
    ChainPart& part = parts_[at_];
    if (part.kind == ChainPart::Kind::kPrefix && part.op == Operator::kNot) return Fail(part);
    ++at_;
    if (part.kind == ChainPart::Kind::kOperand) return std::move(part.operand);
    ExprPtr operand = Signed();
    if (operand == nullptr || part.op == Operator::kPlus) return operand;
    const Span span = Cover(part.span, operand->span);
    return Make(span, ast::Negation{std::move(operand)});
  }

  std::vector<ChainPart> parts_;
  ChainError* error_;
  size_t at_ = 0;
};

}  // namespace

ExprPtr BuildExpression(std::vector<ChainPart> chain, ChainError* error) {
  return Chain(std::move(chain), error).Build();
}

}  // namespace spelk::syntax
