// JSON strings and scalars, both ways.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "value/value.h"

namespace spelk::io {

// Containers may lie so deep in a line; the next level is a fault, whoever reads it.
inline constexpr int kMaxJsonDepth = 512;

enum class RawKind : uint8_t {
  kAbsent,
  kString,         // The content is the value.
  kEscapedString,  // The content has escapes.
  kNumber,
  kLiteral,  // true, false, null
  kObject,
  kArray,
};

// A value as it stands in a line: a view, nothing decoded yet.
struct RawValue {
  const char* data = nullptr;
  uint32_t size = 0;
  RawKind kind = RawKind::kAbsent;
  uint16_t open = 0;  // An array that is cut off at a fault: how many containers are open there.

  std::string_view text() const { return {data, size}; }
};

// Appends the content of a JSON string with its escapes undone. A surrogate without its partner
// becomes U+FFFD. The content is valid.
void AppendUnescaped(std::string_view content, std::string& out);
// The same into an arena. Null value when the arena is exhausted.
Value ToValue(const RawValue& raw, Arena& arena);

// The bytes that JSON strings escape: `"`, `\` and control characters. How they are written.
constexpr bool IsJsonEscaped(char c) {
  return static_cast<unsigned char>(c) < 0x20U || c == '"' || c == '\\' || c == 0x7F;
}
std::string_view JsonEscape(char c);

// Gives the text as a JSON string with quotes, in pieces. Bytes beyond ASCII, valid UTF-8 by
// contract, stay as they are.
template <class Emit>
void EmitJsonString(std::string_view text, Emit emit) {
  emit(std::string_view("\"", 1));
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsJsonEscaped(text[i])) continue;
    if (i > start) emit(text.substr(start, i - start));
    emit(JsonEscape(text[i]));
    start = i + 1;
  }
  if (start < text.size()) emit(text.substr(start));
  emit(std::string_view("\"", 1));
}

// Whether a scalar of a line is a JSON number, or true, false, null.
bool IsJsonNumber(std::string_view text);
bool IsJsonLiteral(std::string_view text);

}  // namespace spelk::io
