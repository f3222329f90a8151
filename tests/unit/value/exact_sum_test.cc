// Sums that do not depend on how their terms are ordered or divided.
#include "value/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace spelk {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::string Bytes(const ExactSum& sum) {
  std::string bytes;
  ByteWriter writer(bytes);
  sum.Save(writer);
  return bytes;
}

double SumOf(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.Add(term);
  return sum.Result();
}

// Any finite doubles: of all sizes, whole ones, those of feeds, and the ones that nearly cancel.
std::vector<double> SomeNumbers(std::mt19937_64& random, size_t count) {
  std::vector<double> numbers;
  while (numbers.size() < count) {
    double number = 0;
    switch (random() % 4) {
      case 0:
        number = std::bit_cast<double>(random());
        break;
      case 1:
        number = static_cast<double>(static_cast<int64_t>(random() >> 20U));
        break;
      case 2:
        number = static_cast<double>(random() % 100'000) / 100;
        break;
      default:
        number = numbers.empty() ? 1 : -numbers[random() % numbers.size()];
    }
    if (std::isfinite(number)) numbers.push_back(number);
  }
  return numbers;
}

TEST(ExactSumTest, ShuffledAndMergedInAnyWayItIsTheSame) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 40; ++round) {
    std::vector<double> numbers = SomeNumbers(random, 1 + random() % 200);
    ExactSum whole;
    for (const double number : numbers) whole.Add(number);
    for (int way = 0; way < 10; ++way) {
      std::shuffle(numbers.begin(), numbers.end(), random);
      std::vector<ExactSum> parts(1 + random() % 7);
      for (const double number : numbers) parts[random() % parts.size()].Add(number);
      while (parts.size() > 1) {
        const size_t into = random() % (parts.size() - 1);
        parts[into].Merge(parts.back());
        parts.pop_back();
      }
      ASSERT_EQ(std::bit_cast<uint64_t>(parts[0].Result()),
                std::bit_cast<uint64_t>(whole.Result()));
      double high = 0;
      double low = 0;
      double same_high = 0;
      double same_low = 0;
      whole.Result(&high, &low);
      parts[0].Result(&same_high, &same_low);
      ASSERT_EQ(std::bit_cast<uint64_t>(high), std::bit_cast<uint64_t>(same_high));
      ASSERT_EQ(std::bit_cast<uint64_t>(low), std::bit_cast<uint64_t>(same_low));
    }
  }
}

TEST(ExactSumTest, SquaresMergeInAnyOrder) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> numbers = SomeNumbers(random, 50);
    ExactSum whole;
    for (const double number : numbers) whole.AddSquare(number);
    std::shuffle(numbers.begin(), numbers.end(), random);
    ExactSum left;
    ExactSum right;
    for (size_t i = 0; i < numbers.size(); ++i) (i % 3 == 0 ? left : right).AddSquare(numbers[i]);
    right.Merge(left);
    ASSERT_EQ(std::bit_cast<uint64_t>(right.Result()), std::bit_cast<uint64_t>(whole.Result()));
  }
}

TEST(ExactSumTest, RoundsOnce) {
  EXPECT_EQ(SumOf({1e100, 1, -1e100}), 1);
  EXPECT_EQ(SumOf({1e308, 1e308, -1e308}), 1e308);  // Not infinite on the way.
  EXPECT_EQ(SumOf({1e308, 1e308}), kInfinite);
  EXPECT_EQ(SumOf(std::vector<double>(10, 0.1)), 1);
  EXPECT_EQ(SumOf({0x1p53, 1, 1}), 0x1p53 + 2);
  EXPECT_EQ(SumOf({0x1p53, 1}), 0x1p53);                 // A half goes to even,
  EXPECT_EQ(SumOf({0x1p53, 1, 0x1p-1000}), 0x1p53 + 2);  // and more than a half goes up.
  EXPECT_EQ(SumOf({5e-324, 5e-324}), 1e-323);
  EXPECT_EQ(SumOf({5e-324, -5e-324}), 0);
  EXPECT_EQ(SumOf({}), 0);
}

TEST(ExactSumTest, WholeNumbersBeyondDoubles) {
  ExactSum sum;
  for (int i = 0; i < 3; ++i) sum.AddInteger(std::numeric_limits<int64_t>::max());
  for (int i = 0; i < 3; ++i) sum.AddInteger(-std::numeric_limits<int64_t>::max());
  sum.AddInteger(7);
  EXPECT_EQ(sum.Result(), 7);
  sum.AddInteger(std::numeric_limits<int64_t>::min());
  sum.Add(0.5);
  EXPECT_EQ(sum.Result(), -0x1p63);
  sum.Add(0x1p63);
  EXPECT_EQ(sum.Result(), 7.5);
}

TEST(ExactSumTest, InfinitiesAndNanDecide) {
  EXPECT_EQ(SumOf({1, kInfinite, -1e308}), kInfinite);
  EXPECT_EQ(SumOf({-kInfinite, 5}), -kInfinite);
  EXPECT_TRUE(std::isnan(SumOf({kInfinite, -kInfinite})));
  EXPECT_TRUE(std::isnan(SumOf({1, std::nan("")})));
  ExactSum infinite;
  infinite.AddSquare(-kInfinite);
  EXPECT_EQ(infinite.Result(), kInfinite);
}

TEST(ExactSumTest, DistancesAreExact) {
  // The usual formula loses all digits of these.
  ExactSum sum;
  ExactSum squares;
  for (const double number : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) {
    sum.Add(number);
    squares.AddSquare(number);
  }
  const ScaledNumber scaled = ExactSum::Distances(4, sum, squares);
  EXPECT_EQ(std::ldexp(scaled.mantissa, scaled.exponent), 4 * 90.0);
  EXPECT_EQ(ExactSum::Distances(1, ExactSum(), ExactSum()).mantissa, 0);
  sum.Add(kInfinite);
  squares.AddSquare(kInfinite);
  EXPECT_TRUE(std::isnan(ExactSum::Distances(5, sum, squares).mantissa));
}

TEST(ExactSumTest, SavedAndLoadedItGoesOn) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 50; ++round) {
    ExactSum sum;
    if (round % 2 == 0) {
      for (const double number : SomeNumbers(random, 20)) sum.Add(number);
    } else {
      for (int i = 0; i < 20; ++i) sum.AddInteger(static_cast<int64_t>(random()));
    }
    if (round % 5 == 0) sum.Add(kInfinite);
    const std::string bytes = Bytes(sum);
    ByteReader reader(bytes);
    ExactSum loaded = ExactSum::Load(reader);
    ASSERT_FALSE(reader.failed());
    ASSERT_EQ(Bytes(loaded), bytes);
    loaded.Add(0.1);
    sum.Add(0.1);
    ASSERT_EQ(std::bit_cast<uint64_t>(loaded.Result()), std::bit_cast<uint64_t>(sum.Result()));
  }
}

}  // namespace
}  // namespace spelk
