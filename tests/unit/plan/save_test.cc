// Plans in their binary form: what was saved loads as the same plan, and damaged bytes fail
// cleanly.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "spelk/engine.h"

namespace spelk {
namespace {

// Every command, and every kind of expression and predicate.
constexpr std::string_view kSavedSearches[] = {
    "*",
    "user=ana",
    "user!=ana NOT host=web-1",
    "(a=1 OR b=2) AND NOT (c=3 d=4)",
    "failed \"access denied\" TERM(10.0.0.1) CASE(Root)",
    "EventID IN (1, 2, 3*) n>=10 n<2.5",
    "index=main sourcetype=json source=*log host=h splunk_server=local",
    "earliest=-1d@d latest=now user=ana",
    "[search user=ana | fields host] n=1",
    "NOT [search user=ana | return 5 host, h=host, $user]",
    "user=[search x=1 | return $user]",
    "eval a=1, b=2.50, c=\"text\", d=e, 'odd name'=f.g",
    "eval a=b+c*2-3/4%5, d=-e, f=g.h.\"i\"",
    "eval a=if(b=1 AND NOT c>2 OR d!=\"x\" XOR e<=3, 1, null())",
    "eval a=case(b IN (1, \"two\"), 1, like(c, \"%d_\"), 2, true(), 3)",
    "eval a=mvmap(b, b*2), c=mvfilter(match(d, \"^e\")), f=split(\"a,b\", \",\")",
    "eval a=strftime(_time, \"%F\"), b=relative_time(now(), \"-1d@d\"), c=random()",
    "eval a=json_extract(_raw, \"b{}.c\"), d=replace(e, \"(f)\", \"\\1\")",
    "eval \"日本\"=\"größe\"",
    "where a>1 AND isnull(b)",
    "where cidrmatch(\"10.0.0.0/8\", ip)",
    "search a=1 | search NOT b=*",
    "search earliest=-5m a=1",
    "stats count by a | outputlookup seen.csv",
    "sort 0 a",
    "sort - a, +b, num(c), ip(d), str(e), auto(f)",
    "sort 5 a desc",
    "head",
    "head 3",
    "head limit=5 keeplast=true null=true (a<3)",
    "tail 4",
    "reverse",
    "dedup a",
    "dedup 2 a, b keepevents=true keepempty=true consecutive=true sortby -c",
    "fields a, b*, _time",
    "fields - a, _*",
    "table a b* \"c d\"",
    "rename a AS b, \"c d\" AS e, f* AS g*",
    "fillnull",
    "fillnull value=none a b",
    "bin _time span=5m",
    "bin a AS b bins=7 start=0 end=100",
    "bin span=2log3 a",
    "bin span=1w@w1 aligntime=earliest _time",
    "makemv delim=\",\" allowempty=true a",
    "makemv tokenizer=\"([^,]+),?\" setsv=true a",
    "mvexpand a limit=2",
    "rex \"(?<a>b+)\"",
    "rex field=c max_match=0 offset_field=o \"(?<a>b+)(?<d>e)?\"",
    "rex field=c mode=sed \"s/a/b/g\"",
    "regex a!=\"^b\"",
    "regex \"c$\"",
    "spath",
    "spath input=a output=b path=c{}.d",
    "format",
    "format mvsep=\"|\" maxresults=3 \"[\" \"(\" \"&\" \")\" \"+\" \"]\"",
    "return 3 a, b=c, $d",
    "stats count",
    "stats count AS n, dc(a), values(b) AS v, avg(eval(c*2)) AS d BY e, f",
    "stats perc95(a), p50(a), exactperc99.5(a), list(b), first(c), latest(d), max(n*) AS *_max",
    "eventstats sum(a) AS s BY b",
    "streamstats window=3 current=false global=false count, sum(a) BY b",
    "streamstats time_window=5m reset_on_change=true reset_before=(a>1) reset_after=(b=\"x\") "
    "count",
    "top limit=3 showperc=false countfield=n a BY b",
    "rare a, b useother=true otherstr=rest",
    "| makeresults",
    "| makeresults count=3 annotate=true | eval a=1",
    "| makeresults format=json data=\"[{\\\"a\\\": 1}, {\\\"b\\\": [2, 3]}]\"",
    "| makeresults format=csv data=\"a,b\n1,2\"",
    "user=ana | eval a=1 | stats count BY a | where count>1 | sort - count | head 3 | table a",
};

class SaveTest : public testing::Test {
 protected:
  std::string Saved(std::string_view search) {
    const Result<Query> query = engine_.Compile(search);
    EXPECT_TRUE(query.ok()) << search << "\n" << (query.ok() ? "" : query.error().Render());
    return query.ok() ? query->SavePlan() : "";
  }
  // What the bytes load as; empty if they do not load.
  std::string Printed(std::string_view bytes) {
    const Result<Query> query = engine_.LoadPlan(bytes);
    if (!query.ok()) return "";
    const Result<std::string> text = query->Explain(Stage::kPlan);
    return text.ok() ? *text : "";
  }

