// The tree as SPL again.
#include <fmt/format.h>

#include "base/overloaded.h"
#include "syntax/parse.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk {
namespace {

using syntax::EscapeWord;
using syntax::Quote;
using syntax::QuoteField;

std::string PrintName(const ast::Name& name) {
  if (!name.quoted && name.text.starts_with('`')) return name.text;  // A macro in its place.
  return name.quoted ? Quote(name.text) : EscapeWord(name.text);
}

std::string PrintMacro(const ast::MacroCall& macro) {
  std::string text = "`" + macro.name.text;
  for (size_t i = 0; i < macro.arguments.size(); ++i) {
    text += (i == 0 ? "(" : ", ") + macro.arguments[i].text;
  }
  return text + (macro.arguments.empty() ? "`" : ")`");
}

std::string PrintSubsearch(const ast::PipelinePtr& pipeline) {
  return "[ " + Print(*pipeline) + " ]";
}

// ---------------------------------------------------------------- expressions

// How tightly what stands here binds: src/syntax/expression_builder.cc.
enum Rank : int { kXor = 1, kOr, kAnd, kNot, kCompare, kSum, kProduct, kSign, kAtom };

Rank RankOf(const ast::Expr& expr) {
  return std::visit(
      Overloaded{[](const ast::LogicalList& list) {
                   return list.op == ast::LogicalOp::kXor  ? kXor
                          : list.op == ast::LogicalOp::kOr ? kOr
                                                           : kAnd;
                 },
                 [](const ast::NotOperator&) { return kNot; },
                 [](const ast::Comparison&) { return kCompare; },
                 [](const ast::LikeOperator&) { return kCompare; },
                 [](const ast::InOperator&) { return kCompare; },
                 [](const ast::ArithmeticChain& chain) {
                   return chain.operators[0] >= ast::ArithmeticOp::kMultiply ? kProduct : kSum;
                 },
                 [](const ast::Negation&) { return kSign; }, [](const auto&) { return kAtom; }},
      expr.node);
}

std::string PrintOperand(const ast::Expr& expr, int least) {
  return RankOf(expr) < least ? "(" + Print(expr) + ")" : Print(expr);
}

std::string PrintList(const std::vector<ast::ExprPtr>& list) {
  std::string text;
  for (const ast::ExprPtr& each : list) text += (text.empty() ? "" : ", ") + Print(*each);
  return text;
}

bool IsBareField(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || static_cast<unsigned char>(c) >= 0x80U;
    if (!word) return false;
  }
  for (const std::string_view keyword :
       {"and", "or", "not", "xor", "like", "in", "true", "false"}) {
    if (EqualsIgnoringCase(name, keyword)) return false;
  }
  return true;
}

std::string_view SpellingOf(ast::LogicalOp op) {
  return op == ast::LogicalOp::kXor ? " XOR " : op == ast::LogicalOp::kOr ? " OR " : " AND ";
}

std::string PrintLogical(const ast::LogicalList& list, int rank) {
  std::string text;
  for (const ast::ExprPtr& each : list.operands) {
    if (!text.empty()) text += SpellingOf(list.op);
    text += PrintOperand(*each, rank + 1);
  }
  return text;
}

std::string PrintArithmetic(const ast::ArithmeticChain& chain, int rank) {
  constexpr std::string_view kSpelling[] = {" + ", " - ", " . ", " * ", " / ", " % "};
  std::string text = PrintOperand(*chain.operands[0], rank + 1);
  for (size_t i = 0; i < chain.operators.size(); ++i) {
    text += kSpelling[static_cast<size_t>(chain.operators[i])];
    text += PrintOperand(*chain.operands[i + 1], rank + 1);
  }
  return text;
}

// ---------------------------------------------------------------- search terms

// The text of TERM(…) is read as it stands if quotes are in the middle of it.
std::string PrintDirective(const ast::Name& text) {
  return !text.quoted && text.text.find('"') != std::string::npos ? text.text : PrintName(text);
}

std::string PrintValue(const ast::SearchValue& value) {
  return std::visit(
      Overloaded{[&](const ast::Name& name) {
                   return value.exact_case ? "CASE(" + PrintDirective(name) + ")" : PrintName(name);
                 },
                 [](const ast::MacroCall& macro) { return PrintMacro(macro); },
                 [](const ast::PipelinePtr& pipeline) { return PrintSubsearch(pipeline); }},
      value.value);
}

std::string PrintComparison(const ast::SearchComparison& comparison) {
  // A field that ends in `!` must not make `!=` of `=`.
  const bool apart = !comparison.field.quoted && comparison.field.text.ends_with('!');
  return PrintName(comparison.field) + (apart ? " " : "") + std::string(Spelling(comparison.op)) +
         PrintValue(comparison.value);
}

