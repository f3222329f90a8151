// Expressions and plans as text.
#include <fmt/format.h>

#include <algorithm>

#include "plan/bind/spelling.h"
#include "plan/entry.h"
#include "plan/expr.h"
#include "plan/node.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_';
         });
}

std::string PrintLiteral(const Expr& expr) {
  const Value value = expr.literal.value();
  if (value.is_null()) return "null()";
  if (value.is_bool()) return value.boolean() ? "true()" : "false()";
  if (value.is_text() && value.json_type() != JsonType::kNumber) return Quoted(value.text());
  return TextOf(value);
}

std::string SearchValue(const Pattern& pattern) {
  return pattern.exact_case ? fmt::format("CASE({})", Quoted(pattern.text)) : Quoted(pattern.text);
}

// Logic and arithmetic inside another expression get parentheses; the rest binds tightly enough.
std::string PrintOperand(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kArithmetic:
    case ExprKind::kCompare:
    case ExprKind::kIn:
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kXor:
    case ExprKind::kTupleIn:
    case ExprKind::kMatchAny:
      return "(" + Print(expr) + ")";
    default:
      return Print(expr);
  }
}

std::string JoinOperands(const std::vector<ExprPtr>& operands, std::string_view between) {
  std::string out;
  for (const ExprPtr& operand : operands) {
    if (!out.empty()) out += between;
    out += PrintOperand(*operand);
  }
  return out;
}

std::string PrintList(const std::vector<ExprPtr>& arguments, size_t from) {
  std::string out;
  for (size_t i = from; i < arguments.size(); ++i) {
    if (i > from) out += ", ";
    out += Print(*arguments[i]);
  }
  return out;
}

std::string PrintRows(const Expr& expr) {
  constexpr size_t kShown = 5;
  std::string out;
  for (size_t r = 0; r < expr.rows.size() && r < kShown; ++r) {
    if (r > 0) out += " OR ";
    std::string row;
    for (size_t i = 0; i < expr.row_fields.size(); ++i) {
      if (i > 0) row += ' ';
      row += fmt::format("{}={}", expr.row_fields[i].name(), Quoted(expr.rows[r][i]));
    }
    out += expr.row_fields.size() == 1 ? row : "(" + row + ")";
  }
  if (expr.rows.size() > kShown)
    out += fmt::format(" OR … {} rows more", expr.rows.size() - kShown);
  return out.empty() ? "NOT ( )" : out;
}

std::string PrintPatterns(const Expr& expr) {
  std::string out = fmt::format("{} IN (", expr.field.name());
  for (size_t i = 0; i < expr.patterns.size(); ++i) {
    if (i > 0) out += ", ";
    out += SearchValue(expr.patterns[i]);
  }
  return out + ")";
}

std::string PrintTerm(const Expr& expr) {
  const std::string text = Quoted(expr.patterns.front().text);
  switch (expr.term) {
    case ast::TermKind::kCase:
      return fmt::format("CASE({})", text);
    case ast::TermKind::kTerm:
      return fmt::format("TERM({})", text);
    default:
      return text;
  }
}

std::string PrintTimeRange(const Expr& expr) {
  std::string out;
  if (!expr.earliest.empty()) out += fmt::format("earliest={}", Quoted(expr.earliest));
  if (!out.empty() && !expr.latest.empty()) out += ' ';
  if (!expr.latest.empty()) out += fmt::format("latest={}", Quoted(expr.latest));
  return out;
}

std::string PrintArithmetic(const Expr& expr) {
  std::string out = PrintOperand(*expr.arguments[0]);
  for (size_t i = 0; i < expr.operators.size(); ++i) {
    out += fmt::format(" {} {}", Spelling(expr.operators[i]), PrintOperand(*expr.arguments[i + 1]));
  }
  return out;
}

constexpr size_t kIndent = 4;

void PrintChain(const Node& node, size_t indent, std::string& out) {
  if (node.input != nullptr) PrintChain(*node.input, indent, out);
  for (const NodePtr& stream : node.streams) PrintChain(*stream, indent + kIndent, out);
  const std::string text = node.Print();
  out += fmt::format("{}{}{}{}\n", std::string(indent, ' '), node.type().name,
                     text.empty() ? "" : " ", text);
  const std::function<void(ExprPtr&)> print_subsearches = [&](ExprPtr& expr) {
    if (expr->kind == ExprKind::kSubsearch && expr->plan != nullptr) {
      PrintChain(*expr->plan, indent + kIndent, out);
    }
    for (ExprPtr& argument : expr->arguments) print_subsearches(argument);
  };
  const_cast<Node&>(node).VisitExpressions(print_subsearches);  // Visits only to read.
  for (const NodePtr& other : node.others) PrintChain(*other, indent + kIndent, out);
  if (node.body != nullptr) PrintChain(*node.body, indent + kIndent, out);
}

}  // namespace

std::string Print(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return PrintLiteral(expr);
    case ExprKind::kField:
      return IsPlainName(expr.field.name()) ? std::string(expr.field.name())
                                            : fmt::format("'{}'", expr.field.name());
    case ExprKind::kCall:
      return fmt::format("{}({})", expr.function->name, PrintList(expr.arguments, 0));
    case ExprKind::kArithmetic:
      return PrintArithmetic(expr);
    case ExprKind::kNegate:
      return "-" + PrintOperand(*expr.arguments[0]);
    case ExprKind::kCompare:
      return fmt::format("{} {} {}", PrintOperand(*expr.arguments[0]), spelk::Spelling(expr.op),
                         PrintOperand(*expr.arguments[1]));
    case ExprKind::kIn:
      return fmt::format("{} IN ({})", PrintOperand(*expr.arguments[0]),
                         PrintList(expr.arguments, 1));
    case ExprKind::kAnd:
      return JoinOperands(expr.arguments, " AND ");
    case ExprKind::kOr:
      return JoinOperands(expr.arguments, " OR ");
    case ExprKind::kXor:
      return JoinOperands(expr.arguments, " XOR ");
    case ExprKind::kNot:
      return "NOT " + PrintOperand(*expr.arguments[0]);
    case ExprKind::kMatch:
      return fmt::format("{}{}{}", expr.field.name(), spelk::Spelling(expr.op),
                         SearchValue(expr.patterns.front()));
    case ExprKind::kMatchAny:
      return PrintPatterns(expr);
    case ExprKind::kTupleIn:
      return PrintRows(expr);
    case ExprKind::kTerm:
      return PrintTerm(expr);
    case ExprKind::kTimeRange:
      return PrintTimeRange(expr);
    case ExprKind::kSubsearch:
      return "[subsearch]";
    case ExprKind::kSubstituted: {
      std::string text = expr.texts[0];
      for (size_t i = 0; i < expr.arguments.size(); ++i) text += "[subsearch]" + expr.texts[i + 1];
      return text;
    }
  }
  return "";
}

std::string PrintPlan(const Node& root) {
  std::string out;
  PrintChain(root, 0, out);
  return out;
}

}  // namespace spelk::plan
