// What every state of a statistic must do: merge in any order and grouping to the same bytes, come
// back from its bytes the same, survive damaged bytes, and account for its memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "functions/entry.h"
#include "plan/aggregate.h"

namespace spelk::functions {
namespace {

// A state with the operations of its type.
class AnyState {
 public:
  explicit AnyState(const plan::AggregateOps& ops)
      : ops_(ops),
        memory_(new (std::align_val_t(ops.alignment)) char[ops.size], Free{ops.alignment}) {
    ops_.construct(memory_.get());
    // As a run does.
    if (ops_.limit != nullptr) ops_.limit(memory_.get(), {100, UINT64_MAX});
  }
  ~AnyState() { ops_.destroy(memory_.get()); }

  void Add(const plan::AggregateInput& input) { ops_.add(memory_.get(), input, accounted); }
  void Merge(const AnyState& other) { ops_.merge(memory_.get(), other.memory_.get(), accounted); }
  std::string Save() const {
    std::string bytes;
    ByteWriter out(bytes);
    ops_.save(memory_.get(), out);
    return bytes;
  }
  bool Load(std::string_view bytes) {
    ByteReader in(bytes);
    ops_.load(memory_.get(), in, accounted);
    return !in.failed() && in.at_end();
  }
  std::string Result(double number) const {
    Arena arena;
    plan::AggregateResult result{.arena = arena, .number = number};
    const Value value = ops_.result(memory_.get(), result);
    return value.is_null() ? "(null)" : TextOf(value);
  }
  size_t HeapBytes() const { return ops_.heap_bytes(memory_.get()); }
  void* get() { return memory_.get(); }

  plan::AggregateMemory accounted;