std::string PrintIn(const ast::SearchIn& in) {
  std::string text = PrintName(in.field) + (in.negated ? " NOT IN (" : " IN (");
  for (size_t i = 0; i < in.values.size(); ++i)
    text += (i == 0 ? "" : ", ") + PrintValue(in.values[i]);
  return text + ")";
}

std::string PrintTerm(const ast::SearchTerm& term) {
  switch (term.kind) {
    case ast::TermKind::kCase:
      return "CASE(" + PrintDirective(term.text) + ")";
    case ast::TermKind::kTerm:
      return "TERM(" + PrintDirective(term.text) + ")";
    default:
      break;
  }
  // `x in (a b)` is a list.
  if (!term.text.quoted && EqualsIgnoringCase(term.text.text, "in"))
    return "(" + term.text.text + ")";
  return PrintName(term.text);
}

bool IsList(const ast::SearchExpr& expr, bool or_too) {
  return std::holds_alternative<ast::SearchAnd>(expr.node) ||
         (or_too && std::holds_alternative<ast::SearchOr>(expr.node));
}

std::string PrintPart(const ast::SearchExpr& expr, bool or_too) {
  return IsList(expr, or_too) ? "(" + Print(expr) + ")" : Print(expr);
}

std::string PrintParts(const std::vector<ast::SearchExpr>& parts, std::string_view between,
                       bool or_too) {
  std::string text;
  for (const ast::SearchExpr& part : parts) {
    if (!text.empty()) text += between;
    text += PrintPart(part, or_too);
  }
  return text;
}

// ---------------------------------------------------------------- arguments

std::string PrintArgument(const ast::Argument& argument);

std::string PrintArguments(const std::vector<ast::Argument>& arguments) {
  std::string text;
  for (const ast::Argument& argument : arguments) {
    const auto* evaluation = std::get_if<ast::ArgumentExpression>(&argument.value);
    // `name (x)` is a call.
    if (!text.empty() && !argument.joined)
      text += evaluation != nullptr && !evaluation->is_eval ? ", " : " ";
    text += PrintArgument(argument);
  }
  return text;
}

// Macros and calls in the place of a name stay as they were written; words hold neither sign.
std::string PrintNameOrCall(const ast::Name& name) {
  const bool written = name.text.starts_with('`') || name.text.find('(') != std::string::npos;
  return !name.quoted && written ? name.text : PrintName(name);
}

// TERM(…) among arguments is a call, too; with more than one word between its parentheses it is
// one because a blank stands before them.
std::string PrintCall(const ast::ArgumentCall& call) {
  const std::string_view name = call.name.text;
  if (name == "CASE" || name == "TERM" || name == "PREFIX") {
    const bool one = call.arguments.size() == 1 && !call.arguments[0].alias;
    const auto* text = one ? std::get_if<ast::Name>(&call.arguments[0].value) : nullptr;
    if (text != nullptr) return call.name.text + "(" + PrintDirective(*text) + ")";
    return call.name.text + " (" + PrintArguments(call.arguments) + ")";
  }
  return PrintName(call.name) + "(" + PrintArguments(call.arguments) + ")";
}

// (terms), which may be none.
std::string PrintGroup(const ast::SearchExpr& terms) {
  const auto* all = std::get_if<ast::SearchAnd>(&terms.node);
  return all != nullptr && all->operands.empty() ? "()" : "(" + Print(terms) + ")";
}

std::string PrintItems(const ast::ArgumentList& list) {
  std::string text;
  for (const ast::Name& item : list.items) text += (text.empty() ? "" : ",") + PrintName(item);
  return text;
}

std::string PrintArgument(const ast::Argument& argument) {
  std::string text = std::visit(
      Overloaded{[](const ast::Name& name) { return PrintName(name); },
                 [](const ast::ArgumentCall& call) { return PrintCall(call); },
                 [](const ast::ArgumentExpression& evaluation) {
                   return (evaluation.is_eval ? "eval(" : "(") + Print(*evaluation.expression) +
                          ")";
                 },
                 [](const ast::ArgumentSearch& search) { return PrintGroup(search.terms); },
                 [](const ast::ArgumentList& list) { return PrintItems(list); },
                 [](const ast::ArgumentOption& option) {
                   return PrintNameOrCall(option.name) + std::string(Spelling(option.op)) +
                          PrintArgument(*option.value);
                 },
                 [](const ast::ArgumentSign& sign) { return std::string(1, sign.sign); },
                 [](const ast::ArgumentSubsearch& subsearch) {
                   return PrintSubsearch(subsearch.pipeline);
                 },
                 [](const ast::MacroCall& macro) { return PrintMacro(macro); }},
      argument.value);
  if (argument.alias) text += " AS " + PrintNameOrCall(*argument.alias);
  if (argument.alias_subsearch != nullptr)
    text += " AS " + PrintSubsearch(argument.alias_subsearch);
  return text;
}

