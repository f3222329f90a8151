// Code point by code point.
#include "value/utf8.h"

#include "value/case_fold.h"

namespace spelk {
namespace {

constexpr char32_t kFirstNotUtf8 = 0x110000;

}  // namespace

size_t FirstNotUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (NextCodePoint(text, &at) >= kFirstNotUtf8) return begin;
  }
  return std::string_view::npos;
}

std::string MakeUtf8(std::string_view text) {
  std::string made;
  for (size_t bad = FirstNotUtf8(text); bad != std::string_view::npos; bad = FirstNotUtf8(text)) {
    made += text.substr(0, bad);
    made += "\xEF\xBF\xBD";
    text.remove_prefix(bad + 1);
  }
  made += text;
  return made;
}

}  // namespace spelk
