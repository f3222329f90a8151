// Matching of terms between breakers.
#include "plan/eval/term_matcher.h"

#include <algorithm>
#include <array>

#include "value/ascii.h"
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
  while (!text.empty()) {
    const size_t star = std::min(text.find('*'), text.size());
    const std::string_view piece = text.substr(0, star);
    if (!piece.empty()) pieces_.push_back(exact_case_ ? std::string(piece) : FoldCase(piece));
    text.remove_prefix(std::min(star + 1, text.size()));
  }
  if (pieces_.empty()) return;
  const std::string_view first = pieces_[0];
  const std::string_view stretch = exact_case_ ? first : SafeCaselessPiece(first);
  if (stretch.empty()) return;
  finder_.emplace(stretch, !exact_case_);
  finder_offset_ = static_cast<size_t>(stretch.data() - first.data());
  finder_fixed_ =
      exact_case_ || SafeCaselessPiece(first.substr(0, finder_offset_)).size() == finder_offset_;
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

size_t TermMatcher::EndOfPiece(std::string_view raw, size_t at, std::string_view piece) const {
  for (size_t p = 0; p < piece.size();) {
    if (at == raw.size()) return std::string_view::npos;
    const auto byte = static_cast<unsigned char>(raw[at]);
    if (exact_case_ || (byte < 0x80U && static_cast<unsigned char>(piece[p]) < 0x80U)) {
      char c = raw[at];
      if (!exact_case_ && c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
      if (c != piece[p]) return std::string_view::npos;
      ++p;
      ++at;
    } else if (FoldCodePoint(NextCodePoint(raw, &at)) != NextCodePoint(piece, &p)) {
      return std::string_view::npos;
    }
  }
  return at;
}

template <class Found>
bool TermMatcher::ForEachBegin(std::string_view raw, Found found) const {
  const auto try_at = [&](size_t start) {
    if (!BreaksBefore(raw, start)) return false;
    const size_t end = EndOfPiece(raw, start, pieces_[0]);
    return end != std::string_view::npos && found(end);
  };
  if (finder_ && finder_fixed_) {
    for (size_t hit = finder_->Find(raw); hit != std::string_view::npos;
         hit = finder_->Find(raw, hit + 1)) {
      if (hit >= finder_offset_ && try_at(hit - finder_offset_)) return true;
    }
    return false;
  }
  if (finder_ && finder_->Find(raw) == std::string_view::npos) return false;
  for (size_t start = 0; start < raw.size(); ++start) {
    if (try_at(start)) return true;
  }
  return false;
}

namespace {

// The first place at or after `at` that a star may not stand for.
size_t EndOfStar(std::string_view raw, size_t at) {
  while (at < raw.size() && BreakOf(raw[at]) != Break::kMajor &&
         !StartsWithMajorText(raw.substr(at)))
    ++at;
  return at;
}

}  // namespace

// Piece by piece, all places at once: where a piece may end, the star after it reaches to the next
// major breaker, so what begins within that reach needs no other place, and each piece takes one
// pass over the text.
bool TermMatcher::MatchesPieces(std::string_view raw) const {
  std::vector<Reach> reaches;
  const auto add = [&](size_t end) {
    if (reaches.empty() || end > reaches.back().last) reaches.push_back({end, EndOfStar(raw, end)});
    return false;
  };
  ForEachBegin(raw, add);
  for (size_t p = 1; p < pieces_.size() && !reaches.empty(); ++p) {
    const bool last = p + 1 == pieces_.size();
    const std::vector<Reach> before = std::move(reaches);
    reaches.clear();
    for (const Reach& reach : before) {
      for (size_t at = reach.first; at <= reach.last; ++at) {
        const size_t end = EndOfPiece(raw, at, pieces_[p]);
        if (end == std::string_view::npos) continue;
        if (last && BreaksAfter(raw, end)) return true;
        if (!last) add(end);
      }
    }
  }
  return false;
}

bool TermMatcher::Matches(std::string_view raw) const {
  if (pieces_.empty()) return open_begin_ || open_end_ ? !raw.empty() : true;
  if (pieces_.size() > 1) return MatchesPieces(raw);
  return ForEachBegin(raw, [&](size_t end) { return BreaksAfter(raw, end); });
}

}  // namespace spelk::plan
