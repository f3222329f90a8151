// Wildcards as literal pieces found from left to right, and LIKE.
#include "value/wildcard.h"

#include <algorithm>
#include <optional>

#include "value/ascii.h"
#include "value/case_fold.h"

namespace spelk {
namespace {

bool IsAsciiByte(char c) { return static_cast<unsigned char>(c) < 0x80U; }

// The length of the stretch of `text` at `at` whose fold is `folded`; nothing if there is none.
// With exact case the stretch is the piece itself.
std::optional<size_t> MatchAt(std::string_view text, size_t at, std::string_view piece,
                              Case sensitivity) {
  if (sensitivity == Case::kExact) {
    return text.substr(at, piece.size()) == piece ? std::optional(piece.size()) : std::nullopt;
  }
  size_t t = at;
  size_t p = 0;
  while (p < piece.size()) {
    if (t >= text.size()) return std::nullopt;
    if (IsAsciiByte(text[t])) {
      if (LowerAscii(text[t++]) != piece[p++]) return std::nullopt;
    } else if (FoldCodePoint(NextCodePoint(text, &t)) != NextCodePoint(piece, &p)) {
      return std::nullopt;
    }
  }
  return t - at;
}

struct Found {
  size_t begin;
  size_t end;
};

std::optional<Found> Find(std::string_view text, size_t from, std::string_view piece,
                          Case sensitivity) {
  if (sensitivity == Case::kExact) {
    const size_t at = text.find(piece, from);
    return at == std::string_view::npos ? std::nullopt
                                        : std::optional<Found>({at, at + piece.size()});
  }
  const char first = piece.front();
  for (size_t at = from; at < text.size(); ++at) {
    if (IsAsciiByte(text[at]) && LowerAscii(text[at]) != first) continue;
    if (const std::optional<size_t> length = MatchAt(text, at, piece, sensitivity)) {
      return Found{at, at + *length};
    }
  }
  return std::nullopt;
}

// Where a suffix of `text`, at or after `from`, begins that is the piece. The piece may be shorter
// or longer in bytes than the text it folds from, so candidates are tried near the end.
std::optional<size_t> FindSuffix(std::string_view text, size_t from, std::string_view piece,
                                 Case sensitivity) {
  constexpr size_t kGrowth = 3;  // The most bytes a code point takes for one byte of its fold.
  const size_t longest = piece.size() * kGrowth;
  size_t at = text.size() > longest ? text.size() - longest : 0;
  for (at = std::max(at, from); at <= text.size(); ++at) {
    const std::optional<size_t> length = MatchAt(text, at, piece, sensitivity);
    if (length && at + *length == text.size()) return at;
  }
  return std::nullopt;
}

}  // namespace

Wildcard::Wildcard(std::string_view pattern, Case sensitivity) : sensitivity_(sensitivity) {
  const std::string text = sensitivity == Case::kIgnore ? FoldCase(pattern) : std::string(pattern);
  has_star_ = text.find('*') != std::string::npos;
  anchored_begin_ = !text.starts_with('*');
  anchored_end_ = !text.ends_with('*');
  for (size_t from = 0; from <= text.size();) {
    const size_t star = std::min(text.find('*', from), text.size());
    if (star > from) pieces_.push_back(text.substr(from, star - from));
    from = star + 1;
  }
}

bool Wildcard::Matches(std::string_view text) const {
  if (!has_star_) {
    if (pieces_.empty()) return text.empty();
    return sensitivity_ == Case::kIgnore ? EqualsFolded(text, pieces_[0]) : text == pieces_[0];
  }
  size_t from = 0;
  size_t first = 0;
  size_t last = pieces_.size();
  if (anchored_begin_ && first < last) {
    const std::optional<size_t> length = MatchAt(text, 0, pieces_[first++], sensitivity_);
    if (!length) return false;
    from = *length;
  }
  const bool suffix = anchored_end_ && first < last;
  if (suffix) --last;
  for (size_t i = first; i < last; ++i) {
    const std::optional<Found> found = Find(text, from, pieces_[i], sensitivity_);
    if (!found) return false;
    from = found->end;
  }
  return !suffix || FindSuffix(text, from, pieces_[last], sensitivity_).has_value();
}

std::vector<std::string_view> Wildcard::Captures(std::string_view text) const {
  std::vector<std::string_view> captures;
  if (!Matches(text) || !has_star_) return captures;
  size_t from = 0;
  size_t piece = 0;
  if (anchored_begin_) from = *MatchAt(text, 0, pieces_[piece++], sensitivity_);
  while (piece < pieces_.size()) {
    const bool suffix = anchored_end_ && piece + 1 == pieces_.size();
    const Found found =
        suffix ? Found{*FindSuffix(text, from, pieces_[piece], sensitivity_), text.size()}
               : *Find(text, from, pieces_[piece], sensitivity_);
    captures.push_back(text.substr(from, found.begin - from));
    from = found.end;
    ++piece;
  }
  if (!anchored_end_) captures.push_back(text.substr(from));
  return captures;
}

LikePattern::LikePattern(std::string_view pattern) : pattern_(pattern) {
  const bool begins = pattern.starts_with('%');
  const bool ends = pattern.size() > (begins ? 1U : 0U) && pattern.ends_with('%');
  std::string_view inner = pattern;
  if (begins) inner.remove_prefix(1);
  if (ends) inner.remove_suffix(1);
  if (inner.find_first_of("%_") != std::string_view::npos) {
    shape_ = Shape::kGeneral;
    return;
  }
  literal_ = inner;
  if (begins) shape_ = ends || inner.empty() ? Shape::kContains : Shape::kSuffix;
  if (!begins && ends) shape_ = Shape::kPrefix;
}

bool LikePattern::Matches(std::string_view text) const {
  switch (shape_) {
    case Shape::kEquals:
      return text == literal_;
    case Shape::kPrefix:
      return text.starts_with(literal_);
    case Shape::kSuffix:
      return text.ends_with(literal_);
    case Shape::kContains:
      return text.find(literal_) != std::string_view::npos;
    case Shape::kGeneral:
      break;
  }
  size_t t = 0;
  size_t p = 0;
  size_t star = std::string::npos;
  size_t resume = 0;
  for (;;) {
    if (p == pattern_.size() && t == text.size()) return true;
    if (p < pattern_.size() && pattern_[p] == '%') {
      star = ++p;
      resume = t;
      continue;
    }
    if (p < pattern_.size() && t < text.size()) {
      if (pattern_[p] == '_') {
        (void)NextCodePoint(text, &t);
        ++p;
        continue;
      }
      if (pattern_[p] == text[t]) {
        ++p;
        ++t;
        continue;
      }
    }
    if (star == std::string::npos || resume >= text.size()) return false;
    (void)NextCodePoint(text, &resume);
    t = resume;
    p = star;
  }
}

}  // namespace spelk
