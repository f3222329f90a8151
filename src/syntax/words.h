// Words: the visible tokens of a text, each with what stands before it, and the partners of
// brackets.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "syntax/parse.h"

namespace spelk::syntax {

struct Word {
  struct Comment {
    std::string_view text;
    bool gap = false;          // A blank stands before it …
    bool begins_line = false;  // … or nothing else on its line.
  };
  std::string_view type;  // The grammar's name; empty for the end of the text.
  std::string_view text;
  Span span;
  bool gap = false;  // A blank stands before it.
  std::vector<Comment> comments;
};

class Words {
 public:
  // Both must outlive it.
  Words(std::string_view text, const std::vector<Token>& tokens);

  // Beyond the last one the end of the text.
  const Word& operator[](size_t at) const {
    return at < words_.size() ? words_[at] : words_.back();
  }
  // Whether the word is a bracket, and the subsearch in it has several commands.
  bool has_stages(size_t at) const { return at < stages_.size() && stages_[at]; }
  // The parenthesis that closes the one at hand.
  size_t ClosingOf(size_t at) const;

 private:
  void MatchBrackets();

  std::vector<Word> words_;
  std::vector<size_t> partners_;
  std::vector<bool> stages_;
};

}  // namespace spelk::syntax
