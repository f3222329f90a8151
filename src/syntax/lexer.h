// The tokens of a search, with the mode of each chosen by the command it belongs to. Uses ANTLR;
// only src/syntax includes it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "syntax/parse.h"

namespace spelk::syntax {

// A token of grammar/SplLexer.g4.
struct RawToken {
  size_t type = 0;
  Span span;
  bool hidden = false;
};

// What text is read as.
enum class Entry : uint8_t { kQuery, kTerms, kExpression };

// All tokens in order, hidden ones included; together they are the text. Never fails: what is no
// token of any mode comes as OTHER, what is left open as OPEN_STRING and the like. Stops after
// `most` tokens.
std::vector<RawToken> Lex(std::string_view text, const ShapeTable& shapes, Entry entry,
                          size_t most);

// The grammar's name of a token type: "WORD".
std::string TypeName(size_t type);

}  // namespace spelk::syntax
