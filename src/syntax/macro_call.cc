// Where the parts of a macro call stand.
#include "syntax/macro_call.h"
#include "value/ascii.h"

namespace spelk::syntax {
namespace {

// Where a comma, a parenthesis or a quote in the text of a macro call stands.
class MacroSplitter {
 public:
  MacroSplitter(std::string_view text, Span inner) : text_(text), inner_(inner) {}

  void Split(uint32_t begin, uint32_t end, std::vector<ast::Name>* arguments) {
    size_t depth = 0;
    bool quoted = false;
    uint32_t start = begin;
    for (uint32_t i = begin; i < end; ++i) {
      const char c = text_[i];
      if (quoted) {
        if (c == '\\') ++i;
        if (c == '"') quoted = false;
      } else if (c == '"') {
        quoted = true;
      } else if (c == '(' || c == '[') {
        ++depth;
      } else if ((c == ')' || c == ']') && depth > 0) {
        --depth;
      } else if (c == ',' && depth == 0) {
        arguments->push_back(Trimmed(start, i));
        start = i + 1;
      }
    }
    arguments->push_back(Trimmed(start, end));
  }

  ast::Name Trimmed(uint32_t begin, uint32_t end) const {
    while (begin < end && kBlanks.find(text_[begin]) != std::string_view::npos) ++begin;
    while (end > begin && kBlanks.find(text_[end - 1]) != std::string_view::npos) --end;
    ast::Name name;
    name.span = {begin, end};
    name.text = std::string(text_.substr(begin, end - begin));
    return name;
  }

  Span inner() const { return inner_; }

 private:
  const std::string_view text_;
  const Span inner_;
};

}  // namespace

ast::MacroCall SplitMacro(std::string_view text, Span call) {
  const Span inner{call.begin + 1, call.end - 1};
  MacroSplitter splitter(text, inner);
  ast::MacroCall macro;
  const std::string_view body = text.substr(inner.begin, inner.size());
  const size_t open = body.find('(');
  const ast::Name whole = splitter.Trimmed(inner.begin, inner.end);
  if (open == std::string_view::npos || whole.text.back() != ')') {
    macro.name = whole;
    return macro;
  }
  const auto paren = static_cast<uint32_t>(inner.begin + open);
  macro.name = splitter.Trimmed(inner.begin, paren);
  const uint32_t close = whole.span.end - 1;
  if (splitter.Trimmed(paren + 1, close).text.empty()) return macro;
  splitter.Split(paren + 1, close, &macro.arguments);
  return macro;
}

}  // namespace spelk::syntax
