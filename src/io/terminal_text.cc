// Escaping control characters.
#include "io/terminal_text.h"

#include <fmt/format.h>

#include "value/case_fold.h"

namespace spelk::io {
namespace {

constexpr char32_t kNoCodePoint = 0x110000;  // And above: a byte that is not UTF-8.

// The second set of control characters, and what turns the direction of text.
bool IsControl(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
         (code_point >= 0x200E && code_point <= 0x200F) ||
         (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069) || code_point >= kNoCodePoint;
}

std::string Escape(char32_t code_point, Escapes escapes) {
  const auto number =
      static_cast<uint32_t>(code_point >= kNoCodePoint ? code_point - kNoCodePoint : code_point);
  const bool ascii = escapes == Escapes::kReadable && number < 0x80;
  return ascii ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

// `lines`: newlines and tabs stay, a carriage return before a newline goes.
std::string EscapeControls(std::string_view text, Escapes escapes, bool lines) {
  std::string shown;
  shown.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t next = at;
    const char32_t code_point = NextCodePoint(text, &next);
    const bool layout = lines && (code_point == '\n' || code_point == '\t');
    const bool ends_line = code_point == '\r' && next < text.size() && text[next] == '\n';
    if (layout || !IsControl(code_point)) {
      shown.append(text, at, next - at);
    } else if (!lines || !ends_line) {
      shown += Escape(code_point, escapes);
    }
    at = next;
  }
  return shown;
}

}  // namespace

std::string ForTerminal(std::string_view text, Escapes escapes) {
  return EscapeControls(text, escapes, true);
}

std::string Printable(std::string_view text) {
  return EscapeControls(text, Escapes::kReadable, false);
}

}  // namespace spelk::io
