// Sorting in memory, through runs on disk, and with a limit: one order.
#include "exec/sorter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "support/batches.h"

namespace spelk::exec {
namespace {

using tests::Collected;
using tests::TestRun;

constexpr size_t kLittle = size_t{256} << 10U;

SorterOptions ByNumber(TestRun& run) {
  SorterOptions options;
  options.keys.push_back({.field = run.field("n"), .by = plan::SortBy::kNumber});
  return options;
}

// Rows n = 7919 * i % 30011, so that each number comes once, in no order.
std::string NumberAt(uint64_t i) { return std::to_string(7919 * i % 30011); }

absl::Status AddRows(TestRun& run, Sorter& sorter, uint64_t begin, uint64_t end,
                     uint64_t in_batch = 50) {
  for (uint64_t i = begin; i < end; i += in_batch) {
    std::vector<std::string> texts;
    for (uint64_t j = i; j < std::min(end, i + in_batch); ++j) texts.push_back(NumberAt(j));
    std::vector<std::vector<TestRun::Cell>> rows;
    for (const std::string& text : texts) rows.push_back({text, "a text beside the number"});
    if (absl::Status status = sorter.Add(run.Make({"n", "pad"}, rows), Position{i, 0});
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> SortedRows(Sorter& sorter) {
  Collected out;
  const absl::Status status = sorter.Emit(out);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return out.rows();
}

std::vector<std::string> Wanted(uint64_t rows) {
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < rows; ++i) numbers.push_back(7919 * i % 30011);
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> wanted;
  for (const uint64_t number : numbers) {
    wanted.push_back("n=" + std::to_string(number) + " pad=a text beside the number");
  }
  return wanted;
}

TEST(Sorter, OrdersInMemory) {
  TestRun run;
  Sorter sorter(ByNumber(run), run.context());
  ASSERT_TRUE(AddRows(run, sorter, 0, 2000).ok());
  EXPECT_EQ(SortedRows(sorter), Wanted(2000));
}

TEST(Sorter, RunsOnDiskGiveTheSameOrder) {
  TestRun run(kLittle);
  Sorter sorter(ByNumber(run), run.context());
  ASSERT_TRUE(AddRows(run, sorter, 0, 20000).ok());
  EXPECT_LT(run.budget().used(), kLittle);
  EXPECT_EQ(sorter.size(), 20000U);
  EXPECT_EQ(SortedRows(sorter), Wanted(20000));
}

// More runs than are merged at once are merged in rounds.
TEST(Sorter, ManyRunsAreMergedInRounds) {
  TestRun run(kLittle * 4);
  Sorter sorter(ByNumber(run), run.context());
  for (uint64_t i = 0; i < 3000; i += 10) {
    ASSERT_TRUE(AddRows(run, sorter, i, i + 10, 10).ok());
    ASSERT_TRUE(sorter.Spill().ok());
  }
  EXPECT_EQ(SortedRows(sorter), Wanted(3000));
}

TEST(Sorter, LimitKeepsTheFirstAlsoOfRuns) {
  for (const size_t memory : {kLittle, size_t{64} << 20U}) {
    TestRun run(memory);
    SorterOptions options = ByNumber(run);
    options.limit = 700;
    Sorter sorter(std::move(options), run.context());
    ASSERT_TRUE(AddRows(run, sorter, 0, 10000).ok());
    std::vector<std::string> wanted = Wanted(10000);
    wanted.resize(700);
    EXPECT_EQ(SortedRows(sorter), wanted);
  }
}

TEST(Sorter, MergesInAnyOrderAndFromDisk) {
  for (const size_t memory : {kLittle, size_t{64} << 20U}) {
    for (const bool turned : {false, true}) {
      for (const bool limited : {false, true}) {
        TestRun run(memory);
        SorterOptions options = ByNumber(run);
        if (limited) options.limit = 100;
        Sorter a(options, run.context());
        Sorter b(options, run.context());
        ASSERT_TRUE(AddRows(run, a, 0, 4000).ok());
        ASSERT_TRUE(AddRows(run, b, 4000, 8000).ok());
        Sorter& into = turned ? b : a;
        ASSERT_TRUE(into.Merge(std::move(turned ? a : b)).ok());
        std::vector<std::string> wanted = Wanted(8000);
        if (limited) wanted.resize(100);
        EXPECT_EQ(SortedRows(into), wanted) << memory << turned << limited;
      }
    }
  }
}

TEST(Sorter, SavedRowsComeBack) {
  TestRun run(kLittle * 4);
  Sorter sorter(ByNumber(run), run.context());
  ASSERT_TRUE(AddRows(run, sorter, 0, 3000).ok());
  std::string bytes;
  ByteWriter out(bytes);
  ASSERT_TRUE(sorter.Save(out).ok());
  Sorter loaded(ByNumber(run), run.context());
  ByteReader in(bytes);
  ASSERT_TRUE(loaded.Load(in).ok());
  EXPECT_EQ(SortedRows(loaded), Wanted(3000));
}

// Rows that have many different fields come in batches of few rows, not in one that is empty for
// the most part.
TEST(Sorter, SparseRowsNeedNoMemoryForWhatTheyLack) {
  TestRun run(size_t{16} << 20U);
  Sorter sorter({}, run.context());
  for (uint64_t i = 0; i < 2000; ++i) {
    const std::string name = "f" + std::to_string(i);
    ASSERT_TRUE(sorter.Add(run.Make({name}, {{"1"}}), Position{i, 0}).ok());
  }
  Collected out;
  ASSERT_TRUE(sorter.Emit(out).ok());
  EXPECT_EQ(out.rows().size(), 2000U);
  EXPECT_EQ(out.rows()[1234], "f1234=1");
  EXPECT_LT(run.budget().peak(), size_t{8} << 20U);
}

TEST(Sorter, NoRoomForOneRowFailsByName) {
  TestRun run(100);
  Sorter sorter(ByNumber(run), run.context());
  const absl::Status status = AddRows(run, sorter, 0, 50);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status.ToString();
  EXPECT_NE(status.ToString().find("sort needs"), std::string::npos) << status.ToString();
}

}  // namespace
}  // namespace spelk::exec
