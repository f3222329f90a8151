// Escaping and unescaping of strings, checking of scalars.
#include "io/json_text.h"

#include <array>
#include <cstring>

#include "value/case_fold.h"

namespace spelk::io {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

unsigned HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10U;
}

char32_t FourHex(std::string_view text) {
  char32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value * 16U + HexDigit(text[i]);
  return value;
}

// The code point of the \u escape whose four digits begin at *at; takes a second escape for a pair.
char32_t UnicodeEscape(std::string_view content, size_t* at) {
  if (*at + 4 > content.size()) {
    *at = content.size();
    return kReplacement;
  }
  const char32_t first = FourHex(content.substr(*at, 4));
  *at += 4;
  if (first < 0xD800 || first > 0xDFFF) return first;
  if (first > 0xDBFF || content.substr(*at, 2) != "\\u" || *at + 6 > content.size()) {
    return kReplacement;
  }
  const char32_t second = FourHex(content.substr(*at + 2, 4));
  if (second < 0xDC00 || second > 0xDFFF) return kReplacement;
  *at += 6;
  return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
}

char SimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;  // " \ /
  }
}

char* PutCodePoint(char32_t code_point, char* out) {
  if (code_point < 0x80) {
    *out++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *out++ = static_cast<char>(0xC0U | (code_point >> 6U));
    *out++ = static_cast<char>(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    *out++ = static_cast<char>(0xE0U | (code_point >> 12U));
    *out++ = static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
    *out++ = static_cast<char>(0x80U | (code_point & 0x3FU));
  } else {
    *out++ = static_cast<char>(0xF0U | (code_point >> 18U));
    *out++ = static_cast<char>(0x80U | ((code_point >> 12U) & 0x3FU));
    *out++ = static_cast<char>(0x80U | ((code_point >> 6U) & 0x3FU));
    *out++ = static_cast<char>(0x80U | (code_point & 0x3FU));
  }
  return out;
}

// Writes the unescaped content, which is never longer than the content; returns its end.
char* Unescape(std::string_view content, char* out) {
  size_t at = 0;
  while (at < content.size()) {
    const void* hit = std::memchr(content.data() + at, '\\', content.size() - at);
    const size_t stop = hit == nullptr
                            ? content.size()
                            : static_cast<size_t>(static_cast<const char*>(hit) - content.data());
    std::memcpy(out, content.data() + at, stop - at);
    out += stop - at;
    at = stop;
    if (at + 1 >= content.size()) break;
    const char escape = content[at + 1];
    at += 2;
    if (escape == 'u') {
      out = PutCodePoint(UnicodeEscape(content, &at), out);
    } else {
      *out++ = SimpleEscape(escape);
    }
  }
  return out;
}

struct EscapedByte {
  char text[6] = {};
  uint8_t size = 0;
};

constexpr std::array<EscapedByte, 128> MakeEscapes() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<EscapedByte, 128> table{};
  for (size_t c = 0; c < table.size(); ++c) {
    table[c] = {{'\\', 'u', '0', '0', kHex[c >> 4U], kHex[c & 15U]}, 6};
  }
  constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";  // A byte, then its letter.
  for (size_t i = 0; i < kShort.size(); i += 2) {
    table[static_cast<unsigned char>(kShort[i])] = {{'\\', kShort[i + 1]}, 2};
  }
  return table;
}
constexpr std::array<EscapedByte, 128> kEscapes = MakeEscapes();

}  // namespace

std::string_view JsonEscape(char c) {
  const EscapedByte& escape = kEscapes[static_cast<unsigned char>(c)];
  return {escape.text, escape.size};
}

void AppendUnescaped(std::string_view content, std::string& out) {
  const size_t before = out.size();
  out.resize(before + content.size());
  const char* end = Unescape(content, out.data() + before);
  out.resize(static_cast<size_t>(end - out.data()));
}

Value ToValue(const RawValue& raw, Arena& arena) {
  switch (raw.kind) {
    case RawKind::kString:
      return Value::Text(raw.text());
    case RawKind::kEscapedString: {
      char* out = arena.AllocateText(raw.size);
      if (out == nullptr) return Value::Null();
      const char* end = Unescape(raw.text(), out);
      return Value::Text({out, static_cast<size_t>(end - out)});
    }
    case RawKind::kNumber:
      return Value::Text(raw.text(), JsonType::kNumber);
    case RawKind::kLiteral:
      return Value::Text(raw.text(), JsonType::kLiteral);
    case RawKind::kAbsent:
    case RawKind::kObject:
    case RawKind::kArray:
      break;
  }
  return Value::Null();
}

bool IsJsonNumber(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const auto digits = [&] {
    const char* start = p;
    while (p != end && *p >= '0' && *p <= '9') ++p;
    return p != start;
  };
  if (p != end && *p == '-') ++p;
  if (p != end && *p == '0') {
    ++p;
  } else if (!digits()) {
    return false;
  }
  if (p != end && *p == '.') {
    ++p;
    if (!digits()) return false;
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!digits()) return false;
  }
  return p == end;
}

bool IsJsonLiteral(std::string_view text) {
  return text == "true" || text == "false" || text == "null";
}

}  // namespace spelk::io
