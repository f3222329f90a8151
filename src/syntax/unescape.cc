// Backslashes, there and back.
#include "syntax/unescape.h"

namespace spelk::syntax {

std::string Unescape(std::string_view text, Escapes escapes) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char next = text[i + 1];
      const bool escaped = next == '\\' || (next == '"' && escapes != Escapes::kField) ||
                           (next == '|' && escapes == Escapes::kSearch) ||
                           (next == '\'' && escapes == Escapes::kField);
      if (escaped) {
        plain += next;
        ++i;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

namespace {

std::string Escape(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string Quote(std::string_view text) { return '"' + Escape(text, "\"") + '"'; }
std::string QuoteField(std::string_view name) { return '\'' + Escape(name, "'") + '\''; }
std::string EscapeWord(std::string_view text) { return Escape(text, "\"|"); }

}  // namespace spelk::syntax
