// Keys of rows with multivalues.
#include "exec/aggregate/group_keys.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/batches.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

// One row whose fields have so many values each: "0", "1" …; `twice`: each value comes twice.
Batch RowOf(tests::TestRun& run, const std::vector<size_t>& counts, bool twice) {
  auto memory = std::make_shared<BatchMemory>();
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (size_t f = 0; f < counts.size(); ++f) {
    const size_t count = counts[f] * (twice ? 2 : 1);
    auto* values = memory->arena.AllocateArray<Value>(count);
    for (size_t i = 0; i < count; ++i) {
      values[i] = Value::Integer(static_cast<int64_t>(i % counts[f]));
    }
    fields.push_back(run.field("f" + std::to_string(f)));
    columns.push_back(Column::Constant(Value::Multi({values, count}), 1));
  }
  return {std::make_shared<Schema>(std::move(fields)), std::move(columns), 1, std::move(memory)};
}

std::vector<std::string> KeysOf(const Batch& batch, bool distinct, absl::Status* status) {
  std::vector<std::string> keys;
  GroupKeys all(batch, batch.schema()->fields(), distinct);
  *status = all.ForRow(0, [&](std::string_view key, uint64_t) {
    std::string text;
    for (const std::string_view part : SplitKey(key, batch.columns().size())) text += part;
    keys.push_back(text);
    return absl::OkStatus();
  });
  return keys;
}

TEST(GroupKeys, EachCombinationOnceTheFirstFieldFastest) {
  tests::TestRun run;
  absl::Status status;
  EXPECT_EQ(KeysOf(RowOf(run, {2, 3}, false), false, &status),
            (std::vector<std::string>{"00", "10", "01", "11", "02", "12"}));
  EXPECT_EQ(KeysOf(RowOf(run, {2, 1}, true), true, &status),
            (std::vector<std::string>{"00", "10"}));
  EXPECT_EQ(KeysOf(RowOf(run, {2, 1}, true), false, &status).size(), 8U);
  EXPECT_TRUE(status.ok());
}

// A short event asks for a hundred million groups.
TEST(GroupKeys, TooManyCombinationsFailByName) {
  tests::TestRun run;
  absl::Status status;
  EXPECT_TRUE(KeysOf(RowOf(run, {100, 100, 100, 100}, false), false, &status).empty());
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status.ToString();
  EXPECT_EQ(KeysOf(RowOf(run, {100, 100, 100}, false), false, &status).size(), 1'000'000U);
  EXPECT_TRUE(status.ok());
}

}  // namespace
}  // namespace spelk::exec
