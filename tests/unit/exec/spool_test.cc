// All rows of a stream and the order of their fields, in memory and on disk.
#include "exec/spool.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "exec/column_setter.h"
#include "support/batches.h"

namespace spelk::exec {
namespace {

using tests::Collected;
using tests::TestRun;

std::vector<std::string> NamesOf(const Spool& spool) {
  std::vector<std::string> names;
  for (const Field field : spool.FieldsInOrder(nullptr)) names.emplace_back(field.name());
  return names;
}

TEST(Spool, RowsComeBackInOrderOfTheirPositions) {
  TestRun run;
  Spool spool("test", run.context());
  ASSERT_TRUE(spool.Add(run.Make({"a"}, {{"3"}, {"4"}}), Position{1, 0}).ok());
  ASSERT_TRUE(spool.Add(run.Make({"a"}, {{"1"}}), Position{0, 0}).ok());
  ASSERT_TRUE(spool.Add(run.Make({"a"}, {{"2"}}), Position{0, 1}).ok());
  Collected out;
  ASSERT_TRUE(spool.Emit(out).ok());
  EXPECT_EQ(out.rows(), (std::vector<std::string>{"a=1", "a=2", "a=3", "a=4"}));
}

// A field's place is where the first row in order has it, whatever came first and however it was
// divided.
TEST(Spool, FieldsStandWhereTheFirstRowHasThem) {
  TestRun run;
  for (const bool merged : {false, true}) {
    Spool spool("test", run.context());
    Spool other("test", run.context());
    Spool& second = merged ? other : spool;
    ASSERT_TRUE(second.Add(run.Make({"c", "a"}, {{"1", "2"}}), Position{5, 0}).ok());
    ASSERT_TRUE(spool.Add(run.Make({"b", "d"}, {{std::nullopt, "1"}}), Position{1, 0}).ok());
    ASSERT_TRUE(second.Add(run.Make({"b", "e"}, {{"1", std::nullopt}}), Position{6, 0}).ok());
    if (merged) {
      ASSERT_TRUE(spool.Merge(std::move(other)).ok());
    }
    EXPECT_EQ(NamesOf(spool), (std::vector<std::string>{"d", "a", "c", "b"}));
  }
}

// Rows without a time have the column of times all the same: without it they would not come last.
TEST(Spool, TimesStayWhereNoRowOfABatchHasOne) {
  TestRun run;
  run.context().batch_rows = 2;
  Spool spool("test", run.context());
  for (uint64_t i = 0; i < 4; ++i) {
    Batch batch = run.Make({i % 2 == 0 ? "a" : "b"}, {{"1"}});
    ColumnSetter(hidden::kTime)
        .Set(Column::Constant(i < 2 ? Value::Integer(9) : Value::Null(), 1), &batch);
    ASSERT_TRUE(spool.Add(std::move(batch), Position{i, 0}).ok());
  }
  struct HaveTimes final : Output {
    absl::Status Push(Batch batch) override {
      all = all && batch.Find(hidden::kTime) != nullptr;
      return absl::OkStatus();
    }
    bool all = true;
  } out;
  ASSERT_TRUE(spool.Emit(out).ok());
  EXPECT_TRUE(out.all);
}

TEST(Spool, GoesToDiskAndComesBackWhole) {
  TestRun run(size_t{256} << 10U);
  Spool spool("test", run.context());
  for (uint64_t i = 0; i < 10000; ++i) {
    const std::string text = "row number " + std::to_string(i);
    ASSERT_TRUE(spool.Add(run.Make({i < 9999 ? "a" : "z"}, {{text}}), Position{i, 0}).ok()) << i;
  }
  EXPECT_EQ(NamesOf(spool), (std::vector<std::string>{"a", "z"}));
  Collected out;
  ASSERT_TRUE(spool.Emit(out).ok());
  ASSERT_EQ(out.rows().size(), 10000U);
  EXPECT_EQ(out.rows()[0], "a=row number 0");
  EXPECT_EQ(out.rows()[9999], "z=row number 9999");
}

TEST(Spool, SavedRowsAndFieldsComeBack) {
  TestRun run;
  Spool spool("test", run.context());
  ASSERT_TRUE(spool.Add(run.Make({"x", "y"}, {{"1", "2"}}), Position{3, 0}).ok());
  ASSERT_TRUE(spool.Add(run.Make({"w"}, {{"0"}}), Position{2, 0}).ok());
  std::string bytes;
  ByteWriter out(bytes);
  ASSERT_TRUE(spool.Save(out).ok());
  Spool loaded("test", run.context());
  ByteReader in(bytes);
  ASSERT_TRUE(loaded.Load(in).ok());
  EXPECT_EQ(NamesOf(loaded), (std::vector<std::string>{"w", "x", "y"}));
  Collected rows;
  ASSERT_TRUE(loaded.Emit(rows).ok());
  EXPECT_EQ(rows.rows(), (std::vector<std::string>{"w=0", "x=1 y=2"}));
}

}  // namespace
}  // namespace spelk::exec
