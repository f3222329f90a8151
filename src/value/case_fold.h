// The one case fold: search, lower, upper, lookups and wildcards all use it.
#pragma once

#include <string>
#include <string_view>

namespace spelk {

// Simple (one to one) Unicode case mapping. Bytes that are not UTF-8 stay as they are.
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);

// The form in which two texts are equal ignoring case: simple case folding of each code point, so
// that "K" (U+212A) folds to "k" and "ſ" (U+017F) to "s". The length in bytes may change.
std::string FoldCase(std::string_view text);
// Appends the fold to `out`.
void AppendFolded(std::string_view text, std::string& out);
// True if FoldCase would give back the text; a quick test for plain lower-case ASCII.
bool IsFolded(std::string_view text);

// FoldCase(text) == folded, without allocation. `folded` is the result of FoldCase.
bool EqualsFolded(std::string_view text, std::string_view folded);
// Three-way comparison of the folds by bytes.
int CompareFolded(std::string_view a, std::string_view b);

// The next code point of `text` at `*at` (advances it); bytes that are not UTF-8 give 0x110000 +
// the byte, so that they equal themselves only.
char32_t NextCodePoint(std::string_view text, size_t* at);
char32_t FoldCodePoint(char32_t code_point);
void AppendCodePoint(char32_t code_point, std::string& out);

}  // namespace spelk
