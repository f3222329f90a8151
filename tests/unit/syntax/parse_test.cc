// The tree that a text gives, the text that a tree gives, and lossless tokens.
#include "syntax/parse.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "commands/entry.h"
#include "functions/entry.h"

namespace spelk {
namespace {

const ShapeTable& Shapes() {
  static const plan::Registry table(commands::AllCommands(), {}, commands::UnbuiltCommands(), {},
                                    {}, {}, {});
  return table;
}

absl::StatusOr<ast::Pipeline> ParseText(std::string_view text, Diagnostics& diagnostics) {
  const Source source("<test>", std::string(text));
  return Parse(source, Shapes(), SyntaxLimits(), diagnostics);
}

std::string DumpOf(std::string_view text) {
  Diagnostics diagnostics;
  const absl::StatusOr<ast::Pipeline> pipeline = ParseText(text, diagnostics);
  return pipeline.ok() ? Dump(*pipeline, false)
                       : "error: " + std::string(MessageOf(pipeline.status()));
}

std::string MessageFor(std::string_view text, const SyntaxLimits& limits = {}) {
  Diagnostics diagnostics;
  const Source source("<test>", std::string(text));
  const absl::Status status = Parse(source, Shapes(), limits, diagnostics).status();
  return status.ok() ? "parsed" : diagnostics.all()[0].message;
}

constexpr std::string_view kParsedTexts[] = {
    "a",
    "| search",
    "search ()",
    "NOT NOT a OR b c",
    "(a b) OR (c (d OR e))",
    "a=\"x y\" OR b!=c* \"some phrase\" d<=5 e = f",
    "f! =v g!=w",
    "code IN (1, \"b c\", d*) x NOT IN (1)",
    "code IN(1,,2,) y IN (\"a\" \"b\")",
    "\"in\" (in) (a b)",
    "CASE(Ab) TERM(10.0.0.1) f=CASE(Xy) g=TERM(a=b) h=\"TERM\"",
    "TERM(a(\"%b\") CASE(x \"y|z\" w) f=TERM(\"a b\") g=CASE(a \"b\")",
    "timechart x TERM((a,\"%b\") y",
    "timechart x AS `m(a, \"b,c\")` PREFIX (0,2) y",
    "| foo f(a>1,\"b\\|\")<x a\\\\b(z,-0)",
    "path=\"C:\\\\Windows\\\\*\" q=C:\\temp r=a\\|b",
    "[search a | return 5 b] x=[| makeresults | return $y]",
    "`m` `n(a, \"b, c\", f(1,2))` x=`o`",
    "`f`=x NOT `f(1, \"x y\")`!=`v` OR `f` IN (1, `v`) `f` NOT IN ([search b])",
    "a ```comment | [``` b",
    "| eval x=1+2*3.4-.5, y = -a . \"b\\\"c\" . 'd e', z=if(a==b AND NOT c LIKE \"d%\" OR e XOR f, "
    "null(), true)",
    "| eval a=(b=c) OR (d IN (1,2)) AND e NOT IN (\"x\")",
    "| eval 'odd\\'name'=1, \"other name\"=2, x_{y}_z=3, low-user=4, `m`",
    "| where (a - (b - c)) / (d / e) % f = -(-g)",
    "| where NOT (NOT a) AND (a AND b) OR (c OR d)",
    "| where x=[search a | return $b]",
    "| where like(a, \"b%\") AND in(c, 1) AND match('a.b{}', \"\\d+|\\s\")",
    "| stats count, dc(user) AS users values(\"a b\") avg(eval(x/2)) AS half count(eval(a=\"b\")) "
    "BY host, user",
    "| stats values(a) as b(c) by d",
    "| sort - a, +b num(c) 5 | sort -count",
    "| dedup 3 a b keepempty=true sortby -x +y",
    "| rex field=x max_match=0 \"(?<a>\\\\d+|b)\" | rex mode=sed \"s/a/b/g\"",
    "| regex _raw!=\"x|y\"",
    "| bin span=-1d@d _time AS t",
    "| rename a.b AS c, \"x y\" as z src_* AS dest_*",
    "| table a, b{} c-d e@f *",
    "| `stage(1)` by host | `plain`",
    "| newcommand a=b c [ | makeresults ] by d",
    "| makeresults | append [search x | stats count] | foreach a* [eval <<FIELD>>=1]",
    "| fields - _raw a,b | fields + c",
    "| streamstats reset_after=\"(\"v>1\")\" reset_before=(a>1) count | head [ search x | return "
    "$y ]",
    "| rename a AS [ search x ] | eval [ search y ] | bin span=[ search z ]m a",
    "| transaction a startswith=(x=1 OR \"y z\") endswith=eval(a>1) mvlist=b,\"c d\",e maxspan=5m "
    "f,g",
    "| transaction startswith=() endswith=\"a b\" mvlist=t, a",
    "index=main\n| stats count\n  by host\n| where count > 10",
};

TEST(ParseTest, WhatIsPrintedReadsBackTheSame) {
  for (const std::string_view text : kParsedTexts) {
    Diagnostics diagnostics;
    const absl::StatusOr<ast::Pipeline> pipeline = ParseText(text, diagnostics);
    ASSERT_TRUE(pipeline.ok()) << text << "\n" << pipeline.status();
    const std::string printed = Print(*pipeline);
    EXPECT_EQ(DumpOf(printed), Dump(*pipeline, false)) << text << "\nprinted: " << printed;
  }
}

// What a text gives that is no whole search; it must say so, or print as a text that is the same.
void CheckPartly(const std::string& text) {
  const Source source("<test>", text);
  Diagnostics diagnostics;
  ast::Pipeline tree;
  const absl::Status status = ParsePartly(source, Shapes(), SyntaxLimits(), diagnostics, &tree);
  EXPECT_EQ(status.ok(), !diagnostics.has_errors()) << text;
  const std::string printed = Print(tree);
  if (!status.ok()) return;
  EXPECT_EQ(DumpOf(printed), Dump(tree, false)) << text << "\n" << printed;
}

TEST(ParseTest, TextsWithSomethingMissingParsePartly) {
  for (const std::string_view text : kParsedTexts) {
    for (size_t at = 0; at < text.size(); ++at) {
      CheckPartly(std::string(text.substr(0, at)));
      CheckPartly(std::string(text.substr(0, at)) + std::string(text.substr(at + 1)));
    }
  }
}

std::string PartsOf(std::string_view text) {
  const Source source("<test>", std::string(text));
  Diagnostics diagnostics;
  ast::Pipeline tree;
  ParsePartly(source, Shapes(), SyntaxLimits(), diagnostics, &tree).IgnoreError();
  std::string parts;
  for (const ast::CommandCall& call : tree.commands) {
    parts += (call.broken ? "!" : "") + call.name.text + " ";
  }
  for (const Diagnostic& each : diagnostics.all()) parts += std::to_string(each.span.begin) + " ";
  return parts;
}

TEST(ParseTest, CommandsThatCanBeReadStandInTheTree) {
  EXPECT_EQ(PartsOf("a= | stats count | where x=+ | table a"), "! stats !where table 1 29 ");
  EXPECT_EQ(PartsOf("a=1 | | stats count |"), "search ! stats ! 6 20 ");
  EXPECT_EQ(PartsOf("(a | stats count"), "! stats 0 ");
  EXPECT_EQ(PartsOf("a ] | stats count"), "! stats 2 ");
  EXPECT_EQ(PartsOf("a \"b | stats count"), "! 2 ");
  EXPECT_EQ(PartsOf(""), "! 0 ");
  EXPECT_EQ(PartsOf("|"), "! 0 ");
}

TEST(ParseTest, SubsearchesAreParsedByThemselves) {
  // The command around a broken one is whole, and the other way round.
  EXPECT_EQ(PartsOf("a [ where x=+ | eval y= ] | head"), "search head 14 22 ");
  EXPECT_EQ(PartsOf("a= [ search b ] c= | head"), "! head 17 ");
  EXPECT_EQ(PartsOf("a [ search b | where c=+"), "! 2 24 ");
  EXPECT_EQ(PartsOf("a [ b [ c= ] d= ]"), "search 9 14 ");
  EXPECT_EQ(PartsOf("| append [ | ] | head"), "append head 13 ");
  EXPECT_EQ(PartsOf("a ( [ search x=1 ) ]"), "! 17 ");
}

TEST(ParseTest, TokensTogetherAreTheText) {
  for (const std::string_view text : kParsedTexts) {
    const Source source("<test>", std::string(text));
    Diagnostics diagnostics;
    const auto tokens = Tokenize(source, Shapes(), SyntaxLimits(), diagnostics);
    ASSERT_TRUE(tokens.ok());
    std::string joined;
    for (const Token& token : *tokens) joined += TextOf(text, token.span);
    EXPECT_EQ(joined, text);
  }
}

TEST(ParseTest, OrBindsTighterThanAndInSearch) {
  EXPECT_EQ(DumpOf("a b OR c d"), DumpOf("a (b OR c) d"));
  EXPECT_EQ(DumpOf("NOT a OR b"), DumpOf("(NOT a) OR b"));
}

TEST(ParseTest, AndBindsTighterThanOrInExpressions) {
  EXPECT_EQ(DumpOf("| where a OR b AND c XOR d"), DumpOf("| where (a OR (b AND c)) XOR d"));
  EXPECT_EQ(DumpOf("| where NOT a=b AND c"), DumpOf("| where (NOT (a=b)) AND c"));
}

TEST(ParseTest, ProductsBindTighterThanSumsAndDotIsASum) {
  EXPECT_EQ(DumpOf("| eval x=a . b + c * -d"), DumpOf("| eval x=a . b + (c * (-d))"));
}

TEST(ParseTest, CommandsAreCommandsOnlyStandingAlone) {
  EXPECT_EQ(DumpOf("stats count"), DumpOf("| stats count"));
  EXPECT_EQ(DumpOf("stats=1"), DumpOf("search stats=1"));
  EXPECT_EQ(DumpOf("stats (a)").substr(0, 25), DumpOf("| stats (a)").substr(0, 25));
}

TEST(ParseTest, LimitsHoldBeforeAnythingRecurses) {
  const std::string deep = "| eval x=" + std::string(100'000, '(') + "1";
  EXPECT_EQ(MessageFor(deep), "nested more than 250 deep");
  EXPECT_EQ(MessageFor("| where " + std::string(5'000, '-') + "1"), "nested more than 250 deep");
  std::string nots = "a";
  for (int i = 0; i < 1'000; ++i) nots = "NOT " + nots;
  EXPECT_EQ(MessageFor(nots), "nested more than 250 deep");
  SyntaxLimits limits;
  limits.max_tokens = 10;
  EXPECT_EQ(MessageFor("a b c d e f g h i j k l", limits), "the search has more than 10 words");
  limits.max_text = 5;
  EXPECT_EQ(MessageFor("abcdef", limits), "the search is longer than 5 bytes");
}

TEST(ParseTest, LongFlatTextsParse) {
  std::string terms = "a";
  std::string sum = "| eval x=1";
  std::string pipes = "a";
  for (int i = 0; i < 20'000; ++i) {
    terms += " OR a";
    sum += "+1";
  }
  for (int i = 0; i < 5'000; ++i) pipes += " | head";
  EXPECT_EQ(MessageFor(terms), "parsed");
  EXPECT_EQ(MessageFor(sum), "parsed");
  EXPECT_EQ(MessageFor(pipes), "parsed");
}

}  // namespace
}  // namespace spelk
