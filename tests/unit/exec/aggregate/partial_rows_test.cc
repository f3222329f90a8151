// sistats and its like, then the command that merges, give what that command gives over the events:
// for every statistic, in one search, through rows written out and read again as events or as a
// table, and out of the rows of two halves.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "functions/entry.h"
#include "spelk/engine.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

constexpr std::string_view kFirstHalf = R"({"_time":1000,"h":"a","k":"p","x":1,"y":0.1}
{"_time":1001,"h":"a","k":"q","x":"1.0","y":0.2}
{"_time":1007.5,"h":"b","k":"p","x":"n;o\\t","y":0.3,"late":1}
{"_time":5000,"h":"a","x":9007199254740993,"y":1e-9}
{"_time":5001,"h":"b","k":"OTHER","x":["2","tr\"ue",""],"y":-7}
{"_time":1003,"h":"a","k":"p","x":true,"y":"none"}
)";
constexpr std::string_view kSecondHalf = R"({"_time":9000,"h":"b","k":"q","x":"","y":1e300}
{"_time":9001,"h":"c","k":"NULL","y":3}
{"_time":9002,"h":"a","k":"p","x":1,"y":0.7}
{"h":"a","k":"r","x":-4.25,"y":2}
{"_time":9003,"h":["a","b"],"k":"p","x":"-0","y":5}
{"_time":9004,"k":"p","x":3,"y":5}
)";

class PartialRowsTest : public testing::Test {
 protected:
  PartialRowsTest() : folder_(testing::TempDir() + "partial_rows"), engine_(Options()) {}

  EngineOptions Options() const {
    std::filesystem::create_directories(folder_);
    EngineOptions options;
    options.lookups = {folder_};
    options.write_folder = folder_;
    return options;
  }

  std::vector<std::string> Rows(const std::string& text, std::string_view events) {
    const Result<Query> query = engine_.Compile(text);
    if (!query.ok()) return {query.error().Render()};
    const Feed feed{std::string(events)};
    RunOptions options;
    options.order = EventOrder::kInput;
    const Outcome outcome = RunAs(*query, &feed, options, {});
    if (outcome.error) return {outcome.error->message()};
    return outcome.rows;
  }
  static std::string Lines(const std::vector<std::string>& rows) {
    std::string text;
    for (const std::string& row : rows) text += row + "\n";
    return text;
  }

  // `make` gives the partial rows that `merge` takes.
  void ExpectSame(const std::string& make, const std::string& merge) {
    SCOPED_TRACE(make);
    const std::string all = std::string(kFirstHalf) + std::string(kSecondHalf);
    const std::vector<std::string> wanted = Rows(merge, all);
    EXPECT_EQ(Rows(make + " | " + merge, all), wanted);
    EXPECT_EQ(Rows(make + " | " + make + " | " + merge, all), wanted) << "merged twice";
    const std::vector<std::string> partial = Rows(make, all);
    ASSERT_FALSE(partial.empty());
    EXPECT_EQ(Rows(merge, Lines(partial)), wanted) << "as events\n" << Lines(partial);
    const std::string halves = Lines(Rows(make, kFirstHalf)) + Lines(Rows(make, kSecondHalf));
    EXPECT_EQ(Rows(merge, halves), wanted) << "of halves\n" << halves;
    const std::string mixed = Lines(Rows(make, kFirstHalf)) + std::string(kSecondHalf);
    EXPECT_EQ(Rows(merge, mixed), wanted) << "beside events\n" << mixed;
  }
  void ExpectSameByTable(const std::string& make, const std::string& merge) {
    const std::string all = std::string(kFirstHalf) + std::string(kSecondHalf);
    const std::string table = "partial_" + std::to_string(++tables_) + ".csv";
    Rows(make + " | outputlookup " + table, all);
    EXPECT_EQ(Rows("| inputlookup " + table + " | " + merge, all), Rows(merge, all)) << make;
  }

  const std::string folder_;
  Engine engine_;
  size_t tables_ = 0;
};

std::vector<std::string> Statistics() {
  std::vector<std::string> names;
  for (const functions::AggregateEntry* entry : functions::AllAggregates()) {
    if (!entry->made_of.empty() || !entry->only_in.empty()) continue;
    names.push_back(std::string(entry->name) + (entry->takes_number ? "90" : ""));
  }
  return names;
}

