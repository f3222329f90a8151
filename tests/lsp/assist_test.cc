// What the library offers to editors, at every place of searches that are as broken as they are
// while somebody types.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "spelk/assist.h"

namespace spelk {
namespace {

constexpr std::string_view kSearches[] = {
    "index=a (b=\"c d\" OR NOT e IN (1, 2)) [search f=`g(h, \"i\")` | fields j] | stats "
    "count(eval(x>1)) "
    "AS n, dc(y) BY z | where n>1 AND like(z, \"%é🙂%\")",
    "| tstats summariesonly=t count from datamodel=Endpoint.Processes where Processes.user=\"a*\" "
    "by "
    "Processes.dest _time span=1h | rename \"Processes.*\" AS *",
    "a | rex field=b \"(?<c>\\d+)[^\\\"]\" | eval 'd e'=if(isnull(c), \"x\".c, -c+1), f=case(1=1, "
    "2) ```note``` "
    "| lookup spelk_http_status status AS c OUTPUT phrase AS g | join type=left f [search h | head "
    "5]",
    "a]] | | foreach * [eval <<FIELD>>='<<FIELD>>'] ))(( | \"open `macro( 'x | datamodel "
    "Endpoint "};

TEST(Assist, NothingBreaksAtAnyPlace) {
  const Engine engine;
  for (const std::string_view text : kSearches) {
    for (size_t at = 0; at <= text.size(); ++at) {
      // All of it, and as much as was typed so far; cut within characters, too.
      for (const std::string_view each : {text, text.substr(0, at)}) {
        for (const Completion& completion : Complete(engine, each, at, {})) {
          ASSERT_LE(completion.offset, at);
          ASSERT_EQ(completion.offset + completion.length, at);
        }
        const auto help = Explain(engine, each, at, {});
        if (help) {
          ASSERT_LE(help->offset + help->length, each.size());
        }
        SignaturesAt(engine, each, at);
        FindDefinition(engine, each, at);
        RenameField(engine, each, at, "renamed_field").ok();
      }
    }
  }
}

// A rename keeps the search what it was: it compiles as before, and back again it is the same.
TEST(Assist, WhatIsRenamedStillCompiles) {
  const Engine engine;
  size_t renamed = 0;
  for (const std::string_view text :
       {std::string_view("| tstats count AS n from datamodel=Endpoint.Processes by Processes.dest "
                         "| rename \"Processes.*\" AS * | where n>1"),
        std::string_view("a=1 | eval b=a+1, c=b | stats sum(b) AS d, values(c) AS c BY "
                         "b | sort - d | eval e=d/b | table b c d e"),
        std::string_view(
            "x | rex \"(?<p>.)(?<q>.)\" | eval r=p.q | dedup r, p | chart count AS t OVER p "
            "BY q")}) {
    ASSERT_TRUE(engine.Compile(text).ok());
    for (const FieldUse& use : FieldUses(engine, text)) {
      const auto apply = [](std::string_view to, const std::vector<TextEdit>& edits) {
        std::string made(to);
        for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
          made.replace(edit->offset, edit->length, edit->text);
        }
        return made;
      };
      const auto edits = RenameField(engine, text, use.offset, "another");
      if (!edits.ok()) continue;
      ++renamed;
      const std::string made = apply(text, *edits);
      EXPECT_TRUE(engine.Compile(made).ok()) << made;
      const size_t place = made.find("another");
      ASSERT_NE(place, std::string::npos);
      const auto back = RenameField(engine, made, place, use.name);
      ASSERT_TRUE(back.ok()) << back.error().message();
      EXPECT_EQ(apply(made, *back), text);
    }
  }
  EXPECT_GT(renamed, 10U);
}

TEST(Assist, TellsTheFieldsInFrontOfACommand) {
  const Engine engine;
  const auto names = [&](std::string_view text) {
    const FieldsAt fields = FieldsBefore(engine, text, text.size(), {});
    std::vector<std::string> all;
    for (const KnownField& field : fields.fields) all.push_back(field.name);
    if (!fields.all) all.emplace_back("…");
    return all;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("a=1 | stats count AS n BY b | "), (Names{"b", "n"}));
  EXPECT_EQ(names("a=1 | table a c | eval d=1 | "), (Names{"a", "c", "d"}));
  EXPECT_EQ(names("a=1 | stats count BY b | broken ( | fields - b | "), (Names{"count"}));
  EXPECT_EQ(names("a=1 | stats count BY b | append [search c | stats count AS n | "), (Names{"n"}));
  EXPECT_EQ(names("a=1 | stats count BY b | appendpipe [ "), (Names{"b", "count"}));
  const Names open = names("a=1 | eval b=1 | ");
  for (const char* name : {"a", "b", "_time", "…"}) {
    EXPECT_NE(std::find(open.begin(), open.end(), name), open.end()) << name;
  }
}

TEST(Assist, TheReferenceIsWholeAndSorted) {
  const Engine engine;
  const std::vector<ReferenceEntry> all = Reference(engine);
  EXPECT_GT(all.size(), 250U);
  for (const ReferenceEntry& entry : all) {
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(AsMarkdown(entry).empty());
    EXPECT_NE(entry.runs, entry.signature.empty()) << entry.name;
  }
  const auto join = std::find_if(all.begin(), all.end(),
                                 [](const ReferenceEntry& entry) { return entry.name == "join"; });
  ASSERT_NE(join, all.end());
  const auto type = std::find_if(join->arguments.begin(), join->arguments.end(),
                                 [](const ReferenceArgument& each) { return each.name == "type"; });
  ASSERT_NE(type, join->arguments.end());
  EXPECT_EQ(type->choices, (std::vector<std::string>{"inner", "outer", "left"}));
}

}  // namespace
}  // namespace spelk
