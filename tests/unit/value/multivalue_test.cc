// Values put together, and changed one by one.
#include "value/multivalue.h"

#include <gtest/gtest.h>

#include <vector>

namespace spelk {
namespace {

TEST(MultivalueTest, NoneIsNullAndOneIsItself) {
  Arena arena;
  EXPECT_TRUE(MakeMulti({}, arena).is_null());
  const std::vector<Value> one = {Value::Text("a")};
  EXPECT_TRUE(MakeMulti(one, arena).is_text());
  std::vector<Value> two = {Value::Integer(1), Value::Integer(2)};
  const Value multi = MakeMulti(two, arena);
  two = {};
  ASSERT_EQ(multi.count(), 2U);
  EXPECT_EQ(multi.each()[1].integer(), 2);
}

TEST(MultivalueTest, MapEachLeavesNullsOut) {
  Arena arena;
  const auto odd = [](const Value& value) {
    return value.integer() % 2 == 0 ? Value::Null() : value;
  };
  const std::vector<Value> values = {Value::Integer(1), Value::Integer(2), Value::Integer(3),
                                     Value::Integer(4)};
  ASSERT_EQ(MapEach(Value::Multi(values), arena, odd).count(), 2U);
  EXPECT_EQ(MapEach(Value::Multi({values.data(), 2}), arena, odd).integer(), 1);
  EXPECT_TRUE(MapEach(Value::Integer(2), arena, odd).is_null());
  EXPECT_TRUE(MapEach(Value::Null(), arena, odd).is_null());
}

TEST(MultivalueTest, AnExhaustedArenaGivesNull) {
  MemoryBudget budget(16);
  Arena arena(&budget);
  const std::vector<Value> values(1000, Value::Integer(1));
  EXPECT_TRUE(MakeMulti(values, arena).is_null());
  EXPECT_TRUE(arena.exhausted());
}

}  // namespace
}  // namespace spelk
