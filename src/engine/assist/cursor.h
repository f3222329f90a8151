// Cursor: where a place in a text stands: in which command, call, option, clause. It looks at the
// words before the place alone, so that it knows as much of a search that is half written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/compile.h"
#include "spelk/assist.h"

namespace spelk::engine {

struct Cursor {
  enum class Place : unsigned char {
    kNowhere,      // In a text in quotes, or a comment.
    kQuotedField,  // In the single quotes around a field of an expression.
    kMacro,        // In a macro call: its name.
    kCommand,      // The name of a command is due.
    kValue,        // The value of an option, or of a field in search terms.
    kSearch,       // A search term.
    kTarget,       // The left side of an assignment.
    kOperand,      // Of an expression.
    kArgument,     // Among arguments.
  };
  // A call whose parentheses are open.
  struct Call {
    std::string name;         // Empty: they only group.
    size_t begin = 0;         // Of its name.
    size_t argument = 0;      // Which one is being written.
    bool expression = false;  // Its arguments are expressions.
    bool macro = false;
  };

  Place place = Place::kCommand;
  size_t begin = 0;        // Of the word at hand; the place itself if there is none.
  std::string_view word;   // As far as the place.
  bool first = true;       // The command is the first of its pipeline …
  bool piped = false;      // … and a pipe stands before it.
  std::string command;     // Without one where its name is due; "search" if it is implied.
  size_t stage = 0;        // Where the command begins: after the pipe or bracket.
  size_t pipeline = 0;     // Likewise the pipeline.
  std::string outer;       // The command that holds the subsearch.
  size_t outer_stage = 0;  // Where that one begins.
  std::vector<Call> calls;
  std::string option;  // kValue: of which option or field.
  std::string clause;  // The last clause word of the command, in lower case: "by", "output" …
  bool alias = false;  // The word before is AS.
  bool due = true;     // An operand, or a term, is due; else an operator could follow.
  std::vector<std::string_view> words;    // Plain words of the command before the place, in order.
  std::vector<std::string_view> options;  // Names of the options that are given.
  std::string model;                      // What datamodel= of the command says.

  const Call* call() const { return calls.empty() ? nullptr : &calls.back(); }
};

// The place is a byte offset, at most the size of the text, which outlives the cursor.
Cursor FindCursor(const Core& core, std::string_view text, size_t place);

// The token at a place: the one that holds it, or a word that ends there.
struct TokenAt {
  std::string type;
  Span span;
};
std::optional<TokenAt> FindToken(const Core& core, std::string_view text, size_t place);
// Those that are neither blanks nor comments.
std::vector<Token> VisibleTokens(const Core& core, std::string_view text);

// The fields that rows have behind the commands of a text.
FieldsAt FieldsOf(const Core& core, std::string_view text, const AssistOptions& options);

}  // namespace spelk::engine
