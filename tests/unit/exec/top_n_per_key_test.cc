// The first rows of each key, in memory and on disk.
#include "exec/top_n_per_key.h"

#include <gtest/gtest.h>

#include <string>

#include "support/batches.h"

namespace spelk::exec {
namespace {

using tests::Collected;
using tests::TestRun;

// Row i has key i % keys and comes at place `at`.
absl::Status Add(TestRun& run, TopNPerKey& top, uint64_t i, uint64_t keys, uint64_t at) {
  const std::string key = "key " + std::to_string(i % keys);
  const std::string number = std::to_string(i);
  const Batch batch = run.Make({"k", "n"}, {{key, number}});
  return top.Add(
      batch, Position{at, 0},
      [&](size_t row, std::string& out) {
        out = batch.At(0, row).text();
        return true;
      },
      false);
}

std::vector<std::string> TopRows(TopNPerKey& top) {
  Collected out;
  const absl::Status status = top.Emit(out);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return out.rows();
}

TEST(TopNPerKey, KeepsTheFirstInRankWhateverComesFirst) {
  TestRun run;
  TopNPerKey top(2, "dedup", run.context());
  for (uint64_t i = 0; i < 30; ++i) ASSERT_TRUE(Add(run, top, i, 3, 100 - i).ok());
  EXPECT_EQ(TopRows(top),
            (std::vector<std::string>{"k=key 2 n=29", "k=key 1 n=28", "k=key 0 n=27",
                                      "k=key 2 n=26", "k=key 1 n=25", "k=key 0 n=24"}));
}

TEST(TopNPerKey, SpillsAndGivesTheSame) {
  for (const uint64_t limit : {uint64_t{1}, uint64_t{3}}) {
    std::vector<std::vector<std::string>> answers;
    for (const size_t memory : {size_t{512} << 10U, size_t{64} << 20U}) {
      TestRun run(memory);
      TopNPerKey top(limit, "dedup", run.context());
      for (uint64_t i = 0; i < 12000; ++i)
        ASSERT_TRUE(Add(run, top, i, 3001, i * 7919 % 12007).ok());
      answers.push_back(TopRows(top));
      EXPECT_LE(run.budget().peak(), memory);
    }
    EXPECT_EQ(answers[0].size(), limit * 3001);
    EXPECT_EQ(answers[0], answers[1]);
  }
}

// Who reads the events needs room, too, and fails if it finds none.
TEST(TopNPerKey, LeavesRoomForOthers) {
  TestRun run(size_t{4} << 20U);
  TopNPerKey top(1, "dedup", run.context());
  for (uint64_t i = 0; i < 20000; ++i) {
    ASSERT_TRUE(Add(run, top, i, 20000, i).ok());
    ASSERT_FALSE(run.budget().under_pressure()) << i;
  }
  EXPECT_EQ(TopRows(top).size(), 20000U);
}

TEST(TopNPerKey, MergesAndComesBackFromBytes) {
  TestRun run;
  TopNPerKey a(1, "dedup", run.context());
  TopNPerKey b(1, "dedup", run.context());
  for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(Add(run, i < 10 ? a : b, i, 4, 20 - i).ok());
  std::string bytes;
  ByteWriter out(bytes);
  ASSERT_TRUE(a.Save(out).ok());
  TopNPerKey loaded(1, "dedup", run.context());
  ByteReader in(bytes);
  ASSERT_TRUE(loaded.Load(in).ok());
  ASSERT_TRUE(loaded.Merge(std::move(b)).ok());
  EXPECT_EQ(TopRows(loaded), (std::vector<std::string>{"k=key 3 n=19", "k=key 2 n=18",
                                                       "k=key 1 n=17", "k=key 0 n=16"}));
}

}  // namespace
}  // namespace spelk::exec
