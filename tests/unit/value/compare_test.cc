// The order of sort, which must be one, and eval's comparison.
#include "value/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "value/number.h"

namespace spelk {
namespace {

std::vector<Value> Samples() {
  static const Value kSeveral[] = {Value::Text("10"), Value::Text("zz")};
  std::vector<Value> values = {Value::Null(),
                               Value::Integer(0),
                               Value::Integer(-5),
                               Value::Double(0.5),
                               Value::Double(-0.0),
                               Value::Double(std::nan("")),
                               Value::Double(std::numeric_limits<double>::infinity()),
                               Value::Multi(kSeveral)};
  for (const std::string_view text :
       {"",    "a",       "A",      "é",         "0",    "-5",       "0.50",
        "1e3", "9",       "10",     "NaN",       "inf",  "10.0.0.1", "9.9.9.9",
        "::1", "fe80::1", "10.0.0", "10.0.0.1 ", "null", "007",      "9007199254740993"}) {
    values.push_back(Value::Text(text));
  }
  return values;
}

using Order = std::weak_ordering (*)(const Value&, const Value&);

TEST(CompareTest, SortsOrdersAreOrders) {
  const std::vector<Value> values = Samples();
  for (const Order order :
       {&CompareForSort, &CompareAsNumbers, &CompareAsText, &CompareAsAddresses}) {
    for (const Value& a : values) {
      ASSERT_TRUE(std::is_eq(order(a, a))) << TextOf(a);
      for (const Value& b : values) {
        ASSERT_EQ(std::is_lt(order(a, b)), std::is_gt(order(b, a)))
            << TextOf(a) << " " << TextOf(b);
        for (const Value& c : values) {
          if (std::is_lteq(order(a, b)) && std::is_lteq(order(b, c))) {
            ASSERT_TRUE(std::is_lteq(order(a, c)))
                << TextOf(a) << " " << TextOf(b) << " " << TextOf(c);
          }
        }
      }
    }
  }
}

TEST(CompareTest, NumbersThenAddressesThenTextsThenNothing) {
  const Value ascending[] = {Value::Text("9"),        Value::Text("10"), Value::Text("9.9.9.9"),
                             Value::Text("10.0.0.1"), Value::Text(""),   Value::Text("B"),
                             Value::Text("a"),        Value::Null()};
  for (size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_TRUE(std::is_lt(CompareForSort(ascending[i], ascending[i + 1]))) << i;
  }
}

Truth Compare(CompareOp op, std::string_view left, std::string_view right) {
  return CompareForEval(op, Value::Text(left), Value::Text(right));
}

TEST(CompareTest, EvalTakesTextsThatAreNumbersAsNumbers) {
  EXPECT_EQ(Compare(CompareOp::kEqual, "1.0", "1"), Truth::kTrue);
  EXPECT_EQ(Compare(CompareOp::kEqual, "007", "7"), Truth::kTrue);
  EXPECT_EQ(Compare(CompareOp::kLess, "9", "10"), Truth::kTrue);
  EXPECT_EQ(Compare(CompareOp::kLess, "9a", "10"), Truth::kFalse);
  EXPECT_EQ(Compare(CompareOp::kEqual, "abc", "ABC"), Truth::kFalse);
  EXPECT_EQ(Compare(CompareOp::kLess, "B", "a"), Truth::kTrue);
  EXPECT_EQ(Compare(CompareOp::kEqual, "", " "), Truth::kFalse);
  EXPECT_EQ(Compare(CompareOp::kEqual, "NaN", "NaN"), Truth::kTrue);
  EXPECT_EQ(CompareForEval(CompareOp::kEqual, Value::Integer(404), Value::Text("404")),
            Truth::kTrue);
  EXPECT_EQ(CompareForEval(CompareOp::kLess, Value::Integer(5), Value::Text("abc")), Truth::kTrue);
}

TEST(CompareTest, EvalKnowsNothingOfNull) {
  for (const CompareOp op : {CompareOp::kEqual, CompareOp::kNotEqual, CompareOp::kLess}) {
    EXPECT_EQ(CompareForEval(op, Value::Null(), Value::Text("a")), Truth::kNull);
    EXPECT_EQ(CompareForEval(op, Value::Integer(1), Value::Null()), Truth::kNull);
  }
}

TEST(CompareTest, AnyValueOfAMultivalueDecides) {
  const Value values[] = {Value::Text("a"), Value::Text("b")};
  const Value several = Value::Multi(values);
  EXPECT_EQ(CompareForEval(CompareOp::kEqual, several, Value::Text("b")), Truth::kTrue);
  EXPECT_EQ(CompareForEval(CompareOp::kNotEqual, several, Value::Text("b")), Truth::kTrue);
  EXPECT_EQ(CompareForEval(CompareOp::kEqual, several, Value::Text("c")), Truth::kFalse);
  EXPECT_EQ(CompareForEval(CompareOp::kGreater, Value::Text("aa"), several), Truth::kTrue);
}

}  // namespace
}  // namespace spelk