 private:
  struct Free {
    size_t alignment;
    void operator()(char* memory) const { operator delete[](memory, std::align_val_t(alignment)); }
  };
  const plan::AggregateOps& ops_;
  std::unique_ptr<char[], Free> memory_;
};

std::vector<Value> OddValues() {
  static const std::vector<std::string> kTexts = {"",
                                                  "null",
                                                  "1",
                                                  "1.0",
                                                  "01",
                                                  "-0",
                                                  "0",
                                                  "1e3",
                                                  "a",
                                                  "A",
                                                  "b",
                                                  "ä",
                                                  "nan",
                                                  "inf",
                                                  "-inf",
                                                  "9",
                                                  "10",
                                                  "100",
                                                  " 1",
                                                  "0.1",
                                                  "0.10",
                                                  "1e308",
                                                  "2.5",
                                                  "-7.25",
                                                  "x\ny",
                                                  "3e-300",
                                                  "9007199254740993",
                                                  "9007199254740992",
                                                  "12345678901234567890",
                                                  "10.0.0.1",
                                                  std::string(300, 'z')};
  std::vector<Value> values;
  for (const std::string& text : kTexts) {
    values.push_back(Value::Text(text, JsonType::kString));
    values.push_back(Value::Text(text, JsonType::kNumber));
  }
  for (const int64_t number : {int64_t{0}, int64_t{1}, int64_t{-5}, int64_t{100},
                               int64_t{9007199254740993}, INT64_MAX, INT64_MIN}) {
    values.push_back(Value::Integer(number));
  }
  for (const double number : {0.0, -0.0, 0.1, 1.0, 1e21, -3.75, 5e-324, 1e308}) {
    values.push_back(Value::Double(number));
  }
  return values;
}

std::vector<plan::AggregateInput> Inputs(size_t count, uint32_t seed) {
  static const std::vector<Value> kOdd = OddValues();
  std::mt19937 random(seed);
  std::vector<plan::AggregateInput> inputs;
  for (uint32_t i = 0; i < count; ++i) {
    plan::AggregateInput input;
    input.value = kOdd[random() % kOdd.size()];
    input.rank.age = static_cast<int64_t>(random() % 7);
    input.rank.position = {random() % 3, static_cast<uint32_t>(random() % 2)};
    input.rank.row = i;  // Ranks differ.
    if (random() % 8 != 0) input.time = Number{static_cast<double>(random() % 11), 0, 0};
    inputs.push_back(input);
  }
  return inputs;
}

class StatesTest : public testing::TestWithParam<const AggregateEntry*> {
 protected:
  const plan::AggregateOps& ops() const { return GetParam()->ops(); }
};

TEST_P(StatesTest, MergesInAnyOrderAndGroupingToTheSameBytes) {
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const std::vector<plan::AggregateInput> inputs = Inputs(seed < 3 ? 40 : 700, seed);
    AnyState whole(ops());
    for (const plan::AggregateInput& input : inputs) whole.Add(input);
    std::mt19937 random(seed);
    std::vector<plan::AggregateInput> shuffled = inputs;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::vector<std::unique_ptr<AnyState>> parts;
    for (size_t i = 0; i < 9; ++i) parts.push_back(std::make_unique<AnyState>(ops()));
    for (const plan::AggregateInput& input : shuffled) parts[random() % 8]->Add(input);
    while (parts.size() > 1) {
      const size_t from = random() % parts.size();
      const size_t into = (from + 1 + random() % (parts.size() - 1)) % parts.size();
      parts[into]->Merge(*parts[from]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
    }
    EXPECT_EQ(parts[0]->Save(), whole.Save());
    EXPECT_EQ(parts[0]->Result(90), whole.Result(90));
  }
}

TEST_P(StatesTest, ComesBackFromItsBytes) {
  for (const size_t count : {size_t{0}, size_t{1}, size_t{2}, size_t{50}, size_t{3000}}) {
    AnyState state(ops());
    for (const plan::AggregateInput& input : Inputs(count, 17)) state.Add(input);
    const std::string bytes = state.Save();
    AnyState loaded(ops());
    ASSERT_TRUE(loaded.Load(bytes));
    EXPECT_EQ(loaded.Save(), bytes);
    EXPECT_EQ(loaded.Result(25), state.Result(25));
    AnyState merged(ops());
    merged.Merge(loaded);
    EXPECT_EQ(merged.Save(), bytes);
  }
}

TEST_P(StatesTest, SurvivesDamagedBytes) {
  AnyState state(ops());
  for (const plan::AggregateInput& input : Inputs(60, 5)) state.Add(input);
  const std::string bytes = state.Save();
  std::mt19937 random(99);
  for (size_t i = 0; i < 400; ++i) {
    std::string damaged = bytes;
    if (i < bytes.size()) damaged.resize(i);
    for (size_t n = random() % 4; !damaged.empty() && n > 0; --n) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    AnyState loaded(ops());
    loaded.Load(damaged);
    loaded.Result(50);  // Whatever it is; the state is usable.
    loaded.Merge(state);
    loaded.Save();
  }
}

TEST_P(StatesTest, TruncatedBytesFail) {
  AnyState state(ops());
  for (const plan::AggregateInput& input : Inputs(60, 6)) state.Add(input);
  const std::string bytes = state.Save();
  for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 50) {
    AnyState loaded(ops());
    EXPECT_FALSE(loaded.Load(std::string_view(bytes).substr(0, size))) << size;
  }
}

TEST_P(StatesTest, AccountsForItsMemory) {
  AnyState state(ops());
  AnyState other(ops());
  for (const plan::AggregateInput& input : Inputs(500, 1)) state.Add(input);
  for (const plan::AggregateInput& input : Inputs(500, 2)) other.Add(input);
  EXPECT_EQ(state.accounted.grown, static_cast<int64_t>(state.HeapBytes()));
  state.Merge(other);
  EXPECT_EQ(state.accounted.grown, static_cast<int64_t>(state.HeapBytes()));
  AnyState loaded(ops());
  loaded.Load(state.Save());
  EXPECT_EQ(loaded.accounted.grown, static_cast<int64_t>(loaded.HeapBytes()));
}

TEST_P(StatesTest, ColumnsAddWhatTheirValuesAdd) {
  const Value two[] = {Value::Text("b"), Value::Integer(3)};
  std::vector<Value> values = {Value::Integer(4), Value::Null(), Value::Multi(two),
                               Value::Text("4"), Value::Text("")};
  const std::vector<uint32_t> rows = {0, 2, 3, 1, 4, 2};
  AnyState one_by_one(ops());
  AnyState spread(ops());
  AnyState all(ops());
  for (const uint32_t row : rows) {
    for (const Value& value : values[row].each()) {
      plan::AggregateInput input;
      input.value = value;
      one_by_one.Add(input);
    }
  }
  const std::vector<void*> states(rows.size(), spread.get());
  ops().add_column(states, Column::Values(values), rows, spread.accounted);
  ops().add_all(all.get(), Column::Values(values), rows, all.accounted);
  EXPECT_EQ(spread.Save(), one_by_one.Save());
  EXPECT_EQ(all.Save(), one_by_one.Save());

  AnyState constant(ops());
  AnyState repeated(ops());
  ops().add_all(constant.get(), Column::Constant(Value::Multi(two), 5), rows, constant.accounted);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const Value& value : two) {
      plan::AggregateInput input;
      input.value = value;
      repeated.Add(input);
    }
  }
  EXPECT_EQ(constant.Save(), repeated.Save());
}

