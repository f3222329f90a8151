// The tokens of a text, cut at pipes and brackets. Uses ANTLR; only src/syntax includes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/diagnostics.h"
#include "syntax/lexer.h"

namespace spelk::syntax {

// One command. A subsearch is one token, SUBSEARCH; a bracket without its partner stands as it is.
struct CommandTokens {
  std::vector<RawToken> tokens;  // The visible ones.
  RawToken next;                 // What follows: a pipe, a closing bracket, or the end of the text.
  bool after_pipe = false;
  Span before;  // That pipe.
  bool in_subsearch = false;
  bool subsearch_unbalanced = false;  // Something in one of its subsearches is.

  // Of `tokens`, or `next`.
  const RawToken& At(size_t at) const { return at < tokens.size() ? tokens[at] : next; }
};

// For each "[" of a text's visible tokens the index of its "]"; for one that is never closed the
// number of tokens. Fails where brackets, parentheses, NOTs and signs nest too deep, so that what
// walks them may be recursive.
absl::StatusOr<std::vector<size_t>> MatchBrackets(const std::vector<RawToken>& visible,
                                                  size_t max_depth, Diagnostics& diagnostics);

// Finds what is wrong with the tokens themselves: quotes and comments that never end, parentheses
// and brackets without partners, comparisons without a right side, no command at all. The status is
// that of the first problem.
absl::Status CheckTokens(std::string_view text, const CommandTokens& command,
                         Diagnostics& diagnostics);

// What stands at a token, for messages: "\")\"", "the end of the search".
std::string Describe(std::string_view text, const RawToken& token);
// The place of a token, for messages: of a subsearch its bracket.
Span PlaceOf(const RawToken& token);
// Whether the command takes an expression, as where and eval do.
bool TakesExpression(const CommandTokens& command);
// Whether it takes arguments, as stats and rex do.
bool TakesArguments(const CommandTokens& command);
// The name of the command, for messages on token `at`; empty if there is none before it.
std::string CommandAt(std::string_view text, const CommandTokens& command, size_t at);

}  // namespace spelk::syntax
