// The abstract syntax tree: plain structs with spans. Nothing here knows what a command means.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/span.h"
#include "value/compare.h"

namespace spelk::ast {

// A word or quoted text after unescaping (`\\`, `\"`; in search text `\|` too; any other backslash
// pair stays). `quoted` is true for "…", and for '…' in expressions.
struct Name {
  std::string text;
  Span span;
  bool quoted = false;
};

struct Pipeline;
using PipelinePtr = std::unique_ptr<Pipeline>;

// `name(a, "b c", k=v)`: only in text that was not expanded.
struct MacroCall {
  Name name;
  std::vector<Name> arguments;
};

// ---------------------------------------------------------------- expressions (eval, where)

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct NumberLiteral {
  std::string text;  // As written: significant digits are counted on it.
};
struct StringLiteral {
  std::string text;
};
struct BooleanLiteral {
  bool value = false;
};
struct FieldReference {
  std::string name;
};
// name(a, b, …). Names are kept as typed.
struct FunctionCall {
  Name name;
  std::vector<ExprPtr> arguments;
};
enum class ArithmeticOp : uint8_t { kAdd, kSubtract, kConcatenate, kMultiply, kDivide, kRemainder };
// a + b . c - d: operators of one precedence, applied from left to right. Always two operands or
// more.
struct ArithmeticChain {
  std::vector<ExprPtr> operands;
  std::vector<ArithmeticOp> operators;  // operators[i] stands before operands[i + 1].
  std::vector<Span> operator_spans;
};
struct Negation {  // -x; +x is x.
  ExprPtr operand;
};
struct Comparison {
  CompareOp op = CompareOp::kEqual;
  ExprPtr left;
  ExprPtr right;
};
struct LikeOperator {
  ExprPtr left;
  ExprPtr pattern;
};
struct InOperator {
  ExprPtr operand;
  std::vector<ExprPtr> values;
  bool negated = false;
};
struct NotOperator {
  ExprPtr operand;
};
enum class LogicalOp : uint8_t { kAnd, kOr, kXor };
struct LogicalList {
  LogicalOp op = LogicalOp::kAnd;
  std::vector<ExprPtr> operands;  // Two or more.
};
// [ … ] where an operand may stand: its result text is read as an expression.
struct ExpressionSubsearch {
  PipelinePtr pipeline;
};

struct Expr {
  Span span;
  std::variant<NumberLiteral, StringLiteral, BooleanLiteral, FieldReference, FunctionCall,
               ArithmeticChain, Negation, Comparison, LikeOperator, InOperator, NotOperator,
               LogicalList, ExpressionSubsearch, MacroCall>
      node;
};

// target = expression. A target may hold {field} pieces: `count_{host}`.
struct Assignment {
  Name target;
  ExprPtr value;  // Null for a macro or a subsearch that stands for the whole assignment.
  std::optional<MacroCall> macro;
  PipelinePtr subsearch;
};

// ---------------------------------------------------------------- search terms

struct SearchExpr;

// The right side of a comparison.
struct SearchValue {
  Span span;
  std::variant<Name, MacroCall, PipelinePtr> value;
  bool exact_case = false;  // field=CASE(text)
};
struct SearchComparison {
  Name field;
  CompareOp op = CompareOp::kEqual;
  SearchValue value;
};
struct SearchIn {
  Name field;
  std::vector<SearchValue> values;
  bool negated = false;  // field NOT IN (…)
};
enum class TermKind : uint8_t { kWord, kPhrase, kCase, kTerm };  // bare, "quoted", CASE(x), TERM(x)
struct SearchTerm {
  TermKind kind = TermKind::kWord;
  Name text;
};
struct SearchNot {
  std::unique_ptr<SearchExpr> operand;
};
struct SearchAnd {
  std::vector<SearchExpr> operands;  // None: matches everything.
};
struct SearchOr {
  std::vector<SearchExpr> operands;
};
struct SearchSubsearch {
  PipelinePtr pipeline;
};

struct SearchExpr {
  Span span;
  std::variant<SearchAnd, SearchOr, SearchNot, SearchComparison, SearchIn, SearchTerm,
               SearchSubsearch, MacroCall>
      node;
};

// ---------------------------------------------------------------- commands

struct Argument;

// count, dc(user), values("a b"), sparkline(count, 1h), ctime(_time), auto(*)
struct ArgumentCall {
  Name name;
  std::vector<Argument> arguments;
};
// eval(…) or a parenthesised expression.
struct ArgumentExpression {
  ExprPtr expression;
  bool is_eval = false;
  Span inner;  // The text between the parentheses.
};
// startswith=(a=1 OR b): search terms in parentheses, as the value of an option that takes them.
struct ArgumentSearch {
  SearchExpr terms;
};
// mvlist=a,b: fields with commas between them, as the value of an option that takes them.
struct ArgumentList {
  std::vector<Name> items;
};
// name=value, name!=value
struct ArgumentOption {
  Name name;
  CompareOp op = CompareOp::kEqual;
  std::unique_ptr<Argument> value;
};
// A lone or leading + or -: an argument of its own, before what it belongs to.
struct ArgumentSign {
  char sign = '+';
};
struct ArgumentSubsearch {
  PipelinePtr pipeline;
};
// What stands between the brackets, for commands that take it as a template.
Span TextInBrackets(const ArgumentSubsearch& subsearch);

// One argument, in the order written; commas between arguments are dropped. `alias` is what follows
// AS.
struct Argument {
  Span span;
  std::variant<Name, ArgumentCall, ArgumentExpression, ArgumentSearch, ArgumentList, ArgumentOption,
               ArgumentSign, ArgumentSubsearch, MacroCall>
      value;
  std::optional<Name> alias;
  PipelinePtr alias_subsearch;  // AS [ … ]: no alias then.
  // It follows the argument before without a blank, and one of them is a subsearch, the text of
  // which goes on there: span=[ … ]m.
  bool joined = false;
};

enum class ClauseWord : uint8_t { kBy, kOver, kOutput, kOutputNew, kWhere, kFrom };

// Everything from a clause word to the next one. A WHERE of a command whose shape says so holds
// search terms; every other clause holds arguments.
struct Clause {
  ClauseWord word = ClauseWord::kBy;
  Span span;
  std::vector<Argument> arguments;
  std::optional<SearchExpr> search;
};

// A command that could not be read.
struct Broken {
  std::string text;                      // As written.
  std::vector<PipelinePtr> subsearches;  // Those that no part of the command holds.
};

struct CommandCall {
  Span span;
  Name name;             // As typed.
  bool implied = false;  // A search without the word: the name is "search", its span empty.
  std::vector<Argument> arguments;
  std::vector<Clause> clauses;
  std::optional<SearchExpr> search;     // Shape kSearch.
  ExprPtr expression;                   // Shape kExpression; null if there is none.
  std::vector<Assignment> assignments;  // Shape kAssignments.
  std::optional<MacroCall> macro;  // A macro in the place of a command: no name, perhaps arguments.
  // Nothing but the span, the name (if there is one) and the subsearches counts then.
  std::optional<Broken> broken;
  std::vector<const Pipeline*> subsearches;  // All that stand in the command, in the order of text.
};

struct Pipeline {
  Span span;
  Span brackets;  // Of a subsearch, with its brackets.
  bool leading_pipe = false;
  std::vector<CommandCall> commands;
};

inline Span TextInBrackets(const ArgumentSubsearch& subsearch) {
  const Span brackets = subsearch.pipeline->brackets;
  return {brackets.begin + 1, brackets.end - 1};
}

}  // namespace spelk::ast
