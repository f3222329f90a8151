// Whether bytes are UTF-8, and what stands for those that are not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spelk {

// What may stand before all text of a file.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The place of the first byte that belongs to no code point; npos if there is none.
size_t FirstNotUtf8(std::string_view text);
inline bool IsUtf8(std::string_view text) { return FirstNotUtf8(text) == std::string_view::npos; }
// The text with U+FFFD for each such byte.
std::string MakeUtf8(std::string_view text);

}  // namespace spelk
