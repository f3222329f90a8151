// A fixed-point sum as wide as doubles and their squares.
#include "value/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "value/number.h"

namespace spelk {
namespace {

__extension__ using Uint128 = unsigned __int128;

// Terms of the small form stay below this, so that 2^30 of them fit easily; each Add checks the
// sum.
constexpr double kSmallTerm = 9007199254740992.0;  // 2^53

struct Parts {
  uint64_t mantissa = 0;
  int exponent = 0;  // value = mantissa * 2^exponent
  bool negative = false;
};

Parts Split(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  Parts parts;
  parts.negative = (bits >> 63U) != 0;
  const auto biased = static_cast<int>((bits >> 52U) & 0x7FFU);
  parts.mantissa = bits & ((uint64_t{1} << 52U) - 1);
  if (biased == 0) {
    parts.exponent = -1074;
  } else {
    parts.mantissa |= uint64_t{1} << 52U;
    parts.exponent = biased - 1075;
  }
  return parts;
}

void Count(uint32_t& count) {
  if (count < std::numeric_limits<uint32_t>::max()) ++count;
}

uint32_t AddCounts(uint32_t a, uint32_t b) {
  const uint64_t sum = uint64_t{a} + b;
  return sum > std::numeric_limits<uint32_t>::max() ? std::numeric_limits<uint32_t>::max()
                                                    : static_cast<uint32_t>(sum);
}

}  // namespace

ExactSum::ExactSum(const ExactSum& other) { *this = other; }

ExactSum& ExactSum::operator=(const ExactSum& other) {
  if (this == &other) return *this;
  small_ = other.small_;
  wide_ = other.wide_ == nullptr ? nullptr : std::make_unique<Wide>(*other.wide_);
  nans_ = other.nans_;
  positive_infinities_ = other.positive_infinities_;
  negative_infinities_ = other.negative_infinities_;
  return *this;
}

void ExactSum::Widen() {
  if (wide_ != nullptr) return;
  wide_ = std::make_unique<Wide>();
  const bool negative = small_ < 0;
  const Uint128 size = negative ? -static_cast<Uint128>(small_) : static_cast<Uint128>(small_);
  small_ = 0;
  AddBits(static_cast<uint64_t>(size), static_cast<uint64_t>(size >> 64U),
          static_cast<size_t>(-kLowest), negative);
}

// Adds (high:low) << bit to the limbs, or subtracts it.
void ExactSum::AddBits(uint64_t low, uint64_t high, size_t bit, bool negative) {
  const size_t limb = bit / 64;
  const size_t shift = bit % 64;
  uint64_t parts[3] = {low << shift, high << shift, 0};
  if (shift != 0) {
    parts[1] |= low >> (64 - shift);
    parts[2] = high >> (64 - shift);
  }
  uint64_t carry = 0;
  for (size_t i = 0; limb + i < kLimbs; ++i) {
    const uint64_t part = i < 3 ? parts[i] : 0;
    if (i >= 3 && carry == 0) break;
    uint64_t& target = wide_->limbs[limb + i];
    const Uint128 sum = negative ? static_cast<Uint128>(target) - part - carry
                                 : static_cast<Uint128>(target) + part + carry;
    target = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64U) & 1U;
  }
}

void ExactSum::AddShifted(uint64_t mantissa, int exponent, bool negative) {
  AddBits(mantissa, 0, static_cast<size_t>(exponent - kLowest), negative);
}

bool ExactSum::AddSpecial(double value) {
  if (std::isfinite(value)) return false;
  Count(std::isnan(value) ? nans_ : value > 0 ? positive_infinities_ : negative_infinities_);
  return true;
}

void ExactSum::Add(double value) {
  if (wide_ == nullptr && std::fabs(value) <= kSmallTerm && value == std::trunc(value)) {
    AddInteger(static_cast<int64_t>(value));
    return;
  }
  if (AddSpecial(value)) return;
  Widen();
  const Parts parts = Split(value);
  AddShifted(parts.mantissa, parts.exponent, parts.negative);
}