std::string PrintClause(const ast::Clause& clause) {
  constexpr std::string_view kWords[] = {"BY", "OVER", "OUTPUT", "OUTPUTNEW", "WHERE", "FROM"};
  const std::string word(kWords[static_cast<size_t>(clause.word)]);
  return word + " " + (clause.search ? Print(*clause.search) : PrintArguments(clause.arguments));
}

void AppendPiece(const std::string& piece, std::string* text) {
  if (!piece.empty()) *text += (text->empty() ? "" : " ") + piece;
}

std::string PrintAssignment(const ast::Assignment& assignment) {
  if (assignment.subsearch != nullptr) return PrintSubsearch(assignment.subsearch);
  if (assignment.macro) {
    return PrintMacro(*assignment.macro) +
           (assignment.value == nullptr ? "" : " = " + Print(*assignment.value));
  }
  return PrintName(assignment.target) + " = " + Print(*assignment.value);
}

std::string PrintCommand(const ast::CommandCall& call) {
  if (call.broken) return call.broken->text;
  std::string text = call.macro ? PrintMacro(*call.macro) : call.name.text;
  if (call.search) {
    const auto* all = std::get_if<ast::SearchAnd>(&call.search->node);
    AppendPiece(all != nullptr && all->operands.empty() ? "" : Print(*call.search), &text);
  }
  if (call.expression != nullptr) AppendPiece(Print(*call.expression), &text);
  for (size_t i = 0; i < call.assignments.size(); ++i) {
    text += (i == 0 ? " " : ", ") + PrintAssignment(call.assignments[i]);
  }
  AppendPiece(PrintArguments(call.arguments), &text);
  for (const ast::Clause& clause : call.clauses) AppendPiece(PrintClause(clause), &text);
  return text;
}

}  // namespace

std::string Print(const ast::Expr& expression) {
  const int rank = RankOf(expression);
  return std::visit(
      Overloaded{
          [](const ast::NumberLiteral& number) { return number.text; },
          [](const ast::StringLiteral& string) { return Quote(string.text); },
          [](const ast::BooleanLiteral& boolean) {
            return std::string(boolean.value ? "true" : "false");
          },
          [](const ast::FieldReference& field) {
            return IsBareField(field.name) ? field.name : QuoteField(field.name);
          },
          [](const ast::FunctionCall& call) {
            return call.name.text + "(" + PrintList(call.arguments) + ")";
          },
          [&](const ast::ArithmeticChain& chain) { return PrintArithmetic(chain, rank); },
          [](const ast::Negation& negation) {
            return "-" + PrintOperand(*negation.operand, kSign);
          },
          [](const ast::Comparison& comparison) {
            return fmt::format("{} {} {}", PrintOperand(*comparison.left, kSum),
                               Spelling(comparison.op), PrintOperand(*comparison.right, kSum));
          },
          [](const ast::LikeOperator& like) {
            return PrintOperand(*like.left, kSum) + " LIKE " + PrintOperand(*like.pattern, kSum);
          },
          [](const ast::InOperator& in) {
            return PrintOperand(*in.operand, kSum) + (in.negated ? " NOT IN (" : " IN (") +
                   PrintList(in.values) + ")";
          },
          [](const ast::NotOperator& negation) {
            return "NOT " + PrintOperand(*negation.operand, kNot);
          },
          [&](const ast::LogicalList& list) { return PrintLogical(list, rank); },
          [](const ast::ExpressionSubsearch& subsearch) {
            return PrintSubsearch(subsearch.pipeline);
          },
          [](const ast::MacroCall& macro) { return PrintMacro(macro); }},
      expression.node);
}

std::string Print(const ast::SearchExpr& search) {
  return std::visit(
      Overloaded{
          [](const ast::SearchAnd& all) {
            return all.operands.empty() ? "()" : PrintParts(all.operands, " ", false);
          },
          [](const ast::SearchOr& any) { return PrintParts(any.operands, " OR ", true); },
          [](const ast::SearchNot& negation) {
            return "NOT " + PrintPart(*negation.operand, true);
          },
          [](const ast::SearchComparison& comparison) { return PrintComparison(comparison); },
          [](const ast::SearchIn& in) { return PrintIn(in); },
          [](const ast::SearchTerm& term) { return PrintTerm(term); },
          [](const ast::SearchSubsearch& subsearch) { return PrintSubsearch(subsearch.pipeline); },
          [](const ast::MacroCall& macro) { return PrintMacro(macro); }},
      search.node);
}

std::string Print(const ast::Pipeline& pipeline) {
  std::string text = pipeline.leading_pipe ? "| " : "";
  for (size_t i = 0; i < pipeline.commands.size(); ++i) {
    text += (i == 0 ? "" : " | ") + PrintCommand(pipeline.commands[i]);
  }
  return text;
}

}  // namespace spelk
