// What an input is taken for by its first bytes.
#include "io/input_kind.h"

#include <gtest/gtest.h>

#include <string>

namespace spelk::io {
namespace {

TEST(InputKind, FeedsBeginWithAnObject) {
  EXPECT_TRUE(BeginsWithEvent(""));
  EXPECT_TRUE(BeginsWithEvent("\n \r\n"));
  EXPECT_TRUE(BeginsWithEvent("{\"a\":1}"));
  EXPECT_TRUE(BeginsWithEvent("\n{\"a\":1} \r\nwords"));
  EXPECT_TRUE(BeginsWithEvent("{\"a}\\\"\":[{},{\"]\":{}}]}\n"));
  EXPECT_FALSE(BeginsWithEvent("{" + std::string(kLookedAt, 'x')));  // The line goes on.
  EXPECT_FALSE(BeginsWithEvent("{\n\"a\":1}"));
  EXPECT_FALSE(BeginsWithEvent("{\"a\":1"));
  EXPECT_FALSE(BeginsWithEvent("[{\"a\":1}]"));
  EXPECT_FALSE(BeginsWithEvent("words"));
  EXPECT_FALSE(BeginsWithEvent("{\"a\":1}{\"a\":2}\n"));
  EXPECT_FALSE(BeginsWithEvent("{\"a\":[1}\n{\"a\":1}"));
  EXPECT_FALSE(BeginsWithEvent("{\"\xE6\xE6\":1}\n{\"a\":1}"));
}

TEST(InputKind, AdviceNamesTheFile) {
  EXPECT_EQ(DescribeStart("7z\xBC\xAF\x27\x1C", "a.7z"),
            "it is a 7z archive; `7z e -so a.7z | spelk …` reads what is in it");
  EXPECT_EQ(DescribeStart("7z\xBC\xAF\x27\x1C", "-"),
            "it is a 7z archive; `7z e -so | spelk …` reads what is in it");
  EXPECT_EQ(DescribeStart("[1]", "a.json"), "it is a JSON array; --input-format json reads it");
  EXPECT_EQ(DescribeStart("", "a"), "spelk reads JSON, CSV, Windows events and lines of text");
  EXPECT_EQ(DescribeStart("%PDF-1.7", "a"),
            "it is a PDF document, and spelk reads JSON, CSV, Windows events and lines of text");
}

TEST(InputKind, TablesHaveTheSameSeparatorsOnTwoLines) {
  EXPECT_TRUE(DescribeStart("a;b\n1;2\n", "x").starts_with("it is CSV; --input-format csv"));
  EXPECT_FALSE(DescribeStart("a, b\nand c\n", "x").starts_with("it is CSV"));
}

}  // namespace
}  // namespace spelk::io
