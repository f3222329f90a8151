// Simple case mapping and folding, with a fast path for ASCII.
#include "value/case_fold.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "value/ascii.h"

namespace spelk {
namespace {

constexpr char32_t kNotUtf8 = 0x110000;  // Plus the byte.

constexpr auto kLower = [](char c) { return LowerAscii(c); };
char UpperAscii(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool IsAscii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

template <class MapByte, class MapCodePoint>
std::string Map(std::string_view text, MapByte map_byte, MapCodePoint map_code_point) {
  if (IsAscii(text)) {
    std::string mapped(text);
    for (char& c : mapped) c = map_byte(c);  // Many at once.
    return mapped;
  }
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      out += map_byte(text[at++]);
    } else {
      AppendCodePoint(map_code_point(NextCodePoint(text, &at)), out);
    }
  }
  return out;
}

char32_t Mapped(char32_t code_point, utf8proc_int32_t (*map)(utf8proc_int32_t)) {
  if (code_point >= kNotUtf8) return code_point;
  return static_cast<char32_t>(map(static_cast<utf8proc_int32_t>(code_point)));
}

}  // namespace

char32_t NextCodePoint(std::string_view text, size_t* at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t i = *at;
  const unsigned char first = byte(i);
  if (first < 0x80U) {
    *at = i + 1;
    return first;
  }
  const size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  char32_t code_point = first & (0xFFU >> (length + 1));
  bool good = first >= 0xC2U && first <= 0xF4U && i + length <= text.size();
  for (size_t k = 1; good && k < length; ++k) {
    good = (byte(i + k) & 0xC0U) == 0x80U;
    code_point = (code_point << 6U) | (byte(i + k) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  good = good && code_point >= kLeast[length] && code_point < kNotUtf8 &&
         (code_point < 0xD800 || code_point > 0xDFFF);
  *at = good ? i + length : i + 1;
  return good ? code_point : kNotUtf8 + first;
}

void AppendCodePoint(char32_t code_point, std::string& out) {
  if (code_point >= kNotUtf8) {
    out += static_cast<char>(code_point - kNotUtf8);
  } else if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0U | (code_point >> 6U));
    out += static_cast<char>(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0U | (code_point >> 12U));
    out += static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code_point & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (code_point >> 18U));
    out += static_cast<char>(0x80U | ((code_point >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (code_point & 0x3FU));
  }
}

char32_t FoldCodePoint(char32_t code_point) {
  if (code_point < 0x80) return static_cast<char32_t>(LowerAscii(static_cast<char>(code_point)));
  // The dotted and the dotless i have no fold: outside of Turkish they are no form of i.
  if (code_point == 0x130 || code_point == 0x131) return code_point;
  // By upper case first, so that all forms of a letter meet: ſ and s, the two small sigmas, the
  // Kelvin sign.
  return Mapped(Mapped(code_point, &utf8proc_toupper), &utf8proc_tolower);
}

std::string ToLower(std::string_view text) {
  return Map(text, kLower, [](char32_t c) { return Mapped(c, &utf8proc_tolower); });
}

std::string ToUpper(std::string_view text) {
  constexpr char32_t kSharpS = 0xDF;  // Has no upper case of one letter, whatever utf8proc says.
  return Map(text, &UpperAscii,
             [](char32_t c) { return c == kSharpS ? c : Mapped(c, &utf8proc_toupper); });
}

std::string FoldCase(std::string_view text) { return Map(text, kLower, &FoldCodePoint); }

void AppendFolded(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      out += LowerAscii(text[at++]);
    } else {
      AppendCodePoint(FoldCodePoint(NextCodePoint(text, &at)), out);
    }
  }
}

bool IsFolded(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
         IsAscii(text);
}

bool EqualsFolded(std::string_view text, std::string_view folded) {
  size_t t = 0;
  size_t f = 0;
  while (t < text.size() && f < folded.size()) {
    if (static_cast<unsigned char>(text[t]) < 0x80U) {
      if (LowerAscii(text[t++]) != folded[f++]) return false;
      continue;
    }
    if (FoldCodePoint(NextCodePoint(text, &t)) != NextCodePoint(folded, &f)) return false;
  }
  return t == text.size() && f == folded.size();
}

int CompareFolded(std::string_view a, std::string_view b) {
  const std::string left = FoldCase(a);
  const std::string right = FoldCase(b);
  return left.compare(right);
}

}  // namespace spelk
