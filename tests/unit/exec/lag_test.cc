// Values of earlier rows, across batches of any size.
#include "exec/lag.h"

#include <gtest/gtest.h>

#include <vector>

namespace spelk::exec {
namespace {

TEST(LagTest, LooksBackOverBatches) {
  MemoryBudget budget(1U << 20U);
  FieldTable fields;
  RunContext run;
  run.budget = &budget;
  const Field field = fields.Intern("n");
  const auto schema = std::make_shared<Schema>(std::vector<Field>{field});
  constexpr size_t kDepth = 4;
  for (const size_t rows : {1U, 2U, 3U, 5U, 7U}) {
    Lag lag(field, kDepth, "test", run);
    int64_t next = 0;
    for (int b = 0; b < 6; ++b) {
      std::vector<Value> values;
      for (size_t r = 0; r < rows; ++r) values.push_back(Value::Integer(next++));
      const Batch batch(schema, {Column::Values(values)}, rows,
                        std::make_shared<BatchMemory>(&budget));
      for (size_t r = 0; r < rows; ++r) {
        for (size_t back = 1; back <= kDepth; ++back) {
          const int64_t wanted = values[r].integer() - static_cast<int64_t>(back);
          const Value before = lag.Before(batch, r, back);
          if (wanted < 0) {
            EXPECT_TRUE(before.is_null());
          } else {
            ASSERT_TRUE(before.is_integer()) << rows << " " << r << " " << back;
            EXPECT_EQ(before.integer(), wanted);
          }
        }
      }
      ASSERT_TRUE(lag.Advance(batch).ok());
    }
  }
}

}  // namespace
}  // namespace spelk::exec