  // A plan that loads prints, saves and runs.
  void FailsOrIsWhole(std::string_view damaged, std::string_view search) {
    constexpr std::string_view kSavedEvents = "{\"user\": \"ana\", \"n\": 1, \"_time\": 5}\n";
    const Result<Query> loaded = engine_.LoadPlan(damaged);
    if (!loaded.ok()) return;
    const Result<std::string> text = loaded->Explain(Stage::kPlan);
    ASSERT_TRUE(text.ok()) << search;
    EXPECT_EQ(Printed(loaded->SavePlan()), *text) << search;
    RunOptions options;
    options.memory = size_t{64} << 20U;
    (void)loaded->Run(Memory(kSavedEvents), options, [](const RowBatch&) { return Flow::kEnough; });
  }

  Engine engine_;
};

TEST_F(SaveTest, LoadsAsThePlanThatWasSaved) {
  for (const std::string_view search : kSavedSearches) {
    const Result<Query> query = engine_.Compile(search);
    ASSERT_TRUE(query.ok()) << search << "\n" << query.error().Render();
    const std::string bytes = query->SavePlan();
    const Result<Query> loaded = engine_.LoadPlan(bytes);
    ASSERT_TRUE(loaded.ok()) << search << "\n" << loaded.error().message();
    EXPECT_EQ(*query->Explain(Stage::kPlan), *loaded->Explain(Stage::kPlan)) << search;
    EXPECT_EQ(*query->Explain(Stage::kOptimized), *loaded->Explain(Stage::kOptimized)) << search;
    EXPECT_EQ(bytes, loaded->SavePlan()) << search;
  }
}

TEST_F(SaveTest, AnotherEngineLoadsIt) {
  const std::string bytes = Saved("user=ana | eval größe=n*2 | stats count BY größe");
  const std::string printed = Printed(bytes);
  engine_ = Engine();
  EXPECT_EQ(Printed(bytes), printed);
}

TEST_F(SaveTest, CutBytesDoNotLoad) {
  for (const std::string_view search : kSavedSearches) {
    const std::string bytes = Saved(search);
    // Every place in short plans, some of the places in long ones.
    const size_t step = bytes.size() / 100 + 1;
    for (size_t size = 0; size < bytes.size(); size += step) {
      const Result<Query> loaded = engine_.LoadPlan(std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(loaded.ok()) << search << " cut to " << size;
      EXPECT_NE(loaded.error().kind(), ErrorKind::kInternal) << loaded.error().message();
    }
    EXPECT_FALSE(engine_.LoadPlan(bytes + "x").ok()) << search;
  }
}

// Flipped bits may make another plan, which must be whole.
// The saved plan of `reverse`, whose node becomes one of a type that holds other plans or a body.
TEST_F(SaveTest, NodesThatLackTheirPlansDoNotLoad) {
  const std::string plain = Saved("reverse");
  const std::string named = "\x07reverse\x07reverse";
  ASSERT_NE(plain.find(named), std::string::npos);
  for (const std::string name : {"appendcols", "appendpipe", "foreach", "join", "set"}) {
    const std::string length(1, static_cast<char>(name.size()));
    for (size_t more = 0; more < 64; ++more) {
      std::string bytes = plain;
      bytes.replace(bytes.find(named), named.size(),
                    length + name + length + name + std::string(more, '\0'));
      EXPECT_FALSE(engine_.LoadPlan(bytes).ok()) << name << " and " << more << " bytes";
    }
  }
}

TEST_F(SaveTest, DamagedBytesFailOrLoadAsAWholePlan) {
  uint64_t random = 1;
  for (const std::string_view search : kSavedSearches) {
    const std::string bytes = Saved(search);
    for (int turn = 0; turn < 60; ++turn) {
      std::string damaged = bytes;
      random = random * 6364136223846793005U + 1442695040888963407U;
      const size_t at = (random >> 33U) % damaged.size();
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^
                                      (1U << ((random >> 20U) % 8)));
      FailsOrIsWhole(damaged, search);
    }
  }
}

// A 1 says, among other things, that a field or an expression follows.
TEST_F(SaveTest, WhatMustBeThereIsNotLoadedAsNull) {
  for (const std::string_view search : kSavedSearches) {
    const std::string bytes = Saved(search);
    for (size_t at = 0; at < bytes.size(); ++at) {
      if (bytes[at] != 1) continue;
      std::string damaged = bytes;
      damaged[at] = 0;
      FailsOrIsWhole(damaged, search);
    }
  }
  // The count of what is named, and the flag of its first field, taken away with the field.
  std::string bytes = Saved("dedup a");
  const size_t name = bytes.find(std::string("\x01\x01") + "a", 20);
  ASSERT_NE(name, std::string::npos);
  bytes.replace(name, 4, std::string(1, '\0'));
  EXPECT_FALSE(engine_.LoadPlan(bytes).ok());
}

TEST_F(SaveTest, RefusesWhatIsNoPlan) {
  for (const std::string_view bytes : {"", "SPELKPL", "SPELKPL0", "SPELKPL1", "{\"a\": 1}"}) {
    EXPECT_FALSE(engine_.LoadPlan(bytes).ok()) << bytes;
  }
}

}  // namespace
}  // namespace spelk
