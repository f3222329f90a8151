// Terms with stars beside the rule written out, and in time.
#include "plan/eval/term_matcher.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "value/case_fold.h"

namespace spelk::plan {
namespace {

constexpr std::string_view kMajor = " []<>(){}|!;,'\"*&?+\n";
constexpr std::string_view kMinor = "/:=@.-$#%\\_";

bool IsMajor(std::string_view text, size_t at) {
  return kMajor.find(text[at]) != std::string_view::npos || text.substr(at).starts_with("--");
}
bool IsBreak(char c) {
  return kMajor.find(c) != std::string_view::npos || kMinor.find(c) != std::string_view::npos;
}

// Pieces of the term from `piece` on, the text from `at` on: every split is tried.
bool MatchesFrom(const std::vector<std::string>& pieces, size_t piece, std::string_view text,
                 size_t at, bool open_end) {
  if (text.substr(at, pieces[piece].size()) != pieces[piece]) return false;
  at += pieces[piece].size();
  if (piece + 1 == pieces.size()) {
    return open_end || at == text.size() || IsBreak(text[at]) || IsBreak(text[at - 1]);
  }
  for (size_t next = at; next <= text.size(); ++next) {
    if (MatchesFrom(pieces, piece + 1, text, next, open_end)) return true;
    if (next == text.size() || IsMajor(text, next)) return false;
  }
  return false;
}

bool PiecesMatch(const std::vector<std::string>& pieces, bool open_begin, bool open_end,
                 const std::string& text) {
  const std::string folded = FoldCase(text);
  for (size_t at = 0; at < folded.size(); ++at) {
    const bool begins = open_begin || at == 0 || IsBreak(folded[at - 1]) || IsBreak(folded[at]);
    if (begins && MatchesFrom(pieces, 0, folded, at, open_end)) return true;
  }
  return false;
}

TEST(TermMatcherTest, StarsMeanWhatTheRuleSays) {
  std::mt19937 random(26);
  constexpr std::string_view kBytes = "aabbk. ,-A";
  int matched = 0;
  for (int round = 0; round < 40'000; ++round) {
    std::vector<std::string> pieces;
    std::string term = round % 3 == 0 ? "*" : "";
    for (size_t n = 1 + random() % 3; n > 0; --n) {
      std::string piece(1 + random() % 2, ' ');
      for (char& c : piece) c = "abk."[random() % 4];
      if (!pieces.empty()) term += '*';
      term += piece;
      pieces.push_back(piece);
    }
    if (round % 5 == 0) term += '*';
    std::string text(random() % 14, ' ');
    for (char& c : text) c = kBytes[random() % kBytes.size()];
    const bool expected = PiecesMatch(pieces, round % 3 == 0, round % 5 == 0, text);
    matched += expected ? 1 : 0;
    ASSERT_EQ(TermMatcher(term, ast::TermKind::kWord).Matches(text), expected)
        << term << " in \"" << text << '"';
  }
  EXPECT_GT(matched, 2'000);
}

// Not only of time: a matcher that begins anew everywhere would not end within the test's minutes.
TEST(TermMatcherTest, TakesLinearTime) {
  const std::string letters(4'000'000, 'a');
  EXPECT_FALSE(TermMatcher("*a*b", ast::TermKind::kWord).Matches(letters));
  EXPECT_FALSE(TermMatcher("a*a*a*a*b*c", ast::TermKind::kWord).Matches(letters));
  EXPECT_FALSE(TermMatcher("*a*a*b*", ast::TermKind::kPhrase).Matches(letters));
  EXPECT_TRUE(TermMatcher("*a*b", ast::TermKind::kWord).Matches(letters + "b"));
}

}  // namespace
}  // namespace spelk::plan
