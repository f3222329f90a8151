// Every reservation of memory is refused once, and all from there on: a search then gives its
// answer, or fails by the name of the limit.
#include <gtest/gtest.h>

#include <string_view>

#include "support/feed_generator.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

constexpr std::string_view kReservingSearches[] = {
    "EventID=1",
    "EventID=1 | stats count",
    "Image=*cmd.exe OR \"arg1\" | table Hostname Image Tags{}",
    "[search EventID=4625 | fields Hostname] | fields Image",
    "EventID=[search EventID=1 | return $EventID] | stats count",
    "eval a=Size*2, b=upper(Image), {Hostname}=a, c=split(CommandLine, \" \") | fields - User",
    "eval m=mvmap('Tags{}', upper('Tags{}')), j=json_object(\"a\", Size), t=strftime(_time, "
    "\"%F\")",
    "where match(Image, \"cmd\") AND cidrmatch(\"10.0.0.0/8\", Hostname) OR like(User, \"a%\")",
    "stats count dc(Image) values(User) list(Size) perc90(Size) stdev(Size) first(_time) by "
    "Hostname",
    "stats count by Tags{} a.b | sort - count",
    "eventstats count max(Size) by Hostname | table Hostname count",
    "streamstats window=3 sum(Size) AS s by Hostname | fillnull",
    "sort 0 - Size Image | head 5",
    "sort 10 User | reverse | tail 3",
    "dedup 2 Hostname sortby -Size",
    "dedup User keepevents=true keepempty=true",
    "top 3 Image by Hostname showperc=f",
    "rare User",
    "fillnull value=x | table *",
    "bin Size bins=5 | stats count by Size",
    "bin _time span=1h | stats count by _time",
    "rex field=Image \"(?<exe>[^\\\\\\\\]+)$\" | rex mode=sed field=User \"s/a/b/g\" | table exe "
    "User",
    "makemv delim=\" \" CommandLine | mvexpand CommandLine limit=4",
    "spath | spath path=a.c.d output=x",
    "rename a.* AS outer.* | fields outer.* Host*",
    "head 20 | table Hostname | format",
    "head 20 | return 3 Hostname $User",
    "regex Image=\"exe$\" | search User=* Size>10",
    "| makeresults count=5000 | eval n=random() | sort n | stats count",
    "| makeresults format=csv data=\"a,b\n1,2\" | table b",
};

TEST(Reservations, EachMayBeRefused) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 60, .seed = 5}));
  for (const std::string_view text : kReservingSearches) {
    const Result<Query> query = engine.Compile(text);
    ASSERT_TRUE(query.ok()) << query.error().Render();
    const Outcome plain = RunAs(*query, &feed, {}, {});
    ASSERT_FALSE(plain.error) << text << ": " << plain.error->message();
    ASSERT_GT(plain.reservations, 0U) << text;
    for (const bool all : {false, true}) {
      // The first ones each, then fewer and fewer.
      for (uint64_t n = 0; n < plain.reservations; n += 1 + n / 64) {
        Variation refused;
        refused.refused_after = n;
        refused.refuses_all = all;
        const std::string difference =
            Difference(plain, RunAs(*query, &feed, {}, refused), refused, false);
        EXPECT_EQ(difference, "") << text;
      }
    }
  }
}

// From one byte on: what was given is too little, or enough.
TEST(Reservations, AnyBudgetIsOne) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 60, .seed = 5}));
  for (const std::string_view text : kReservingSearches) {
    const Result<Query> query = engine.Compile(text);
    ASSERT_TRUE(query.ok()) << query.error().Render();
    const Outcome plain = RunAs(*query, &feed, {}, {});
    for (size_t memory = 1; memory < size_t{8} << 20U; memory = 3 * memory / 2 + 1) {
      Variation little;
      little.memory = memory;
      little.block_size = 4096;
      EXPECT_EQ(Difference(plain, RunAs(*query, &feed, {}, little), little, true), "") << text;
    }
  }
}

}  // namespace
}  // namespace spelk::tests
