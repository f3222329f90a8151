// From text to tokens and trees. The only door to ANTLR.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "syntax/ast.h"

namespace spelk {

// The small languages that SPL's commands are written in. The grammar knows these; which command
// has which is the registration's business.
enum class Shape : uint8_t {
  kArguments,    // Options, fields, calls, clauses, subsearches in any order.
  kSearch,       // Search terms.
  kExpression,   // One eval expression.
  kAssignments,  // field=expression, …
};

// Which words begin a clause of a command with shape kArguments; AS always works.
enum ClauseSet : uint8_t {
  kNoClauses = 0,
  kClauseBy = 1,
  kClauseOver = 2,
  kClauseOutput = 4,        // OUTPUT and OUTPUTNEW
  kClauseWhere = 8,         // Followed by arguments (chart: where sum in top5).
  kClauseSearchWhere = 16,  // Followed by search terms (tstats, inputlookup).
  kClauseFrom = 32,
};

// What the value of an option (name=value) may be beside a word, a quoted text, a call, eval(…), a
// parenthesised expression or a subsearch.
enum class ValueShape : uint8_t {
  kText,        // Nothing else.
  kExpression,  // "(" expression ")" with quoted parentheses.
  kSearch,      // Search terms in parentheses, instead of an expression.
  kFields,      // Fields with commas between them, no blanks around these.
};

struct CommandShape {
  Shape shape = Shape::kArguments;
  uint8_t clauses = kClauseBy;
};

// What the lexer asks about commands and their options. Names are compared ignoring case.
class ShapeTable {
 public:
  virtual ~ShapeTable() = default;
  // Null if no command has that name.
  virtual const CommandShape* Find(std::string_view name) const = 0;
  // kText if there is no such command or option.
  virtual ValueShape FindValue(std::string_view command, std::string_view option) const = 0;
};

// Limits that keep hostile text harmless; checked before any recursive algorithm starts.
struct SyntaxLimits {
  size_t max_text = 1U << 20U;  // Bytes, after macro expansion.
  size_t max_tokens = 200'000;
  size_t max_depth = 250;  // Nested parentheses, brackets, NOTs and signs.
};

struct Token {
  std::string type;  // The grammar's name for it: "PIPE", "WORD" …
  Span span;
  bool hidden = false;  // Comments and blanks. All tokens together give back the text.
};

// Every token of the text, hidden ones included, in order.
absl::StatusOr<std::vector<Token>> Tokenize(const Source& source, const ShapeTable& shapes,
                                            const SyntaxLimits& limits, Diagnostics& diagnostics);

// As much of a search as can be read, one command at a time: a command that cannot is `broken` and
// says its first problem; the others, those of its subsearches too, stand in the tree. Macro calls
// become MacroCall nodes; whoever runs a query expands them first. Problems go to `diagnostics` in
// the order of the text, with Splunk's phrase where it is known; the status is that of the first.
absl::Status ParsePartly(const Source& source, const ShapeTable& shapes, const SyntaxLimits& limits,
                         Diagnostics& diagnostics, ast::Pipeline* tree);
// A whole search that has no problem.
absl::StatusOr<ast::Pipeline> Parse(const Source& source, const ShapeTable& shapes,
                                    const SyntaxLimits& limits, Diagnostics& diagnostics);

// Search terms alone: the text of a `search` field, an event type.
absl::StatusOr<ast::SearchExpr> ParseSearchTerms(const Source& source, const ShapeTable& shapes,
                                                 const SyntaxLimits& limits,
                                                 Diagnostics& diagnostics);

// An expression alone: a calculated field, an iseval macro.
absl::StatusOr<ast::ExprPtr> ParseExpression(const Source& source, const ShapeTable& shapes,
                                             const SyntaxLimits& limits, Diagnostics& diagnostics);

// The tree as SPL again, in one canonical form: Parse(Print(tree)) gives an equal tree.
std::string Print(const ast::Pipeline& pipeline);
std::string Print(const ast::SearchExpr& search);
std::string Print(const ast::Expr& expression);
// The tree in one form for all kinds of nodes, for programs that show it.
struct OutlineNode {
  std::string kind;  // "command", "broken", "option", "compare" …
  std::string text;  // What the node says for itself: a name, an operator, a literal.
  Span span;
  std::vector<OutlineNode> children;
};
OutlineNode Outline(const ast::Pipeline& pipeline);
// The outline with one node a line, indented; what `explain --stage ast` shows. Two trees are equal
// if their dumps without spans are.
std::string Dump(const ast::Pipeline& pipeline, bool with_spans);

}  // namespace spelk
