// Wildcards and LIKE beside the simplest way to match, over all short texts.
#include "value/wildcard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "value/case_fold.h"

namespace spelk {
namespace {

// All texts of up to `most` of the letters.
std::vector<std::string> AllTexts(const std::vector<std::string>& letters, size_t most) {
  std::vector<std::string> texts = {""};
  size_t first = 0;
  for (size_t length = 0; length < most; ++length) {
    const size_t end = texts.size();
    for (; first < end; ++first) {
      for (const std::string& letter : letters) texts.push_back(texts[first] + letter);
    }
  }
  return texts;
}

// The pattern's `any` is any run; `one` (unless it is 0) one code point.
bool SimplyMatches(std::string_view pattern, std::string_view text, char any, char one) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == any) {
    for (size_t skip = 0; skip <= text.size(); ++skip) {
      if (SimplyMatches(pattern.substr(1), text.substr(skip), any, one)) return true;
    }
    return false;
  }
  if (text.empty()) return false;
  if (one != 0 && pattern.front() == one) {
    size_t next = 0;
    (void)NextCodePoint(text, &next);
    return SimplyMatches(pattern.substr(1), text.substr(next), any, one);
  }
  return pattern.front() == text.front() &&
         SimplyMatches(pattern.substr(1), text.substr(1), any, one);
}

TEST(WildcardTest, MatchesAsTheSimplestWayDoes) {
  const std::vector<std::string> texts = AllTexts({"a", "b", "B"}, 6);
  for (const std::string& pattern : AllTexts({"a", "b", "*"}, 5)) {
    const Wildcard exact(pattern, Case::kExact);
    const Wildcard ignoring(pattern, Case::kIgnore);
    for (const std::string& text : texts) {
      ASSERT_EQ(exact.Matches(text), SimplyMatches(pattern, text, '*', 0))
          << pattern << " " << text;
      ASSERT_EQ(ignoring.Matches(text), SimplyMatches(pattern, FoldCase(text), '*', 0))
          << pattern << " " << text;
    }
  }
}

// What the stars took and what stands between them is the text.
TEST(WildcardTest, CapturesAndPiecesMakeTheText) {
  const std::vector<std::string> texts = AllTexts({"a", "b"}, 6);
  for (const std::string& pattern : AllTexts({"a", "b", "*"}, 4)) {
    if (pattern.find("**") != std::string::npos) continue;
    const Wildcard wildcard(pattern, Case::kExact);
    for (const std::string& text : texts) {
      const std::vector<std::string_view> captures = wildcard.Captures(text);
      if (!wildcard.Matches(text) || !wildcard.has_star()) {
        ASSERT_TRUE(captures.empty());
        continue;
      }
      std::string made;
      size_t next = 0;
      for (const char c : pattern) {
        if (c == '*') {
          ASSERT_LT(next, captures.size()) << pattern << " " << text;
          made += captures[next++];
        } else {
          made += c;
        }
      }
      ASSERT_EQ(made, text) << pattern;
      ASSERT_EQ(next, captures.size()) << pattern << " " << text;
    }
  }
}

TEST(WildcardTest, StarsTakeAsLittleAsPossibleFromTheLeft) {
  const std::vector<std::string_view> captures = Wildcard("*.*", Case::kExact).Captures("a.b.c");
  ASSERT_EQ(captures.size(), 2U);
  EXPECT_EQ(captures[0], "a");
  EXPECT_EQ(captures[1], "b.c");
}

// The Kelvin sign takes three bytes, its fold one.
TEST(WildcardTest, FoldsThatChangeTheLength) {
  const std::string kelvin = "\u212A";
  const std::string long_s = "\u017F";
  for (const std::string& text :
       {"ta" + long_s + kelvin, "TAS" + kelvin, "ta" + long_s + "K", std::string("task")}) {
    for (const std::string_view pattern :
         {"task", "t*", "*k", "*sk", "ta*k", "*as*", "T*S*K", "TAS*"}) {
      EXPECT_TRUE(Wildcard(pattern, Case::kIgnore).Matches(text)) << pattern << " " << text;
    }
    EXPECT_FALSE(Wildcard("*ks", Case::kIgnore).Matches(text));
    EXPECT_FALSE(Wildcard("tas", Case::kIgnore).Matches(text));
  }
  EXPECT_TRUE(Wildcard("*" + kelvin, Case::kIgnore).Matches("k"));
  EXPECT_FALSE(Wildcard("*" + kelvin, Case::kExact).Matches("k"));
  EXPECT_TRUE(Wildcard("É*ж", Case::kIgnore).Matches("éxЖ"));
}

TEST(WildcardTest, NothingElseIsSpecial) {
  EXPECT_TRUE(Wildcard("a?[b]\\", Case::kExact).Matches("a?[b]\\"));
  EXPECT_FALSE(Wildcard("a?", Case::kExact).Matches("ab"));
  EXPECT_TRUE(Wildcard("", Case::kIgnore).Matches(""));
  EXPECT_FALSE(Wildcard("", Case::kIgnore).Matches("a"));
  EXPECT_TRUE(Wildcard("***", Case::kIgnore).matches_all());
}

// Linear in the text: this would not end otherwise.
TEST(WildcardTest, ManyStarsOverALongText) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  pattern += "*b";
  EXPECT_FALSE(Wildcard(pattern, Case::kIgnore).Matches(std::string(200'000, 'a')));
}

TEST(LikePatternTest, MatchesAsTheSimplestWayDoes) {
  const std::vector<std::string> texts = AllTexts({"a", "b", "é"}, 5);
  for (const std::string& pattern : AllTexts({"a", "é", "%", "_"}, 5)) {
    const LikePattern like(pattern);
    for (const std::string& text : texts) {
      ASSERT_EQ(like.Matches(text), SimplyMatches(pattern, text, '%', '_'))
          << pattern << " " << text;
    }
  }
}

TEST(LikePatternTest, NoEscapesAndNoFold) {
  EXPECT_FALSE(LikePattern("a\\%").Matches("a%"));
  EXPECT_TRUE(LikePattern("a\\%").Matches("a\\bc"));
  EXPECT_FALSE(LikePattern("A%").Matches("abc"));
  EXPECT_TRUE(LikePattern("a%").Matches("a\nb"));
  EXPECT_TRUE(LikePattern("_").Matches("\U0001F600"));
}

}  // namespace
}  // namespace spelk
