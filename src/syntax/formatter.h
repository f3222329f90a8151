// Formatter: from words to a layout. The text is known to parse, so that each function takes what
// the rule of the grammar takes; what would not fit is kept with its blanks as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "syntax/layout.h"
#include "syntax/words.h"

namespace spelk::syntax {

inline constexpr size_t kIndent = 4;
inline constexpr size_t kInBrackets = 2;

// What stands between two words.
enum class Gap : uint8_t {
  kNone,
  kBlank,
  kLine,      // A blank, or a line break.
  kKeep,      // A blank if there was one.
  kKeepLine,  // Likewise, or a line break.
  kHardLine,
};

bool IsComparator(std::string_view type);
bool IsClause(std::string_view type);

// Functions leave what stands before their first word to the caller, and stop at the word after.
class Formatter {
  using Part = Layout::Part;
  using Parts = std::vector<Part>;

 public:
  Formatter(std::string_view text, const std::vector<Token>& tokens)
      : text_(text), words_(text, tokens) {}

  Part All();
  const Layout& layout() const { return layout_; }

 private:
  // ---------------------------------------------------------------- words

  const Word& word() const { return words_[at_]; }
  std::string_view type() const { return words_[at_].type; }
  bool At(std::string_view type) const { return words_[at_].type == type; }
  bool AtEnd() const { return words_[at_].type.empty(); }
  bool AtStageEnd() const { return AtEnd() || At("PIPE") || At("RBRACKET"); }

  // The text of the word at hand, which is left behind.
  Part Take() { return layout_.Text(words_[at_++].text); }
  // Those from the word at hand up to another, as they are written.
  Part TakeAsWritten(size_t last);

  // What stands before the word at hand: blanks, and comments with them. One that begins a line
  // keeps a line to itself.
  Part Before(Gap gap);

  // Whether the last one needs a line to itself.
  bool Comments(const Word& next, Parts* parts);
  Part Plain(Gap gap, bool was, size_t at);

  // Comments before all else.
  Part Opening();
  // Comments after all else.
  Part Closing();

  // A word that no rule takes, with the blanks that it had.
  void TakeRest(Parts* parts);
  Part InIndent(Parts parts) { return layout_.Indent(kIndent, layout_.Join(std::move(parts))); }

  // ---------------------------------------------------------------- pipelines

  Part Pipeline();

  // Behind a pipe or a bracket no comment begins a line of its own.
  Part AfterOpening(Gap gap);
  Part Stage();

  // [ … ]: on one line if it has one stage.
  Part Subsearch();

  // ---------------------------------------------------------------- search terms

  bool AtTermsEnd() const { return AtStageEnd() || At("RPAREN") || IsClause(type()); }

  // Terms that all must hold; those joined by OR stay together if they can.
  Part Terms();
  Part AnyOf();
  Part Term();

  // A word, a text, a macro, TERM(…), a subsearch.
  Part SearchValue();
  Part SearchValues();

  // ( … ), the parenthesis at hand.
  Part Parenthesised(const std::function<Part()>& inner);

  // ---------------------------------------------------------------- expressions

  Part Assignments();
  Part Assignment();

  // Whether the whole value is one call, which indents what is in it.
  bool IsCall() const;

  // `outer`: what surrounds it indents its further lines.
  Part Expression(bool outer = true) { return Logical(0, outer); }

  // XOR of ORs of ANDs: each operand on a line if not all fit on one.
  Part Logical(size_t level, bool outer);
  Part Not(bool outer);
  Part Comparison(bool outer);
  bool AtArithmetic(bool products) const;

  // Sums, or the products within them.
  Part Arithmetic(bool products, bool outer);
  Part Signed();
  Part Operand();

  // The arguments of a function: conditions and their values in pairs, others as many as fit.
  Part Call(std::string_view name);

  // `together`: so many stand on a line where not all fit on one; 0 for as many as fit.
  Part Expressions(size_t together, bool open);

  // ---------------------------------------------------------------- arguments

  // A command with its arguments; its clauses on lines of their own if not all fit on one.
  Part ArgumentStage();
  Part Clause();
  bool AtArgumentsEnd() const { return AtStageEnd() || At("RPAREN") || IsClause(type()); }

  Part Arguments();
  Part Argument();

  // Without the last of them.
  Part Sign(Parts parts);
  // Whether what was taken since then is a call or an expression.
  bool HasParenthesis(size_t begin) const;

  // A word, a text, a call, an expression, a subsearch.
  Part Value();

  // Commas without a blank around them are part of it: to=a@b,c@d.
  Part OptionValue();

  const std::string_view text_;
  const Words words_;
  Layout layout_;
  size_t at_ = 0;
  size_t calls_ = 0;  // Around the word at hand.
};

}  // namespace spelk::syntax