bool ExactSum::AddNumber(const Value& value) {
  if (value.is_integer()) {
    AddInteger(value.integer());
    return true;
  }
  const std::optional<Number> number = NumberOf(value);
  if (number) Add(number->value);
  return number.has_value();
}

void ExactSum::AddInteger(int64_t value) {
  if (wide_ == nullptr) {
    Int128 sum = 0;
    if (!__builtin_add_overflow(small_, static_cast<Int128>(value), &sum)) {
      small_ = sum;
      return;
    }
  }
  Widen();
  const bool negative = value < 0;
  const uint64_t size =
      negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  AddShifted(size, 0, negative);
}

void ExactSum::AddSquare(double value) {
  if (std::isinf(value)) {
    Count(positive_infinities_);
    return;
  }
  if (AddSpecial(value)) return;
  const Parts parts = Split(value);
  const Uint128 square = static_cast<Uint128>(parts.mantissa) * parts.mantissa;
  if (wide_ == nullptr && value == std::trunc(value) && std::fabs(value) <= kSmallTerm) {
    const auto whole = static_cast<Int128>(static_cast<int64_t>(value));
    Int128 sum = 0;
    if (!__builtin_add_overflow(small_, whole * whole, &sum)) {
      small_ = sum;
      return;
    }
  }
  Widen();
  AddBits(static_cast<uint64_t>(square), static_cast<uint64_t>(square >> 64U),
          static_cast<size_t>(2 * parts.exponent - kLowest), false);
}

void ExactSum::Merge(const ExactSum& other) {
  nans_ = AddCounts(nans_, other.nans_);
  positive_infinities_ = AddCounts(positive_infinities_, other.positive_infinities_);
  negative_infinities_ = AddCounts(negative_infinities_, other.negative_infinities_);
  if (wide_ == nullptr && other.wide_ == nullptr) {
    Int128 sum = 0;
    if (!__builtin_add_overflow(small_, other.small_, &sum)) {
      small_ = sum;
      return;
    }
  }
  Widen();
  ExactSum copy = other;
  copy.Widen();
  uint64_t carry = 0;
  for (size_t i = 0; i < kLimbs; ++i) {
    const Uint128 sum = static_cast<Uint128>(wide_->limbs[i]) + copy.wide_->limbs[i] + carry;
    wide_->limbs[i] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64U);
  }
}

double ExactSum::Result() const {
  double high = 0;
  double low = 0;
  Result(&high, &low);
  return high;
}

