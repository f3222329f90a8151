// ExactSum: a sum of doubles that does not depend on the order of its terms.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "value/value.h"

namespace spelk {

// mantissa * 2^exponent: a number that may lie outside the range of doubles.
struct ScaledNumber {
  double mantissa = 0;  // 0, NaN, or at least 1 and less than 2.
  int exponent = 0;
};

// Adds doubles exactly and rounds once. Small while all terms are integers of moderate size (a
// 128-bit integer); otherwise a fixed-point number as wide as the range of doubles. Infinities and
// NaN are counted apart and decide the result as IEEE addition would.
class ExactSum {
 public:
  ExactSum() = default;
  ExactSum(const ExactSum& other);
  ExactSum(ExactSum&&) noexcept = default;
  ExactSum& operator=(const ExactSum& other);
  ExactSum& operator=(ExactSum&&) noexcept = default;

  void Add(double value);
  void AddInteger(int64_t value);
  // Adds the number that a value is (NumberOf); false if it is none.
  bool AddNumber(const Value& value);
  // Adds value * value without rounding.
  void AddSquare(double value);
  void Merge(const ExactSum& other);

  // The sum, rounded to nearest.
  double Result() const;
  // The sum as an unevaluated pair: high is Result(), low what rounding lost (rounded itself).
  void Result(double* high, double* low) const;

  // count * squares - sum * sum, exact and rounded once: `count` times the sum of the squared
  // distances of the numbers from their mean, if `sum` holds the numbers and `squares` their
  // squares. NaN if any of them was infinite or NaN.
  static ScaledNumber Distances(uint64_t count, const ExactSum& sum, const ExactSum& squares);

  void Save(ByteWriter& out) const;
  static ExactSum Load(ByteReader& in);

  // Heap bytes held, for reservations.
  size_t heap_bytes() const { return wide_ == nullptr ? 0 : sizeof(Wide); }

 private:
  // Bit 0 of the first limb is 2^kLowest: squares of the least doubles down to squares of the
  // greatest, with headroom for 2^62 terms.
  static constexpr int kLowest = -2148;
  static constexpr size_t kLimbs = 67;
  struct Wide {
    uint64_t limbs[kLimbs] = {};  // Two's complement, least significant first.
  };
  void Widen();
  bool finite() const {
    return nans_ == 0 && positive_infinities_ == 0 && negative_infinities_ == 0;
  }
  // Adds or subtracts mantissa * 2^exponent.
  void AddShifted(uint64_t mantissa, int exponent, bool negative);
  void AddBits(uint64_t low, uint64_t high, size_t bit, bool negative);
  bool AddSpecial(double value);

  __extension__ using Int128 = __int128;
  Int128 small_ = 0;
  std::unique_ptr<Wide> wide_;
  uint32_t nans_ = 0;  // Counts that stop at their greatest.
  uint32_t positive_infinities_ = 0;
  uint32_t negative_infinities_ = 0;
};

}  // namespace spelk
