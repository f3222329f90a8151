// What to say where the grammar cannot go on. Uses ANTLR; only src/syntax includes it.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "base/diagnostics.h"
#include "syntax/command_tokens.h"

namespace spelk::syntax {

// The parser stopped at token `at` of the command (at their number: at what follows), within a rule
// of the grammar. Adds what was seen and what would have been right, and returns the status.
absl::Status UnexpectedToken(std::string_view text, const CommandTokens& command, size_t at,
                             size_t rule, const ShapeTable& shapes, Diagnostics& diagnostics);

}  // namespace spelk::syntax