void ExactSum::Result(double* high, double* low) const {
  *low = 0;
  if (nans_ > 0 || (positive_infinities_ > 0 && negative_infinities_ > 0)) {
    *high = std::numeric_limits<double>::quiet_NaN();
    return;
  }
  if (positive_infinities_ > 0 || negative_infinities_ > 0) {
    *high = positive_infinities_ > 0 ? std::numeric_limits<double>::infinity()
                                     : -std::numeric_limits<double>::infinity();
    return;
  }
  ExactSum copy = *this;
  copy.Widen();
  uint64_t* limbs = copy.wide_->limbs;
  const bool negative = (limbs[kLimbs - 1] >> 63U) != 0;
  if (negative) {
    uint64_t carry = 1;
    for (size_t i = 0; i < kLimbs; ++i) {
      limbs[i] = ~limbs[i] + carry;
      carry = carry != 0 && limbs[i] == 0 ? 1 : 0;
    }
  }
  // Takes the highest 53 bits rounded to nearest, ties to even, and then the same of what is left.
  const auto take = [&]() -> double {
    size_t top = kLimbs;
    while (top > 0 && limbs[top - 1] == 0) --top;
    if (top == 0) return 0;
    const size_t highest = top * 64 - 1 - static_cast<size_t>(std::countl_zero(limbs[top - 1]));
    const auto bit = [&](size_t i) { return (limbs[i / 64] >> (i % 64)) & 1U; };
    // Doubles end at 2^-1074, whatever their size.
    const auto least = static_cast<size_t>(-1074 - kLowest);
    const size_t lowest = std::max(highest >= 52 ? highest - 52 : 0, least);
    uint64_t mantissa = 0;
    for (size_t i = highest + 1; i-- > lowest;) mantissa = (mantissa << 1U) | bit(i);
    if (highest < lowest) mantissa = 0;
    bool sticky = false;
    for (size_t i = 0; lowest >= 2 && i < (lowest - 1) / 64; ++i) sticky = sticky || limbs[i] != 0;
    for (size_t i = lowest >= 2 ? (lowest - 1) / 64 * 64 : 0; lowest > 0 && i < lowest - 1; ++i) {
      sticky = sticky || bit(i) != 0;
    }
    const bool half = lowest > 0 && bit(lowest - 1) != 0;
    const bool up = half && (sticky || (mantissa & 1U) != 0);
    const int exponent = static_cast<int>(lowest) + kLowest;
    const double value = std::ldexp(static_cast<double>(mantissa + (up ? 1 : 0)), exponent);
    // Leaves the difference in the limbs.
    for (size_t i = lowest; i <= highest; ++i) limbs[i / 64] &= ~(uint64_t{1} << (i % 64));
    if (!up) return value;
    // The rest is negative now: what is left minus one unit of the last place.
    ExactSum rest;
    rest.wide_ = std::make_unique<Wide>(*copy.wide_);
    rest.AddBits(1, 0, lowest, true);
    *copy.wide_ = *rest.wide_;
    return value;
  };
  const double first = take();
  *high = negative ? -first : first;
  if (!std::isfinite(first)) return;
  // What is left may be negative; its own rounding is a sum's of its own.
  ExactSum rest;
  rest.wide_ = std::make_unique<Wide>(*copy.wide_);
  const bool rest_zero = [&] {
    for (const uint64_t limb : rest.wide_->limbs) {
      if (limb != 0) return false;
    }
    return true;
  }();
  if (rest_zero) return;
  const bool rest_negative = (rest.wide_->limbs[kLimbs - 1] >> 63U) != 0;
  if (rest_negative) {
    uint64_t carry = 1;
    for (uint64_t& limb : rest.wide_->limbs) {
      limb = ~limb + carry;
      carry = carry != 0 && limb == 0 ? 1 : 0;
    }
  }
  *copy.wide_ = *rest.wide_;
  limbs = copy.wide_->limbs;
  const double second = take();
  *low = negative != rest_negative ? -second : second;
}

namespace {

// The product of two little-endian numbers.
std::vector<uint64_t> Multiply(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  std::vector<uint64_t> product(a.size() + b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.size() && a[i] != 0; ++j) {
      const Uint128 sum = static_cast<Uint128>(a[i]) * b[j] + product[i + j] + carry;
      product[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64U);
    }
    if (a[i] != 0) product[i + b.size()] = carry;
  }
  return product;
}

// a - b; a is not less than b.
void Subtract(std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const Uint128 difference = static_cast<Uint128>(a[i]) - (i < b.size() ? b[i] : 0) - borrow;
    a[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64U) & 1U;
  }
}

// The highest 53 bits, rounded to nearest, ties to even. Bit 0 is 2^lowest.
ScaledNumber Rounded(const std::vector<uint64_t>& limbs, int lowest) {
  size_t top = limbs.size();
  while (top > 0 && limbs[top - 1] == 0) --top;
  if (top == 0) return {};
  const size_t highest = top * 64 - 1 - static_cast<size_t>(std::countl_zero(limbs[top - 1]));
  const auto bit = [&](size_t i) { return (limbs[i / 64] >> (i % 64)) & 1U; };
  uint64_t mantissa = 0;
  for (size_t i = 0; i < 53; ++i)
    mantissa = (mantissa << 1U) | (i <= highest ? bit(highest - i) : 0);
  if (highest >= 53 && bit(highest - 53) != 0) {
    bool more = false;
    for (size_t i = 0; i < highest - 53 && !more; ++i) more = bit(i) != 0;
    if (more || (mantissa & 1U) != 0) ++mantissa;
  }
  ScaledNumber number{std::ldexp(static_cast<double>(mantissa), -52),
                      static_cast<int>(highest) + lowest};
  if (number.mantissa >= 2) number = {number.mantissa / 2, number.exponent + 1};
  return number;
}

}  // namespace

