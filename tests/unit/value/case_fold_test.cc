// The one case fold, and the mappings of lower() and upper().
#include "value/case_fold.h"

#include <gtest/gtest.h>

#include <string>

namespace spelk {
namespace {

const std::string kKelvin = "\u212A";
const std::string kLongS = "\u017F";

TEST(CaseFoldTest, FormsOfALetterMeet) {
  EXPECT_EQ(FoldCase("K"), "k");
  EXPECT_EQ(FoldCase(kKelvin), "k");
  EXPECT_EQ(FoldCase("S"), "s");
  EXPECT_EQ(FoldCase(kLongS), "s");
  EXPECT_EQ(FoldCase("ΣΑΣ"), FoldCase("σας"));  // Two small sigmas.
  EXPECT_EQ(FoldCase("\u1E9E"), FoldCase("ß"));
  EXPECT_EQ(FoldCase("Ω"), FoldCase("\u2126"));  // The Ohm sign.
  EXPECT_EQ(FoldCase("Å"), FoldCase("\u212B"));  // The Ångström sign.
  EXPECT_EQ(FoldCase("µ"), FoldCase("μ"));       // The micro sign and the letter.
  EXPECT_EQ(FoldCase("ÀÉЖ"), "àéж");
}

TEST(CaseFoldTest, TheDotlessAndTheDottedIStayApart) {
  EXPECT_EQ(FoldCase("I"), "i");
  EXPECT_EQ(FoldCase("İ"), "İ");
  EXPECT_EQ(FoldCase("ı"), "ı");
}

TEST(CaseFoldTest, FoldingTwiceChangesNothing) {
  std::string all;
  for (char32_t c = 1; c < 0x20000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    all.clear();
    AppendCodePoint(c, all);
    const std::string folded = FoldCase(all);
    ASSERT_EQ(FoldCase(folded), folded) << "U+" << std::hex << static_cast<uint32_t>(c);
    ASSERT_TRUE(EqualsFolded(all, folded));
    ASSERT_EQ(CompareFolded(all, folded), 0);
    // lower() and upper() keep letters that equal each other equal.
    if (c == 0x130 || c == 0x131) continue;
    ASSERT_EQ(FoldCase(ToLower(all)), folded) << "U+" << std::hex << static_cast<uint32_t>(c);
    ASSERT_EQ(FoldCase(ToUpper(all)), folded) << "U+" << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(CaseFoldTest, BytesThatAreNotUtf8EqualThemselvesOnly) {
  for (const std::string& text :
       {std::string("\xFF"), std::string("\xC3"), std::string("\xE2\x84"), std::string("\xC0\x80"),
        std::string("\xED\xA0\x80"), std::string("\xF5\x80\x80\x80"), std::string("a\x80\x41")}) {
    std::string expected = text;
    if (expected.back() == 'A') expected.back() = 'a';
    EXPECT_EQ(FoldCase(text), expected);
    EXPECT_TRUE(EqualsFolded(text, expected));
  }
  EXPECT_FALSE(EqualsFolded("\xFF", "\xFE"));
  // The first byte of é is not é.
  EXPECT_FALSE(EqualsFolded("\xC3", "é"));
}

TEST(CaseFoldTest, LowerAndUpper) {
  EXPECT_EQ(ToLower("ÀÉ" + kKelvin), "àék");
  EXPECT_EQ(ToUpper("straße" + kLongS), "STRAßES");
  EXPECT_EQ(ToUpper("ŷ\xFFz"), "Ŷ\xFFZ");
  EXPECT_EQ(ToLower(std::string(9, 'A') + "É"), std::string(9, 'a') + "é");
}

TEST(CaseFoldTest, PlainTextsAreKnownAsFolded) {
  EXPECT_TRUE(IsFolded(""));
  EXPECT_TRUE(IsFolded("abc-123_{}"));
  EXPECT_FALSE(IsFolded("abC"));
  EXPECT_FALSE(IsFolded("0123456789\xC3\xA9"));
}

TEST(CaseFoldTest, EqualityNeedsTheWholeText) {
  EXPECT_TRUE(EqualsFolded("TAS" + kKelvin, "task"));
  EXPECT_TRUE(EqualsFolded("ta" + kLongS + "K", "task"));
  EXPECT_FALSE(EqualsFolded("tas", "task"));
  EXPECT_FALSE(EqualsFolded("tasks", "task"));
  EXPECT_LT(CompareFolded("Ab", "aC"), 0);
  EXPECT_GT(CompareFolded("b", "A"), 0);
}

}  // namespace
}  // namespace spelk