TEST_P(StatesTest, OfNothingIsNullOrZero) {
  const std::string result = AnyState(ops()).Result(50);
  EXPECT_TRUE(result == "(null)" || result == "0") << result;
}

INSTANTIATE_TEST_SUITE_P(All, StatesTest, testing::ValuesIn(AllAggregates()),
                         [](const auto& test) { return std::string(test.param->name); });

// ---------------------------------------------------------------- single statistics

const AggregateEntry& EntryOf(std::string_view name) {
  for (const AggregateEntry* entry : AllAggregates()) {
    if (entry->name == name) return *entry;
  }
  std::abort();
}

class Statistic {
 public:
  explicit Statistic(std::string_view name) : state_(EntryOf(name).ops()) {}
  Statistic& Add(const Value& value) {
    plan::AggregateInput input;
    input.value = value;
    input.rank.row = rows_++;
    state_.Add(input);
    return *this;
  }
  Statistic& Add(std::initializer_list<double> numbers) {
    for (const double number : numbers) Add(Value::Double(number));
    return *this;
  }
  std::string Result(double number = 0) const { return state_.Result(number); }

 private:
  AnyState state_;
  uint32_t rows_ = 0;
};

TEST(Moments, EqualNumbersDoNotDeviate) {
  for (const double number : {0.1, 1e300, 1.7e9 + 0.25, -3.3e-200}) {
    EXPECT_EQ(Statistic("stdev").Add({number, number, number}).Result(), "0") << number;
    EXPECT_EQ(Statistic("varp").Add({number, number, number}).Result(), "0") << number;
  }
}

TEST(Moments, KeepsSmallDeviationsOfLargeNumbers) {
  EXPECT_EQ(Statistic("var").Add({1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}).Result(), "30");
  EXPECT_EQ(Statistic("stdevp").Add({1e15 + 1, 1e15 + 3}).Result(), "1");
  EXPECT_EQ(Statistic("stdevp").Add({1e200, -1e200}).Result(), "1e+200");
  EXPECT_EQ(Statistic("stdev").Add({3e-200, 4e-200, 5e-200}).Result(), "1e-200");
}

TEST(Moments, SumsDoNotLoseWhatCancels) {
  EXPECT_EQ(Statistic("sum").Add({1e16, 1, -1e16}).Result(), "1");
  EXPECT_EQ(Statistic("avg").Add({0.1, 0.2, 0.3, -0.6}).Result(), "6.938893903907228e-18");
  Statistic many("avg");
  for (int i = 0; i < 100; ++i) many.Add({3.99});
  EXPECT_EQ(many.Result(), "3.99");
}

