// spelk/syntax.h: a search as tokens and as a tree, for programs that format it, look through it or
// edit it. Standard library only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spelk/result.h"

namespace spelk {

// A word of a search. All tokens together, hidden ones included, are the text.
struct SyntaxToken {
  std::string type;   // The grammar's name: "PIPE", "WORD", "STRING", "COMMENT", "BY" …
  size_t offset = 0;  // In bytes.
  size_t length = 0;
  bool hidden = false;  // Comments and blanks.
};

// A part of a search.
struct SyntaxNode {
  // "pipeline", "command", "argument", "option", "subsearch", "compare" …; "broken" for a command
  // that could not be read.
  std::string kind;
  std::string text;   // What it says for itself: a name, an operator, a literal.
  size_t offset = 0;  // In bytes; a length of 0 stands for what was not written, such as an
  size_t length = 0;  // implied search.
  std::vector<SyntaxNode> children;
};

// A text as far as it could be read, one command at a time. Macros are not expanded and names are
// not looked up; Engine::Compile does both.
struct Parsed {
  std::vector<SyntaxToken> tokens;
  SyntaxNode tree;
  std::string printed;  // The tree as SPL in one canonical form.
  std::vector<ErrorDetail>
      diagnostics;  // All problems, in the order of the text; none: it is read.
};

// A search with its macros and saved searches put in, as it runs.
struct ExpandedSearch {
  // A stretch that was copied from the search, or that a macro made.
  struct Piece {
    size_t offset = 0;  // In `text`, in bytes.
    size_t length = 0;
    size_t search_offset = 0;  // In the search: of the copy, or of the call.
    size_t search_length = 0;
    std::string macro;  // The innermost that made it; empty for a copy.
    std::string place;  // Of its definition: "my_app/default/macros.conf:3"; empty if it has none.
  };
  std::string text;
  std::vector<Piece> pieces;  // In order; all of the text.
};

}  // namespace spelk
