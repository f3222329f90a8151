// Help on codes, topics and limits, and words of other languages.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/error_codes.h"
#include "engine/help_topics.h"
#include "plan/limits.h"
#include "spelk/engine.h"
#include "syntax/elsewhere.h"

namespace spelk {
namespace {

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(Help, EveryCodeIsExplainedOnce) {
  const Engine engine;
  std::set<ErrorCode> seen;
  for (const ErrorExplanation& each : kErrorExplanations) {
    const std::string code = CodeText(each.code);
    EXPECT_TRUE(seen.insert(each.code).second) << code;
    EXPECT_FALSE(each.meaning.empty() || each.remedy.empty()) << code;
    const Result<std::string> help = engine.Help(code);
    ASSERT_TRUE(help.ok()) << code;
    EXPECT_TRUE(Holds(*help, each.remedy)) << code;
  }
  EXPECT_TRUE(engine.Help("e0203").ok());
  EXPECT_FALSE(engine.Help("E9999").ok());
}

// The example of a code gets it.
TEST(Help, ExamplesOfCodesGetThem) {
  const Engine engine;
  size_t run = 0;
  for (const ErrorExplanation& each : kErrorExplanations) {
    if (each.example.empty()) continue;
    ++run;
    const Result<Query> query = engine.Compile(each.example);
    const std::vector<ErrorDetail> details =
        query.ok() ? query->warnings() : query.error().details();
    EXPECT_TRUE(std::any_of(details.begin(), details.end(),
                            [&](const ErrorDetail& d) { return d.code == CodeText(each.code); }))
        << CodeText(each.code) << ": " << each.example;
  }
  EXPECT_GE(run, 25U);
}

TEST(Help, TopicsLimitsAndNamesAreFound) {
  const Engine engine;
  for (const engine::HelpTopic& topic : engine::HelpTopics()) {
    const Result<std::string> help = engine.Help(topic.name);
    ASSERT_TRUE(help.ok()) << topic.name;
    EXPECT_TRUE(Holds(*help, topic.text)) << topic.name;
  }
  const std::string limits = *engine.Help("limits");
  for (const plan::Limit& limit : plan::kLimits) {
    EXPECT_TRUE(Holds(limits, plan::NameOf(limit)));
    EXPECT_TRUE(engine.Help(plan::NameOf(limit)).ok());
  }
  const std::vector<std::string> completed = engine.CompleteHelp("quo");
  EXPECT_EQ(completed, std::vector<std::string>{"quoting"});
}

// What stands between backticks runs.
std::vector<std::string> CodeIn(std::string_view text) {
  std::vector<std::string> pieces;
  for (size_t at = text.find('`'); at != std::string_view::npos; at = text.find('`', at)) {
    const size_t end = text.find('`', at + 1);
    if (end == std::string_view::npos) break;
    pieces.emplace_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return pieces;
}

// As somebody would write it who knows the other language.
std::string WrittenWord(const syntax::Elsewhere& each) {
  const std::string word(each.word);
  switch (each.kind) {
    case syntax::ElsewhereKind::kCommand:
      return "a=1 | " + word + " b";
    case syntax::ElsewhereKind::kFunction:
      return "a=1 | eval x=" + word + "(a)";
    case syntax::ElsewhereKind::kStatistic:
      return "a=1 | stats " + word + "(x)";
    case syntax::ElsewhereKind::kOperator:
      return "a=1 | eval x=if(a " + word + " \"b\", 1, 2)";
  }
  return "";
}

TEST(Elsewhere, WordsAreToldWhatSplCallsThem) {
  const Engine engine;
  EXPECT_GE(syntax::AllElsewhere().size(), 60U);
  for (const syntax::Elsewhere& each : syntax::AllElsewhere()) {
    const Result<Query> query = engine.Compile(WrittenWord(each));
    ASSERT_FALSE(query.ok()) << each.word;
    EXPECT_TRUE(Holds(query.error().Render(), each.advice)) << query.error().Render();
  }
}

TEST(Elsewhere, WhatIsProposedRuns) {
  const Engine engine;
  for (const syntax::Elsewhere& each : syntax::AllElsewhere()) {
    const std::vector<std::string> pieces = CodeIn(each.advice);
    EXPECT_FALSE(pieces.empty()) << each.word;
    for (const std::string& piece : pieces) {
      const Result<Query> query = engine.Compile(piece.starts_with('|') ? piece : "a=1 | " + piece);
      EXPECT_TRUE(query.ok()) << each.word << ": " << query.error().Render();
    }
  }
}

}  // namespace
}  // namespace spelk
