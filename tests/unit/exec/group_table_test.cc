// Groups in little memory: they go to disk and come back whole.
#include "exec/group_table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "functions/entry.h"

namespace spelk::exec {
namespace {

const plan::AggregateOps& OpsOfStatistic(std::string_view name) {
  for (const plan::AggregateEntry* entry : functions::AllAggregates()) {
    if (entry->name == name) return entry->ops();
  }
  std::abort();
}

class GroupTableTest : public testing::Test {
 protected:
  explicit GroupTableTest(size_t memory = 256U << 10U) : budget_(memory) {
    run_.budget = &budget_;
    run_.cancel = &cancel_;
    run_.spill_directory = std::filesystem::temp_directory_path();
  }

  // Adds a number to a group, making room as the users of tables do.
  absl::Status Add(GroupTable& table, const std::string& key, int64_t number) {
    absl::StatusOr<uint32_t> group = table.Group(key);
    if (absl::IsResourceExhausted(group.status()) && table.size() > 0) {
      if (absl::Status status = table.Spill(); !status.ok()) return status;
      group = table.Group(key);
    }
    if (!group.ok()) return group.status();
    plan::AggregateInput input;
    input.value = Value::Integer(number);
    plan::AggregateMemory memory;
    for (size_t i = 0; i < layout_.size(); ++i) {
      layout_.ops(i).add(table.State(*group, i), input, memory);
    }
    const absl::Status status = table.Account(memory);
    return absl::IsResourceExhausted(status) ? table.Spill() : status;
  }

  // Counts and values of each group; a group that comes twice is a failure.
  std::map<std::string, std::string> ResultsOf(GroupTable& table) {
    std::map<std::string, std::string> results;
    const absl::Status status = table.ForEach([&](std::string_view key, char* states) {
      Arena arena;
      std::string text;
      for (size_t i = 0; i < layout_.size(); ++i) {
        plan::AggregateResult result{.arena = arena, .number = 0};
        text += TextOf(layout_.ops(i).result(states + layout_.offset(i), result)) + ";";
      }
      EXPECT_TRUE(results.emplace(key, text).second) << key;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status.ToString();
    return results;
  }

  MemoryBudget budget_;
  Cancellation cancel_;
  RunContext run_;
  GroupLayout layout_{
      {&OpsOfStatistic("count"), &OpsOfStatistic("sum"), &OpsOfStatistic("values")}};
};

TEST_F(GroupTableTest, GroupsThatDoNotFitComeBackWhole) {
  GroupTable table(layout_, run_, "stats");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 8000; ++i) {
      ASSERT_TRUE(Add(table, "key " + std::to_string(i), i + round).ok());
    }
  }
  EXPECT_TRUE(table.has_spilled());
  const std::map<std::string, std::string> results = ResultsOf(table);
  EXPECT_EQ(results.size(), 8000U);
  EXPECT_EQ(results.at("key 5"), "3;18;5\n6\n7;");
  EXPECT_EQ(results.at("key 7999"), "3;24000;7999\n8000\n8001;");
}

TEST_F(GroupTableTest, SpilledTablesMerge) {
  GroupTable a(layout_, run_, "stats");
  GroupTable b(layout_, run_, "stats");
  for (int i = 0; i < 6000; ++i) {
    ASSERT_TRUE(Add(i % 2 == 0 ? a : b, "key " + std::to_string(i % 3000), i).ok()) << i;
    ASSERT_TRUE(a.SpillUnderPressure().ok());
    ASSERT_TRUE(b.SpillUnderPressure().ok());
  }
  ASSERT_TRUE(a.Merge(std::move(b)).ok());
  const std::map<std::string, std::string> results = ResultsOf(a);
  EXPECT_EQ(results.size(), 3000U);
  EXPECT_EQ(results.at("key 2"), "2;3004;2\n3002;");
}

TEST_F(GroupTableTest, SavedTablesComeBack) {
  GroupTable table(layout_, run_, "stats");
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(Add(table, std::to_string(i % 2500), i).ok());
  std::string bytes;
  ByteWriter out(bytes);
  ASSERT_TRUE(table.Save(out).ok());
  GroupTable loaded(layout_, run_, "stats");
  ByteReader in(bytes);
  ASSERT_TRUE(loaded.Load(in).ok());
  EXPECT_EQ(ResultsOf(loaded).size(), 2500U);
  GroupTable damaged(layout_, run_, "stats");
  ByteReader half(std::string_view(bytes).substr(0, bytes.size() / 2));
  EXPECT_FALSE(damaged.Load(half).ok());
}

TEST_F(GroupTableTest, OneGroupThatDoesNotFitFailsByName) {
  GroupTable table(layout_, run_, "stats");
  absl::Status status;
  for (int i = 0; status.ok() && i < 200000; ++i) status = Add(table, "all", i);
  if (status.ok()) {
    status = table.ForEach([](std::string_view, char*) { return absl::OkStatus(); });
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status.ToString();
  EXPECT_NE(status.ToString().find("stats needs"), std::string::npos) << status.ToString();
}

TEST_F(GroupTableTest, HolderOfMuchLeavesRoomForOthers) {
  GroupTable large(layout_, run_, "stats");
  Reservation others(&budget_);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(Add(large, std::to_string(i), i).ok());
  ASSERT_TRUE(large.SpillUnderPressure().ok());
  EXPECT_FALSE(large.has_spilled());
  ASSERT_TRUE(others.Resize(budget_.limit() - budget_.used() - 1000));
  EXPECT_TRUE(budget_.under_pressure());
  ASSERT_TRUE(large.SpillUnderPressure().ok());
  EXPECT_TRUE(large.has_spilled());
  others.Clear();
  EXPECT_EQ(ResultsOf(large).size(), 200U);
}

}  // namespace
}  // namespace spelk::exec
