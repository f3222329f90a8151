// Span: a piece of a query's text.
#pragma once

#include <cstdint>
#include <string_view>

namespace spelk {

// Bytes [begin, end) of one Source. The empty span {0, 0} stands for "no place".
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  constexpr bool empty() const { return begin == end; }
  constexpr uint32_t size() const { return end - begin; }
  friend constexpr bool operator==(const Span&, const Span&) = default;
};

// The smallest span that covers both; an empty span adds nothing.
constexpr Span Cover(Span a, Span b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

inline std::string_view TextOf(std::string_view source, Span span) {
  if (span.begin > source.size()) return {};
  return source.substr(span.begin, span.size());
}

}  // namespace spelk
