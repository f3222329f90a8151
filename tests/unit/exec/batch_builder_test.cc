// Rows come out of the builder as they went in, within the budget.
#include "exec/batch_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spelk::exec {
namespace {

class BatchBuilderTest : public testing::Test {
 protected:
  explicit BatchBuilderTest(size_t memory = 1U << 20U) : budget_(memory) {
    run_.budget = &budget_;
    run_.batch_rows = 3;
  }
  BatchBuilder Make() {
    return BatchBuilder(
        std::make_shared<Schema>(std::vector<Field>{fields_.Intern("a"), fields_.Intern("b")}),
        "test", run_);
  }

  MemoryBudget budget_;
  FieldTable fields_;
  RunContext run_;
};

TEST_F(BatchBuilderTest, CopiesWhatValuesPointTo) {
  BatchBuilder builder = Make();
  std::string text = "first";
  std::vector<Value> values = {Value::Text("x"), Value::Text("y")};
  ASSERT_TRUE(builder.Add(std::vector<Value>{Value::Text(text), Value::Multi(values)}).ok());
  text = "other";
  values = {};
  const absl::StatusOr<Batch> batch = builder.Take();
  ASSERT_TRUE(batch.ok());
  ASSERT_EQ(batch->size(), 1U);
  EXPECT_EQ(batch->At(0, 0).text(), "first");
  ASSERT_EQ(batch->At(1, 0).count(), 2U);
  EXPECT_EQ(batch->At(1, 0).each()[1].text(), "y");
}

TEST_F(BatchBuilderTest, IsFullAndThenEmptyAgain) {
  BatchBuilder builder = Make();
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(builder.full());
    ASSERT_TRUE(builder.Add(std::vector<Value>{Value::Integer(i), Value::Null()}).ok());
  }
  EXPECT_TRUE(builder.full());
  const absl::StatusOr<Batch> first = builder.Take();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(builder.rows(), 0U);
  ASSERT_TRUE(builder.Add(std::vector<Value>{Value::Null(), Value::Integer(7)}).ok());
  const absl::StatusOr<Batch> second = builder.Take();
  ASSERT_TRUE(second.ok());
  // The first batch keeps what it has.
  ASSERT_EQ(first->size(), 3U);
  EXPECT_EQ(first->At(0, 2).integer(), 2);
  EXPECT_TRUE(first->At(1, 2).is_null());
  ASSERT_EQ(second->size(), 1U);
  EXPECT_TRUE(second->At(0, 0).is_null());
  EXPECT_EQ(second->At(1, 0).integer(), 7);
}

class SmallBudgetTest : public BatchBuilderTest {
 protected:
  SmallBudgetTest() : BatchBuilderTest(64U << 10U) {}
};

TEST_F(SmallBudgetTest, NamesWhatNeedsTheMemory) {
  BatchBuilder builder = Make();
  const std::string text(4096, 'x');
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    status = builder.Add(std::vector<Value>{Value::Text(text), Value::Null()});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_NE(status.message().find("test"), std::string::npos) << status;
}

}  // namespace
}  // namespace spelk::exec
