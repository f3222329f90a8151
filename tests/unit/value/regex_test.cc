// Matching with and without the JIT, and the match limit.
#include "value/regex.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "value/regex_work.h"

namespace spelk {
namespace {

std::string Repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

MatchResult MatchOnce(std::string_view pattern, std::string_view text, bool jit) {
  absl::StatusOr<Regex> regex = Regex::Compile(pattern, jit);
  EXPECT_TRUE(regex.ok()) << pattern;
  return RegexMatcher(*regex).Match(text);
}

TEST(RegexTest, EndlessWorkReachesTheLimitWithTheJitToo) {
  const std::string pairs = Repeated("ab", 160'000) + "d";
  const std::string letters = Repeated("a", 40) + "!";
  const std::string many = Repeated("a", 200'000);
  for (const bool jit : {false, true}) {
    EXPECT_EQ(MatchOnce("a.*b.*c.*d", pairs, jit), MatchResult::kLimit);
    EXPECT_EQ(MatchOnce("^(a+)+$", letters, jit), MatchResult::kLimit);
    EXPECT_EQ(MatchOnce("(?:a|aa)+$", letters, jit), MatchResult::kLimit);
    EXPECT_EQ(MatchOnce("(a*)(a*)(a*)$.", many, jit), MatchResult::kLimit);
    EXPECT_EQ(MatchOnce("((?>a+)*.)+\\d", Repeated("aab", 100), jit), MatchResult::kLimit);
  }
}

// What is found out quickly is no case for the limit, however long the text.
TEST(RegexTest, LongTextsAreMatched) {
  const std::string text = Repeated("some words, ", 100'000) + "C:\\a\\b.exe -Enc AAAA";
  for (const bool jit : {false, true}) {
    EXPECT_EQ(MatchOnce("(?i)-enc\\s+(?<code>[a-z]+)", text, jit), MatchResult::kYes);
    EXPECT_EQ(MatchOnce("\\\\([^\\\\]+)$", text, jit), MatchResult::kYes);
    EXPECT_EQ(MatchOnce("^(?<a>.*) -Enc (?<b>.*)$", text, jit), MatchResult::kYes);
    EXPECT_EQ(MatchOnce("(?i)powershell.*-enc.*(foo|bar)", text, jit), MatchResult::kNo);
  }
}

// Everyday patterns over texts of everyday length are left to the JIT.
TEST(RegexWorkTest, KnowsWhatIsBounded) {
  const std::string line = Repeated("C:\\Windows\\System32\\x.exe -NoP -W Hidden -Enc aQBm ", 10);
  const std::string script =
      Repeated("Get-Item $x | Where-Object { $_.Name -eq 'powershell' }; ", 140);
  for (const std::string_view pattern :
       {"(?<a>.*)-(.*)-(.*)", "\\\\([^\\\\]+)$", "^(?<exe>\\S+)\\s+(?<args>.*)$",
        "(?i)(powershell|pwsh)\\.exe.*(-enc|-e )", "\\d{1,3}(\\.\\d{1,3}){3}", "(?:\\w+\\.)+exe",
        "user=(?<user>[^,]+),\\s*host=(?<h>\\w+)", "(?:\"([^\"]*)\"|'([^']*)')",
        "(?<=\\\\)[^\\\\]+$"}) {
    EXPECT_TRUE(RegexWork(pattern).IsBounded(line)) << pattern;
  }
  for (const std::string_view pattern :
       {"(?i)new-object\\s+net\\.webclient", "(?i)invoke-(expression|webrequest).*http",
        "\\$\\w+\\s*=\\s*'[^']*'", "(?s)^.*powershell.*$", "\\d+", "(?<k>\\w+)=(?<v>\\S+)",
        "(\\S+)\\s(\\S+)\\s(\\S+)", "(?:\\w+\\.)+\\w+"}) {
    EXPECT_TRUE(RegexWork(pattern).IsBounded(script)) << pattern;
  }
}

TEST(RegexWorkTest, KnowsWhatIsNot) {
  const std::string letters = Repeated("a", 5'000);
  for (const std::string_view pattern :
       {"(a+)+b", "(a|a)*b", "(?:a*)*b", "a*a*a*b", "a.*a.*b", "(.+)(.+)(.+)\\bb", "(\\w+\\s?)+!",
        "((?>a+)*.)+b", "(?R)?b", "(a)\\1*b", "(?(1)a|b)", "(?i)A.*a.*(?=b)", ".*?a.*?a.*?a$b",
        "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b"}) {
    EXPECT_FALSE(RegexWork(pattern).IsBounded(letters)) << pattern;
  }
}

// The JIT may only be asked where it takes no more steps than the interpreter would: so both give
// the same answer, limit included.
TEST(RegexTest, AnswersDoNotDependOnTheJit) {
  std::mt19937 random(37);
  constexpr std::string_view kParts[] = {
      "a",        "b",        ".*",     ".*?",       "[^b]+",     "(a+)",  "(?:ab|a)*", "\\w+",
      "(?:a|b)+", "$",        "^",      "\\b",       "c",         "(?=b)", "a{2,}",     "(?i)B",
      "(b*)*",    "x?",       "(?>a+)", "(?>a+)*",   "(?>ab?)??", "a*+",   "(a|",       "b)",
      "\\s*",     "(?<n>a*)", "|",      "[ab]{1,3}", "\\\\",      "(?!c)", "é",         "[^é]"};
  constexpr std::string_view kBytes = "aaaabbbc \\\n";
  int matches = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string pattern;
    for (size_t parts = 1 + random() % 6; parts > 0; --parts) {
      pattern += kParts[random() % std::size(kParts)];
    }
    absl::StatusOr<Regex> with = Regex::Compile(pattern, true);
    absl::StatusOr<Regex> without = Regex::Compile(pattern, false);
    ASSERT_EQ(with.ok(), without.ok()) << pattern;
    if (!with.ok()) continue;
    RegexMatcher one(*with);
    RegexMatcher other(*without);
    for (const size_t size : {size_t{5}, size_t{40}, size_t{round % 100 == 0 ? 3'000U : 200U}}) {
      std::string text;
      while (text.size() < size) text += kBytes[random() % kBytes.size()];
      const MatchResult result = one.Match(text);
      ASSERT_EQ(result, other.Match(text)) << pattern << " in " << text;
      if (result != MatchResult::kYes) continue;
      ++matches;
      for (size_t group = 0; group <= with->capture_count(); ++group) {
        ASSERT_EQ(one.Group(text, group), other.Group(text, group)) << pattern << " in " << text;
      }
    }
  }
  EXPECT_GT(matches, 1'000);
}

// Texts that come again are remembered, others are not, and nobody can tell.
TEST(RegexTest, AnswersDoNotDependOnWhatWasMatchedBefore) {
  std::mt19937 random(11);
  const absl::StatusOr<Regex> regex = Regex::Compile("(?<a>x+)?(?<b>y)(z|$)");
  ASSERT_TRUE(regex.ok());
  RegexMatcher lasting(*regex);
  constexpr std::string_view kBytes = "xxyyz-";
  const auto text_of = [&](size_t size) {
    std::string text;
    while (text.size() < size) text += kBytes[random() % kBytes.size()];
    return text;
  };
  // Few texts, then always others, then few again; the same memory for all of them.
  std::string text(200, ' ');
  for (int round = 0; round < 100'000; ++round) {
    const bool few = round < 20'000 || round > 60'000;
    text = text_of(few ? 1 + random() % 3 : 20 + random() % 150);
    RegexMatcher fresh(*regex);
    size_t start = 0;
    while (start <= text.size()) {
      const MatchResult result = lasting.Match(text, start);
      ASSERT_EQ(result, fresh.Match(text, start)) << text;
      if (result != MatchResult::kYes) break;
      for (size_t group = 0; group <= regex->capture_count(); ++group) {
        ASSERT_EQ(lasting.Group(text, group), fresh.Group(text, group)) << text;
      }
      ASSERT_EQ(lasting.NextStart(text), fresh.NextStart(text));
      start = lasting.NextStart(text);
    }
  }
}

}  // namespace
}  // namespace spelk
