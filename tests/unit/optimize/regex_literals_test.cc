// What is required of a text by a regular expression, and above all what is not.
#include "optimize/regex_literals.h"

#include <gtest/gtest.h>

namespace spelk::optimize {
namespace {

// "a&b|c" for two alternatives; "?" where nothing is sure; a trailing "/i" where case is ignored.
std::string Of(std::string_view pattern) {
  const std::optional<RegexLiterals> literals = LiteralsOfRegex(pattern);
  if (!literals) return "?";
  std::string text;
  for (size_t i = 0; i < literals->alternatives.size(); ++i) {
    if (i > 0) text += '|';
    for (size_t j = 0; j < literals->alternatives[i].size(); ++j) {
      text += (j == 0 ? "" : "&") + literals->alternatives[i][j];
    }
  }
  return text + (literals->ignore_case ? "/i" : "");
}

TEST(RegexLiteralsTest, StretchesEndWhereAnythingMayStand) {
  EXPECT_EQ(Of("cmd\\.exe"), "cmd.exe");
  EXPECT_EQ(Of("^foo.*bar$"), "foo&bar");
  EXPECT_EQ(Of("ab\\d+cd"), "ab&cd");
  EXPECT_EQ(Of("(?i)Net\\s+user"), "Net&user/i");
}

TEST(RegexLiteralsTest, WhatMayBeMissingIsNotRequired) {
  EXPECT_EQ(Of("https?://x"), "http&://x");
  EXPECT_EQ(Of("abc*d"), "ab&d");
  EXPECT_EQ(Of("abc+d"), "abc&d");
  EXPECT_EQ(Of("abc{0,2}d"), "ab&d");
  EXPECT_EQ(Of("abc{2}d"), "ab&d");
  EXPECT_EQ(Of("abcé?d"), "abc&d");
  EXPECT_EQ(Of("x(abc)?y"), "x&y");
  EXPECT_EQ(Of("x[abc]*y"), "x&y");
}

TEST(RegexLiteralsTest, AlternativesAreKeptApart) {
  EXPECT_EQ(Of("foo|bar.baz"), "foo|bar&baz");
  EXPECT_EQ(Of("foo|"), "foo|");
  EXPECT_EQ(Of("a(b|c)d"), "a&d");
}

TEST(RegexLiteralsTest, WhereSyntaxIsNotSureNothingIs) {
  for (const std::string_view pattern :
       {"a\\x41b", "a(?i)b", "(?x)a b", "\\Qa|b\\E", "a\\pLb", "(a)\\1b", "a(?#c)b", "[[:alpha:]]a",
        "a{b", "a\\k<n>", "(*UTF)a", "(?(1)a|b)", "ab)", "a[b", "a(b"}) {
    EXPECT_EQ(Of(pattern), "?") << pattern;
  }
}

TEST(RegexLiteralsTest, GroupsAndClassesAreSkippedWhole) {
  EXPECT_EQ(Of("a(?!b)c"), "a&c");
  EXPECT_EQ(Of("a(?<n>[)\\]]\\))b"), "a&b");
  EXPECT_EQ(Of("a[]b]c[^]d]e"), "a&c&e");
  EXPECT_EQ(Of("a(?i:b)c"), "a&c");
}

}  // namespace
}  // namespace spelk::optimize