TEST_F(PartialRowsTest, EveryStatisticMergesToTheSame) {
  for (const std::string& name : Statistics()) {
    ExpectSame("sistats " + name + "(x)", "stats " + name + "(x)");
    for (const std::string& call : {name + "(x)", name + "(y) AS n", name + "(eval(y*2))",
                                    name + "(nothing)", name + "(*)"}) {
      ExpectSame("sistats " + call + " by h", "stats " + call + " by h");
    }
    ExpectSame("sistats allnum=t " + name + "(x) by h", "stats allnum=t " + name + "(x) by h");
    ExpectSame("sistats allnum=t " + name + "(*)", "stats allnum=t " + name + "(*)");
    ExpectSameByTable("sistats " + name + "(x) by h", "stats " + name + "(x) by h");
    ExpectSameByTable("sistats " + name + "(nothing) by h", "stats " + name + "(nothing) by h");
  }
}

TEST_F(PartialRowsTest, AllStatisticsTogether) {
  std::string calls = "count";
  for (const std::string& name : Statistics()) calls += " " + name + "(x)";
  ExpectSame("sistats " + calls + " by h", "stats " + calls + " by h");
  ExpectSame("sistats range(x) min(x) values(x)", "stats min(x) range(x) values(x)");
}

TEST_F(PartialRowsTest, SparklinesMerge) {
  for (const std::string call :
       {"sparkline(count, 1h)", "sparkline(avg(y))", "sparkline(dc(x), 1m) AS s"}) {
    for (const std::string by : {"", " by h"})
      ExpectSame("sistats " + call + by, "stats " + call + by);
  }
}

TEST_F(PartialRowsTest, OtherCommandsMerge) {
  for (const std::string text : {"chart count OVER h BY k",
                                 "chart sum(y) avg(y) BY h",
                                 "chart cont=f count BY x span=10",
                                 "chart count BY x",
                                 "chart limit=1 sum(y) OVER h BY k",
                                 "chart count BY h k usenull=f",
                                 "chart eval(max(x)-min(x)) AS spread BY h",
                                 "chart agg=max(y) limit=1 count BY h k",
                                 "chart count BY k h where count in top2",
                                 "chart count OVER k BY x span=2",
                                 "timechart count",
                                 "timechart span=1h avg(y) BY k",
                                 "timechart span=1m per_hour(y)",
                                 "timechart span=1h partial=f count dc(x)",
                                 "timechart span=1h count useother=f limit=1 BY k",
                                 "timechart bins=5 values(x)",
                                 "top x",
                                 "top limit=2 x by h",
                                 "rare x y",
                                 "rare limit=1 useother=t showperc=f k"}) {
    ExpectSame("si" + text, text);
  }
}

TEST_F(PartialRowsTest, WhatIsNotThereIsSaid) {
  const std::vector<std::string> rows = Rows("sistats sum(x) by h | stats dc(x) by h", kFirstHalf);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_NE(rows[0].find("the partial rows hold nothing for dc(x)"), std::string::npos) << rows[0];
  // What one statistic is made of may be enough for another.
  EXPECT_EQ(Rows("sistats var(y) | stats avg(y) sum(y)", kFirstHalf),
            Rows("stats avg(y) sum(y)", kFirstHalf));
  EXPECT_EQ(Rows("sistats mode(x) | stats dc(x) values(x)", kFirstHalf),
            Rows("stats dc(x) values(x)", kFirstHalf));
}

TEST_F(PartialRowsTest, DamageIsSaid) {
  for (const std::string field :
       {R"("psrsvd_rd_x":"!")", R"("psrsvd_rd_x":"AAAA")", R"("psrsvd_rd_x":"")"}) {
    const std::vector<std::string> rows =
        Rows("stats median(x)", "{\"psrsvd_v\":1," + field + "}\n");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_NE(rows[0].find("is damaged"), std::string::npos) << rows[0];
  }
}

// As Splunk's own commands write them.
TEST_F(PartialRowsTest, FieldsOfSplunkAreRead) {
  constexpr std::string_view kRows =
      R"({"psrsvd_v":"1","psrsvd_gc":"3","psrsvd_ct_x":"2","psrsvd_nc_x":"2","psrsvd_sm_x":"7","psrsvd_ss_x":"29","psrsvd_nn_x":"2","psrsvd_nx_x":"5","psrsvd_vm_x":"2;1;5;1;","psrsvd_vt_x":"0"}
)";
  EXPECT_EQ(
      Rows("stats count count(x) avg(x) sumsq(x) min(x) max(x) range(x) dc(x) values(x)", kRows),
      std::vector<std::string>{
          R"json({"count":3,"count(x)":2,"avg(x)":3.5,"sumsq(x)":29,"min(x)":2,"max(x)":5,"range(x)":3,"dc(x)":2,"values(x)":["2","5"]})json"});
}

}  // namespace
}  // namespace spelk::tests
