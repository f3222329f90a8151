// Gathering words, and matching what opens with what closes.
#include "syntax/words.h"

#include <algorithm>
#include <utility>

namespace spelk::syntax {
namespace {

bool Opens(std::string_view type) {
  return type == "LPAREN" || type == "CALL_PAREN" || type == "SEARCH_PAREN" || type == "LBRACKET";
}
bool Closes(std::string_view type) { return type == "RPAREN" || type == "RBRACKET"; }

}  // namespace

Words::Words(std::string_view text, const std::vector<Token>& tokens) {
  Word next;
  bool gap = false;
  bool line = false;
  for (const Token& token : tokens) {
    const std::string_view written = TextOf(text, token.span);
    if (token.type == "BLANKS") {
      gap = true;
      line = line || written.find('\n') != std::string_view::npos;
      continue;
    }
    if (token.hidden) {
      next.comments.push_back({written, gap, line});
    } else {
      next.type = token.type;
      next.text = written;
      next.span = token.span;
      next.gap = gap;
      words_.push_back(std::exchange(next, Word()));
    }
    gap = line = false;
  }
  const auto end = static_cast<uint32_t>(text.size());
  next.span = {end, end};
  next.gap = gap;
  words_.push_back(std::move(next));
  MatchBrackets();
}

void Words::MatchBrackets() {
  partners_.assign(words_.size(), words_.size() - 1);
  stages_.assign(words_.size(), false);
  std::vector<size_t> open;
  for (size_t at = 0; at < words_.size(); ++at) {
    const std::string_view type = words_[at].type;
    if (Opens(type)) open.push_back(at);
    if (open.empty()) continue;
    // A pipe at the beginning parts nothing.
    if (type == "PIPE" && words_[open.back()].type == "LBRACKET" && at != open.back() + 1) {
      stages_[open.back()] = true;
    }
    if (!Closes(type)) continue;
    partners_[open.back()] = at;
    open.pop_back();
  }
}

size_t Words::ClosingOf(size_t at) const {
  return at < partners_.size() ? partners_[at] : words_.size() - 1;
}

}  // namespace spelk::syntax
