// What is wrong with a search can often be said by its tokens alone, in plainer words than a
// grammar has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/diagnostics.h"
#include "syntax/lexer.h"

namespace spelk::syntax {

// Refuses open quotes, comments and macro calls, unbalanced brackets, empty commands, comparisons
// without a right side, characters that no word may hold, and nesting beyond `max_depth`. `tokens`
// are all tokens of the text.
absl::Status CheckTokens(std::string_view text, const std::vector<RawToken>& tokens,
                         size_t max_depth, Diagnostics& diagnostics);

// What stands at token `at` (an index of visible ones; past the last is the end), for messages:
// "\")\"", "the end of the search".
std::string Describe(std::string_view text, const std::vector<RawToken>& visible, size_t at);
// Whether token `at` belongs to a command that takes expressions.
bool InExpression(const std::vector<RawToken>& visible, size_t at);
// Whether a place is among the arguments of a command such as stats or rex.
bool InArguments(const std::vector<RawToken>& visible, size_t at);
// The name of the command that token `at` belongs to; empty if there is none.
std::string CommandAt(std::string_view text, const std::vector<RawToken>& visible, size_t at);

}  // namespace spelk::syntax
