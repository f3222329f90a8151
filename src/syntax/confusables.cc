// A table of them.
#include "syntax/confusables.h"

#include <fmt/format.h>

#include "value/case_fold.h"

namespace spelk::syntax {
namespace {

enum class Kind : uint8_t {
  kNone,
  kDouble,
  kSingle,
  kBlank,
  kInvisible,
  kDash,
  kPipe,
  kLessOrEqual,
  kGreaterOrEqual,
  kNotEqual,
};

Kind KindOf(char32_t c) {
  if (c >= 0x201C && c <= 0x201F) return Kind::kDouble;
  if (c >= 0x2018 && c <= 0x201B) return Kind::kSingle;
  if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000) {
    return Kind::kBlank;
  }
  if (c == 0xAD || c == 0x200B || c == 0x2060 || c == 0xFEFF) return Kind::kInvisible;
  if (c == 0xA6 || c == 0x2223 || c == 0x2502 || c == 0x2503 || c == 0xFF5C) return Kind::kPipe;
  if (c == 0x2264) return Kind::kLessOrEqual;
  if (c == 0x2265) return Kind::kGreaterOrEqual;
  if (c == 0x2260) return Kind::kNotEqual;
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return Kind::kDash;
  return Kind::kNone;
}

std::string_view PlainOf(Kind kind) {
  switch (kind) {
    case Kind::kDouble:
      return "write a plain \"";
    case Kind::kSingle:
      return "write a plain '";
    case Kind::kBlank:
      return "write a plain blank";
    case Kind::kDash:
      return "write a plain -";
    case Kind::kPipe:
      return "write a plain |";
    case Kind::kLessOrEqual:
      return "write <=";
    case Kind::kGreaterOrEqual:
      return "write >=";
    case Kind::kNotEqual:
      return "write !=";
    default:
      return "leave it out";
  }
}

std::string_view NameOfKind(Kind kind) {
  switch (kind) {
    case Kind::kBlank:
      return "blank of another kind";
    case Kind::kInvisible:
      return "invisible character";
    default:
      return "";
  }
}

}  // namespace

std::optional<Confusable> FindConfusable(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      ++at;
      continue;
    }
    const size_t begin = at;
    const char32_t code_point = NextCodePoint(text, &at);
    const Kind kind = KindOf(code_point);
    if (kind == Kind::kNone) continue;
    const std::string_view name = NameOfKind(kind);
    return Confusable{
        begin, at - begin,
        fmt::format("{} (U+{:04X})", name.empty() ? text.substr(begin, at - begin) : name,
                    static_cast<uint32_t>(code_point)),
        PlainOf(kind)};
  }
  return std::nullopt;
}

}  // namespace spelk::syntax
