// Quotes and backslashes as Splunk reads them: language.md, "Lexer modes" and "Backslashes in
// search".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spelk::syntax {

// `\\` and `\"` lose their backslash, in search text `\|` too, and in quoted field names `\'`
// instead of `\"`; any other pair stays as it is.
enum class Escapes : uint8_t { kCommon, kSearch, kField };

std::string Unescape(std::string_view text, Escapes escapes);
// The text as it must be written between double quotes to be read back.
std::string Quote(std::string_view text);
// The same for a field's name between single quotes, and for a word outside quotes.
std::string QuoteField(std::string_view name);
std::string EscapeWord(std::string_view text);

}  // namespace spelk::syntax
