// Matching of terms between breakers.
#include "plan/eval/term_matcher.h"

#include <algorithm>
#include <array>

#include "value/case_fold.h"

namespace spelk::plan {
namespace {

// segmenters.conf, MAJOR and MINOR, single characters.
constexpr std::string_view kMajorCharacters = " \t\r\n[]<>(){}|!;,'\"*&?+";
constexpr std::string_view kMinorCharacters = "/:=@.-$#%\\_";
// Major breakers of several characters.
constexpr std::array<std::string_view, 17> kMajorTexts = {
    "%21", "%26", "%2526", "%3B", "%7C", "%20", "%2B", "%3D", "%2520",
    "%5D", "%5B", "%3A",   "%0A", "%2C", "%28", "%29", "--"};

enum class Break : uint8_t { kNone, kMinor, kMajor };

constexpr std::array<Break, 256> MakeBreakTable() {
  std::array<Break, 256> table{};
  for (const char c : kMajorCharacters) table[static_cast<unsigned char>(c)] = Break::kMajor;
  for (const char c : kMinorCharacters) table[static_cast<unsigned char>(c)] = Break::kMinor;
  return table;
}
constexpr std::array<Break, 256> kBreaks = MakeBreakTable();

Break BreakOf(char c) { return kBreaks[static_cast<unsigned char>(c)]; }

bool EndsWithMajorText(std::string_view text) {
  for (const std::string_view breaker : kMajorTexts) {
    if (text.ends_with(breaker)) return true;
  }
  return false;
}

bool StartsWithMajorText(std::string_view text) {
  if (!text.starts_with('%') && !text.starts_with('-')) return false;
  for (const std::string_view breaker : kMajorTexts) {
    if (text.starts_with(breaker)) return true;
  }
  return false;
}

// True between the % of a major breaker such as %20 and its end: its digits belong to no token.
bool IsInsideMajorText(std::string_view text, size_t at) {
  constexpr size_t kLongest = 5;
  for (size_t back = 1; back < kLongest && back <= at; ++back) {
    if (text[at - back] != '%') continue;
    return std::any_of(kMajorTexts.begin(), kMajorTexts.end(), [&](std::string_view breaker) {
      return breaker.size() > back && text.substr(at - back).starts_with(breaker);
    });
  }
  return false;
}

}  // namespace

TermMatcher::TermMatcher(std::string_view text, ast::TermKind kind)
    : exact_case_(kind == ast::TermKind::kCase), whole_token_(kind == ast::TermKind::kTerm) {
  while (text.starts_with('*')) {
    open_begin_ = true;
    text.remove_prefix(1);
  }
  while (text.ends_with('*')) {
    open_end_ = true;
    text.remove_suffix(1);
  }
  pattern_ = exact_case_ ? std::string(text) : FoldCase(text);
  const std::string_view before_star = std::string_view(pattern_).substr(0, pattern_.find('*'));
  const std::string_view piece = exact_case_ ? before_star : SafeCaselessPiece(before_star);
  if (piece.empty()) return;
  finder_.emplace(piece, !exact_case_);
  finder_offset_ = static_cast<size_t>(piece.data() - pattern_.data());
  finder_fixed_ = exact_case_ ||
                  SafeCaselessPiece(before_star.substr(0, finder_offset_)).size() == finder_offset_;
}

bool TermMatcher::BreaksBefore(std::string_view raw, size_t at) const {
  if (at == 0) return true;
  if (IsInsideMajorText(raw, at)) return false;
  if (open_begin_) return true;
  const Break before = BreakOf(raw[at - 1]);
  if (before == Break::kMajor) return true;
  if (whole_token_) return EndsWithMajorText(raw.substr(0, at));
  return before == Break::kMinor || BreakOf(raw[at]) != Break::kNone ||
         EndsWithMajorText(raw.substr(0, at));
}

bool TermMatcher::BreaksAfter(std::string_view raw, size_t at) const {
  if (at == raw.size() || open_end_) return true;
  if (IsInsideMajorText(raw, at)) return false;
  const Break after = BreakOf(raw[at]);
  if (after == Break::kMajor) return true;
  if (whole_token_) return StartsWithMajorText(raw.substr(at));
  return after == Break::kMinor || BreakOf(raw[at - 1]) != Break::kNone ||
         StartsWithMajorText(raw.substr(at));
}

size_t TermMatcher::Step(std::string_view raw, size_t at, size_t* pattern) const {
  if (at == raw.size()) return std::string_view::npos;
  const auto byte = static_cast<unsigned char>(raw[at]);
  if (exact_case_ || (byte < 0x80U && static_cast<unsigned char>(pattern_[*pattern]) < 0x80U)) {
    char c = raw[at];
    if (!exact_case_ && c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c != pattern_[*pattern]) return std::string_view::npos;
    ++*pattern;
    return at + 1;
  }
  size_t next = at;
  const char32_t folded = FoldCodePoint(NextCodePoint(raw, &next));
  if (folded != NextCodePoint(pattern_, pattern)) return std::string_view::npos;
  return next;
}

bool TermMatcher::MatchPattern(std::string_view raw, size_t at, size_t pattern) const {
  // A star takes as little as possible; going back to the newest star is enough, as in any glob
  // match.
  size_t star_pattern = std::string::npos;
  size_t star_at = 0;
  for (;;) {
    if (pattern == pattern_.size()) {
      if (BreaksAfter(raw, at)) return true;
    } else if (pattern_[pattern] == '*') {
      star_pattern = ++pattern;
      star_at = at;
      continue;
    } else if (const size_t next = Step(raw, at, &pattern); next != std::string_view::npos) {
      at = next;
      continue;
    }
    if (star_pattern == std::string::npos || star_at >= raw.size() ||
        BreakOf(raw[star_at]) == Break::kMajor || StartsWithMajorText(raw.substr(star_at))) {
      return false;
    }
    at = ++star_at;
    pattern = star_pattern;
  }
}

bool TermMatcher::MatchesAt(std::string_view raw, size_t start) const {
  return BreaksBefore(raw, start) && MatchPattern(raw, start, 0);
}

bool TermMatcher::Matches(std::string_view raw) const {
  if (pattern_.empty()) return open_begin_ || open_end_ ? !raw.empty() : true;
  if (finder_ && finder_fixed_) {
    for (size_t hit = finder_->Find(raw); hit != std::string_view::npos;
         hit = finder_->Find(raw, hit + 1)) {
      if (hit >= finder_offset_ && MatchesAt(raw, hit - finder_offset_)) return true;
    }
    return false;
  }
  if (finder_ && finder_->Find(raw) == std::string_view::npos) return false;
  for (size_t start = 0; start < raw.size(); ++start) {
    if (MatchesAt(raw, start)) return true;
  }
  return false;
}

}  // namespace spelk::plan
