// JSON strings and scalars of input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "value/value.h"

namespace spelk::io {

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

  std::string_view text() const { return {data, size}; }
};

// Appends the content of a JSON string with its escapes undone. A surrogate without its partner
// becomes U+FFFD. The content is valid.
void AppendUnescaped(std::string_view content, std::string& out);
// The same into an arena. Null value when the arena is exhausted.
Value ToValue(const RawValue& raw, Arena& arena);

// Whether a scalar of a line is a JSON number, or true, false, null.
bool IsJsonNumber(std::string_view text);
bool IsJsonLiteral(std::string_view text);

}  // namespace spelk::io
