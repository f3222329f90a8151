// Sets of patterns and of tuples beside asking each of them.
#include "plan/eval/tuple_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace spelk::plan {
namespace {

constexpr std::string_view kPatterns[] = {
    "a",  "b",  "ab",         "A*",          "*b",        "a*b",      "*",     "**",  "*ab*",
    "k*", "ſ*", "10.0.0.0/8", "10.1.0.0/16", "fe80::/10", "10.0.0.1", "a*a*a", "éA*", ""};
constexpr std::string_view kTupleTexts[] = {
    "a", "B",        "ab",       "AB",      "aab",      "b",  "",           "K",
    "s", "10.0.0.1", "10.1.2.3", "fe80::1", "11.0.0.1", "Éa", "10.0.0.0/8", "aaba"};

// Holds the values that multivalues of a test consist of.
class Values {
 public:
  explicit Values(std::mt19937& random) : random_(random) {}
  Value One() {
    const size_t count = random_() % 4;
    if (count == 0) return Value::Null();
    if (count == 1) return Value::Text(kTupleTexts[random_() % std::size(kTupleTexts)]);
    auto& kept = kept_.emplace_back();
    for (size_t i = 0; i < count; ++i) {
      kept.push_back(Value::Text(kTupleTexts[random_() % std::size(kTupleTexts)]));
    }
    return Value::Multi(kept);
  }

 private:
  std::mt19937& random_;
  std::vector<std::vector<Value>> kept_ = [] {
    std::vector<std::vector<Value>> kept;
    kept.reserve(100);
    return kept;
  }();
};

TEST(PatternSetTest, AnswersAsEachPatternWould) {
  std::mt19937 random(25);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<Pattern> patterns;
    for (size_t n = random() % (round % 2 == 0 ? 6 : 30); n > 0; --n) {
      patterns.push_back({std::string(kPatterns[random() % std::size(kPatterns)]), n % 4 == 1});
    }
    const PatternSet set(patterns);
    Values values(random);
    for (int i = 0; i < 10; ++i) {
      const Value value = values.One();
      const bool expected = std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& p) {
        return PatternMatcher(CompareOp::kEqual, p).Matches(value);
      });
      ASSERT_EQ(set.Matches(value), expected);
    }
  }
}

TEST(TupleSetTest, AnswersAsEachRowWould) {
  std::mt19937 random(6);
  int matched = 0;
  for (int round = 0; round < 5'000; ++round) {
    const size_t fields = 1 + random() % 3;
    const size_t patterns =
        round % 2 == 0 ? 3 : std::size(kPatterns);  // The first are plain texts.
    std::vector<std::vector<std::string>> rows;
    for (size_t n = random() % 8; n > 0; --n) {
      auto& row = rows.emplace_back();
      for (size_t f = 0; f < fields; ++f) row.emplace_back(kPatterns[random() % patterns]);
    }
    TupleSet set(fields, rows);
    Values made(random);
    for (int i = 0; i < 10; ++i) {
      std::vector<Value> values;
      for (size_t f = 0; f < fields; ++f) values.push_back(made.One());
      const bool expected = std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
        for (size_t f = 0; f < fields; ++f) {
          if (!PatternMatcher(CompareOp::kEqual, {row[f], false}).Matches(values[f])) return false;
        }
        return true;
      });
      matched += expected ? 1 : 0;
      ASSERT_EQ(set.Matches(values), expected);
    }
  }
  EXPECT_GT(matched, 2'000);
}

// Rows that a subsearch gave, an event with many values: one probe, or the rows that share a value.
TEST(TupleSetTest, ManyRowsAndMultivaluesTakeLittle) {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 10'000; ++i)
    rows.push_back({"u" + std::to_string(i), "h" + std::to_string(i % 7)});
  TupleSet set(2, rows);
  const std::vector<Value> users = {Value::Text("u3"), Value::Text("nobody")};
  const std::vector<Value> hosts = {Value::Text("h3"), Value::Text("h9")};
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(set.Matches(std::vector<Value>{Value::Multi(users), Value::Multi(hosts)}));
    ASSERT_FALSE(set.Matches(std::vector<Value>{Value::Multi(users), Value::Text("h4")}));
  }
}

}  // namespace
}  // namespace spelk::plan