TEST(Extremes, BreaksTiesByText) {
  const auto add = [](std::string_view name, std::vector<std::string> texts) {
    Statistic statistic(name);
    for (const std::string& text : texts) statistic.Add(Value::Text(text));
    return statistic.Result();
  };
  EXPECT_EQ(add("max", {"9007199254740992", "9007199254740993"}), "9007199254740993");
  EXPECT_EQ(add("max", {"9007199254740993", "9007199254740992"}), "9007199254740993");
  EXPECT_EQ(add("min", {"10000000000000000", "9999999999999999"}), "9999999999999999");
  EXPECT_EQ(add("min", {"1.0", "1"}), "1");
  EXPECT_EQ(add("max", {"1", "1.0"}), "1.0");
  EXPECT_EQ(add("max", {"nan", "5"}), "nan");
  EXPECT_EQ(add("min", {"", "5"}), "5");
}

TEST(Percentiles, EstimatesBeyondManyDistinctNumbers) {
  Statistic median("median");
  Statistic exact("exactperc");
  Statistic upper("upperperc");
  constexpr int kCount = 300001;
  for (int i = 0; i < kCount; ++i) {
    const double number = 1000 + static_cast<double>(i * 7919LL % kCount) / 10.0;
    median.Add({number});
    exact.Add({number});
    upper.Add({number});
  }
  EXPECT_EQ(exact.Result(50), "16000");
  EXPECT_NEAR(std::stod(median.Result()), 16000, 2);
  EXPECT_GE(std::stod(upper.Result(50)), 16000);
  EXPECT_EQ(exact.Result(100), "31000");
  EXPECT_EQ(upper.Result(0), "1000");
}

TEST(Percentiles, EstimatesTheSameHoweverDivided) {
  const plan::AggregateOps& ops = EntryOf("perc").ops();
  std::mt19937 random(4);
  std::lognormal_distribution<double> numbers(3, 4);
  AnyState whole(ops);
  std::vector<std::unique_ptr<AnyState>> parts;
  for (int i = 0; i < 4; ++i) parts.push_back(std::make_unique<AnyState>(ops));
  for (int i = 0; i < 400000; ++i) {
    plan::AggregateInput input;
    input.value = Value::Double(numbers(random));
    whole.Add(input);
    parts[i < 200000 ? 0 : 1 + random() % 3]->Add(input);
  }
  parts[3]->Merge(*parts[0]);
  parts[1]->Merge(*parts[3]);
  parts[1]->Merge(*parts[2]);
  EXPECT_EQ(parts[1]->Save(), whole.Save());
}

TEST(Distinct, EstimatesWithinItsError) {
  for (const int count : {1000, 1001, 5000, 100000}) {
    Statistic estimate("estdc");
    Statistic exact("dc");
    Statistic error("estdc_error");
    for (int i = 0; i < count; ++i) {
      const std::string text = "user-" + std::to_string(i);
      estimate.Add(Value::Text(text));
      exact.Add(Value::Text(text));
      error.Add(Value::Text(text));
    }
    EXPECT_EQ(exact.Result(), std::to_string(count));
    EXPECT_NEAR(std::stod(estimate.Result()), count, count > 1000 ? count * 0.03 : 0);
    EXPECT_EQ(error.Result() == "0", count == 1000);
  }
}

TEST(List, KeepsTheFirstHundred) {
  Statistic list("list");
  for (int i = 0; i < 250; ++i) list.Add(Value::Integer(i));
  const std::string result = list.Result();
  EXPECT_TRUE(result.starts_with("0\n1\n"));
  EXPECT_TRUE(result.ends_with("\n99"));
}

TEST(Mode, TakesTheFirstSeenOfEquallyFrequentValues) {
  Statistic mode("mode");
  for (const char* text : {"b", "a", "c", "a", "b"}) mode.Add(Value::Text(text));
  EXPECT_EQ(mode.Result(), "b");
}

}  // namespace
}  // namespace spelk::functions
