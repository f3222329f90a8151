// The fast searches beside the simplest one.
#include "value/literal_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "value/case_fold.h"
#include "value/literal_index.h"

namespace spelk {
namespace {

std::string LowerAscii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return text;
}

size_t SimplyFind(std::string text, std::string literal, size_t from, bool ignore_case) {
  if (ignore_case) {
    text = LowerAscii(text);
    literal = LowerAscii(literal);
  }
  return text.find(literal, from);
}

// Texts of few letters, so that literals and what nearly is one occur often.
std::string RandomText(std::mt19937& random, size_t most) {
  constexpr std::string_view kBytes = "aAbB@`[{\"\xC3\x00z";
  std::string text(random() % (most + 1), ' ');
  for (char& c : text) c = kBytes[random() % (kBytes.size() - 1)];
  return text;
}

TEST(LiteralFinderTest, FindsWhatTheSimplestWayFinds) {
  std::mt19937 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string literal = RandomText(random, round % 7 == 0 ? 40 : 4);
    // A literal is ASCII.
    std::replace(literal.begin(), literal.end(), '\xC3', 'q');
    if (literal.empty()) continue;
    std::string text = RandomText(random, 150);
    if (round % 2 == 0) text.insert(random() % (text.size() + 1), literal);
    const size_t from = random() % (text.size() + 2);
    for (const bool ignore_case : {false, true}) {
      const LiteralFinder finder(literal, ignore_case);
      const size_t expected =
          from > text.size() ? std::string::npos : SimplyFind(text, literal, from, ignore_case);
      ASSERT_EQ(finder.Find(text, from), expected) << literal << " in " << text << " from " << from;
    }
  }
}

TEST(LiteralFinderTest, LettersOnlyHaveTwoCases) {
  // '@' and '`', '[' and '{' differ in the same bit as the cases of a letter.
  EXPECT_EQ(LiteralFinder("a@[", true).Find("A`{ A@{ A@["), 8U);
  EXPECT_EQ(LiteralFinder("\x01Q", true).Find("!q\x01q"), 2U);
}

std::vector<LiteralFinder> Finders(const std::vector<std::string>& literals, bool ignore_case) {
  std::vector<LiteralFinder> finders;
  for (const std::string& literal : literals) finders.emplace_back(literal, ignore_case);
  return finders;
}

TEST(LiteralSetTest, FindsTheFirstOfAny) {
  std::mt19937 random(6);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::string> literals;
    const size_t count = 1 + random() % (round % 10 == 0 ? 40 : 5);
    while (literals.size() < count) {
      std::string literal = RandomText(random, 6);
      std::replace(literal.begin(), literal.end(), '\xC3', 'q');
      if (!literal.empty()) literals.push_back(literal);
    }
    std::string text = RandomText(random, 200);
    if (round % 2 == 0) text.insert(random() % (text.size() + 1), literals[0]);
    const size_t from = random() % (text.size() + 1);
    for (const bool ignore_case : {false, true}) {
      size_t expected = std::string::npos;
      for (const std::string& literal : literals) {
        expected = std::min(expected, SimplyFind(text, literal, from, ignore_case));
      }
      const LiteralSet set(Finders(literals, ignore_case));
      ASSERT_EQ(set.Find(text, from), expected) << text << " from " << from;
    }
  }
}

// The end of a member's name: `"Image"`, `"x.Image"`, `\"Image\"` in JSON text, `"Image{}"`.
TEST(LiteralFinderTest, KeysStandAtTheEndOfANameOnly) {
  const LiteralFinder key("Image", false, true);
  for (const std::string_view text :
       {R"({"Image":1})", R"({"a.Image" : 1})", R"({"e":"{\"Image\":1}"})", R"({"Image{}":1})",
        R"({"e":"{\\\"x.Image\\\"\\n:1}"})"}) {
    EXPECT_NE(key.Find(text), std::string_view::npos) << text;
    EXPECT_NE(LiteralSet({key, LiteralFinder("no such", false)}).Find(text),
              std::string_view::npos);
  }
  for (const std::string_view text :
       {R"({"ImageLoaded":1})", R"({"SourceImage":1})", R"({"image":1})", R"({"a":"Image is"})",
        R"({"a":"x.Image"})", R"({"a":"\"x.Image\" -n"})", R"({"a":"Image","b":1})", "Image",
        R"("Image)", R"(Image")", ""}) {
    EXPECT_EQ(key.Find(text), std::string_view::npos) << text;
  }
}

TEST(LiteralIndexTest, FindsAllOfManyAndSaysWhich) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> literals;
    const size_t count = 1 + random() % (round % 10 == 0 ? 60 : 6);
    while (literals.size() < count) {
      std::string literal = RandomText(random, 7);
      std::replace(literal.begin(), literal.end(), '\xC3', 'q');
      if (!literal.empty()) literals.push_back(literal);
    }
    std::string text = RandomText(random, 120);
    if (round % 2 == 0) text.insert(random() % (text.size() + 1), literals[0]);
    for (const bool ignore_case : {false, true}) {
      const LiteralIndex index(Finders(literals, ignore_case));
      std::vector<size_t> found(count, 0), expected(count, 0);
      // In two stretches: what is in both of them is found in one.
      const size_t middle = random() % (text.size() + 1);
      const auto none = [](uint32_t) { return false; };
      const auto count_one = [&found](uint32_t literal) { ++found[literal]; };
      index.ForEach(text, 0, middle, none, count_one);
      index.ForEach(text, middle, text.size(), none, count_one);
      for (size_t i = 0; i < count; ++i) {
        for (size_t at = SimplyFind(text, literals[i], 0, ignore_case); at != std::string::npos;
             at = SimplyFind(text, literals[i], at + 1, ignore_case)) {
          ++expected[i];
        }
      }
      ASSERT_EQ(found, expected) << text;
      std::vector<size_t> once(count, 0);
      index.ForEach(
          text, 0, text.size(), [&once](uint32_t literal) { return once[literal] > 0; },
          [&once](uint32_t literal) { ++once[literal]; });
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(once[i], std::min<size_t>(expected[i], 1));
    }
  }
}

TEST(LiteralSetTest, NoLiteralsAreNowhere) {
  EXPECT_EQ(LiteralSet({}).Find("abc"), std::string_view::npos);
}

// Whatever equals the folded text ignoring case holds the piece, in some case of ASCII.
TEST(SafeCaselessPieceTest, HasNoLettersThatOthersFoldTo) {
  EXPECT_EQ(SafeCaselessPiece("task"), "ta");
  EXPECT_EQ(SafeCaselessPiece("sks"), "");
  EXPECT_EQ(SafeCaselessPiece(""), "");
  EXPECT_EQ(SafeCaselessPiece("ék"), "");
  EXPECT_EQ(SafeCaselessPiece("powerskhell.exe"), "hell.exe");
  std::mt19937 random(8);
  const std::vector<std::string> kForms = {"k", "K", "\u212A", "s", "S", "\u017F",
                                           "a", "A", "é",      "É", "x", "."};
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (size_t i = random() % 12; i > 0; --i) text += kForms[random() % kForms.size()];
    const std::string folded = FoldCase(text);
    const std::string piece(SafeCaselessPiece(folded));
    if (piece.empty()) continue;
    ASSERT_NE(folded.find(piece), std::string::npos);
    ASSERT_NE(LiteralFinder(piece, true).Find(text), std::string_view::npos) << text;
  }
}

}  // namespace
}  // namespace spelk
