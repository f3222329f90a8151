// The public headers where they are used wrongly: nothing throws, nothing ends the program.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "spelk/engine.h"

namespace spelk {
namespace {

constexpr std::string_view kEvents = "{\"a\":1}\n{\"a\":2.5}\n";

Query Compiled(const Engine& engine, std::string_view text) {
  Result<Query> query = engine.Compile(text);
  EXPECT_TRUE(query.ok()) << query.error().Render();
  return std::move(query).value();
}

RowBatch KeptRows(const Query& query) {
  std::optional<RowBatch> kept;
  const Result<Summary> done = query.Run(Memory(kEvents), [&](const RowBatch& rows) {
    kept = rows.Materialize();
    return Flow::kMore;
  });
  EXPECT_TRUE(done.ok());
  return *kept;
}

TEST(Api, PlacesThatAreNotThereAreNull) {
  const Engine engine;
  const RowBatch rows = KeptRows(Compiled(engine, "* | table a b"));
  EXPECT_EQ(rows.FindColumn("c"), SIZE_MAX);
  EXPECT_TRUE(rows.at(0, rows.FindColumn("c")).is_null());
  EXPECT_TRUE(rows.at(2, 0).is_null());
  EXPECT_TRUE(rows.at(0, 0).at(1).is_null());
  EXPECT_TRUE(rows.at(0, 1).at(0).is_null());
  EXPECT_EQ(rows.column_name(2), "");
  std::string text;
  rows.AppendJson(2, text);
  EXPECT_EQ(text, "");
}

TEST(Api, LimitsAreListedAndSet) {
  const Engine engine({.apps = {}, .limits = {.base = "splunk", .set = {"sort.count=1"}}});
  std::optional<LimitInfo> sort;
  for (const LimitInfo& limit : engine.Limits()) {
    if (limit.name == "sort.count") sort = limit;
  }
  ASSERT_TRUE(sort);
  EXPECT_EQ(sort->initial, 10'000U);
  EXPECT_EQ(sort->value, 1U);
  EXPECT_FALSE(sort->cuts.empty());
  const Result<Summary> done = Compiled(engine, "* | sort a").Run(Memory(kEvents), nullptr);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->rows, 1U);
  ASSERT_EQ(done->warnings.size(), 1U);
  const Engine lifted({.apps = {}, .limits = {.base = "none"}});
  for (const LimitInfo& limit : lifted.Limits()) EXPECT_FALSE(limit.value) << limit.name;
  const Engine wrong({.apps = {}, .limits = {.base = "splunk", .set = {"sort.cuont=1"}}});
  EXPECT_FALSE(wrong.Compile("*").ok());
}

TEST(Api, TextThatIsANumberIsOne) {
  const Engine engine;
  const RowBatch rows = KeptRows(Compiled(engine, "* | eval b=a*2, c=\"x\" | table a b c"));
  EXPECT_EQ(rows.at(0, 0).number(), 1);
  EXPECT_EQ(rows.at(0, 1).number(), 2);
  EXPECT_EQ(rows.at(1, 0).number(), 2.5);
  EXPECT_EQ(rows.at(1, 1).number(), 5);
  EXPECT_EQ(rows.at(1, 2).number(), 0);
}

TEST(Api, EmptyFunctionsAreNotCalled) {
  const Engine engine;
  const Query query = Compiled(engine, "* | stats count");
  const Result<Summary> counted = query.Run(Memory(kEvents), Query::TakeRows());
  ASSERT_TRUE(counted.ok());
  EXPECT_EQ(counted->rows, 1U);
  EXPECT_TRUE(RunTogether({query}, Memory(kEvents), {}, {}).ok());
  const Result<Summary> nothing = query.Run(Callback(nullptr), Query::TakeRows());
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().message(), "the search reads events, and no input was given");
}

// NOLINTBEGIN(bugprone-use-after-move): the point of it.
TEST(Api, WhatWasMovedFromGoesOn) {
  Engine engine;
  Query query = Compiled(engine, "* | table a");
  const Query moved = std::move(query);
  EXPECT_EQ(KeptRows(query).rows(), 2U);
  RowBatch rows = KeptRows(moved);
  const RowBatch others = std::move(rows);
  EXPECT_EQ(rows.rows(), others.rows());
  const Engine other = std::move(engine);
  EXPECT_TRUE(engine.Compile("a").ok());
  Result<Cursor> cursor = moved.Open(Memory(kEvents), {});
  ASSERT_TRUE(cursor.ok());
  Cursor taken = std::move(*cursor);
  EXPECT_FALSE(cursor->Next().value().has_value());
  EXPECT_EQ(cursor->summary().rows, 0U);
  EXPECT_TRUE(taken.Next().value().has_value());
}
// NOLINTEND(bugprone-use-after-move)

TEST(Api, BoundsThatAreNoTimesAreRefused) {
  const Engine engine;
  RunOptions options;
  options.latest = "tomorrow";
  const Result<Summary> done =
      Compiled(engine, "*").Run(Memory(kEvents), options, Query::TakeRows());
  ASSERT_FALSE(done.ok());
  EXPECT_TRUE(done.error().message().starts_with("RunOptions::latest does not take \"tomorrow\""));
}

std::string Kinds(const SyntaxNode& node) {
  std::string text = node.kind + (node.text.empty() ? "" : ":" + node.text);
  for (const SyntaxNode& child : node.children) text += "(" + Kinds(child) + ")";
  return text;
}

TEST(Api, ATextIsParsedAsFarAsItCanBeRead) {
  const Engine engine;
  const std::string_view text = "a=1 | where x=+ | stats count ```why``` | join id [ eval (]";
  const Parsed parsed = engine.Parse(text);
  std::string joined;
  for (const SyntaxToken& token : parsed.tokens) joined += text.substr(token.offset, token.length);
  EXPECT_EQ(joined, text);
  EXPECT_EQ(Kinds(parsed.tree),
            "pipeline(command:search(field:a =(value:1)))(broken:where)"
            "(command:stats(argument:count))"
            "(command:join(argument:id)(subsearch(pipeline(broken:eval))))");
  EXPECT_EQ(parsed.printed, "search a=1 | where x=+ | stats count | join id [ eval ( ]");
  ASSERT_EQ(parsed.diagnostics.size(), 2U);
  EXPECT_EQ(parsed.diagnostics[0].column, 17U);
  EXPECT_EQ(parsed.diagnostics[1].column, 58U);
  EXPECT_EQ(engine.Parse("a=1 | head").diagnostics.size(), 0U);
}

TEST(Api, ATextTooLongHasNoTokens) {
  const Engine engine;
  const Parsed parsed = engine.Parse(std::string(size_t{2} << 20U, 'a'));
  EXPECT_TRUE(parsed.tokens.empty());
  ASSERT_EQ(parsed.diagnostics.size(), 1U);
  EXPECT_EQ(parsed.diagnostics[0].code, "E0105");
}

}  // namespace
}  // namespace spelk
