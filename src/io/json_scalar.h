// The scalars between two structural characters of an indexed line.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "io/json_text.h"
#include "value/ascii.h"

namespace spelk::io {

// The end of what stands in [begin, end) without blanks at its end.
inline const char* TrimEnd(const char* begin, const char* end) {
  while (end > begin && IsBlank(end[-1])) --end;
  return end;
}

// The content of the string that begins at `quote`, with the next structural at `next`. Nothing if
// something other than blanks stands between.
inline std::optional<std::string_view> StringContent(const char* text, uint32_t quote,
                                                     uint32_t next) {
  const char* begin = text + quote + 1;
  const char* end = TrimEnd(begin, text + next);
  if (end == begin || end[-1] != '"') return std::nullopt;
  return std::string_view(begin, static_cast<size_t>(end - 1 - begin));
}

inline std::string_view ScalarText(const char* text, uint32_t at, uint32_t next) {
  const char* begin = text + at;
  return {begin, static_cast<size_t>(TrimEnd(begin, text + next) - begin)};
}

inline RawValue StringValue(std::string_view content) {
  const bool escaped = std::memchr(content.data(), '\\', content.size()) != nullptr;
  return {content.data(), static_cast<uint32_t>(content.size()),
          escaped ? RawKind::kEscapedString : RawKind::kString};
}

// Nothing for text that is no JSON scalar.
inline std::optional<RawValue> ScalarValue(std::string_view text) {
  RawKind kind = RawKind::kAbsent;
  if (!text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'))) {
    if (IsJsonNumber(text)) kind = RawKind::kNumber;
  } else if (IsJsonLiteral(text)) {
    kind = RawKind::kLiteral;
  }
  if (kind == RawKind::kAbsent) return std::nullopt;
  return RawValue{text.data(), static_cast<uint32_t>(text.size()), kind};
}

}  // namespace spelk::io