ScaledNumber ExactSum::Distances(uint64_t count, const ExactSum& sum, const ExactSum& squares) {
  if (!sum.finite() || !squares.finite()) return {std::numeric_limits<double>::quiet_NaN(), 0};
  // The size of a sum without the zeros above it.
  const auto size_of = [](ExactSum copy) {
    copy.Widen();
    uint64_t* limbs = copy.wide_->limbs;
    if ((limbs[kLimbs - 1] >> 63U) != 0) {
      uint64_t carry = 1;
      for (size_t i = 0; i < kLimbs; ++i) {
        limbs[i] = ~limbs[i] + carry;
        carry = carry != 0 && limbs[i] == 0 ? 1 : 0;
      }
    }
    size_t top = kLimbs;
    while (top > 0 && limbs[top - 1] == 0) --top;
    return std::vector<uint64_t>(limbs, limbs + top);
  };
  const std::vector<uint64_t> size = size_of(sum);
  const std::vector<uint64_t> square = Multiply(size, size);
  // The square counts in units of 2^(2 * kLowest): so must the other product.
  constexpr size_t kShift = static_cast<size_t>(-kLowest);
  std::vector<uint64_t> unit(kShift / 64 + 1);
  unit[kShift / 64] = uint64_t{1} << (kShift % 64);
  std::vector<uint64_t> distances = Multiply(Multiply(size_of(squares), {count}), unit);
  distances.resize(std::max(distances.size(), square.size()));
  Subtract(distances, square);
  return Rounded(distances, 2 * kLowest);
}

void ExactSum::Save(ByteWriter& out) const {
  out.Fixed(nans_);
  out.Fixed(positive_infinities_);
  out.Fixed(negative_infinities_);
  out.Bool(wide_ != nullptr);
  if (wide_ == nullptr) {
    out.Fixed(static_cast<uint64_t>(static_cast<Uint128>(small_)));
    out.Fixed(static_cast<uint64_t>(static_cast<Uint128>(small_) >> 64U));
    return;
  }
  // Mostly zeros, or ones for negative sums: only the limbs from the first to the last that differ.
  const uint64_t fill = (wide_->limbs[kLimbs - 1] >> 63U) != 0 ? ~uint64_t{0} : 0;
  size_t first = 0;
  while (first < kLimbs && wide_->limbs[first] == 0) ++first;
  size_t last = kLimbs;
  while (last > first && wide_->limbs[last - 1] == fill) --last;
  out.Byte(static_cast<uint8_t>(first));
  out.Byte(static_cast<uint8_t>(last));
  out.Bool(fill != 0);
  for (size_t i = first; i < last; ++i) out.Fixed(wide_->limbs[i]);
}

ExactSum ExactSum::Load(ByteReader& in) {
  ExactSum sum;
  sum.nans_ = in.Fixed<uint32_t>();
  sum.positive_infinities_ = in.Fixed<uint32_t>();
  sum.negative_infinities_ = in.Fixed<uint32_t>();
  if (!in.Bool()) {
    const auto low = in.Fixed<uint64_t>();
    const auto high = in.Fixed<uint64_t>();
    sum.small_ = static_cast<Int128>((static_cast<Uint128>(high) << 64U) | low);
    return sum;
  }
  sum.wide_ = std::make_unique<Wide>();
  const size_t first = in.Byte();
  const size_t last = in.Byte();
  const bool ones = in.Bool();
  for (size_t i = first; i < last && i < kLimbs; ++i) sum.wide_->limbs[i] = in.Fixed<uint64_t>();
  for (size_t i = last; ones && i < kLimbs; ++i) sum.wide_->limbs[i] = ~uint64_t{0};
  return sum;
}

}  // namespace spelk
