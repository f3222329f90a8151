// Registers, and the estimate they give. O. Ertl, "New cardinality estimation algorithms for
// HyperLogLog sketches", 2017, section 3.
#include "functions/stats/hyper_log_log.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace spelk::functions {
namespace {

constexpr double kAlpha = 0.72134752044448170367996234050095;  // 1 / (2 ln 2)

double Sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (;;) {
    x *= x;
    const double before = z;
    z += x * y;
    y += y;
    if (z == before) return z;
  }
}

double Tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (;;) {
    x = std::sqrt(x);
    const double before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
    if (z == before) return z / 3;
  }
}

}  // namespace

HyperLogLog::HyperLogLog(unsigned precision)
    : precision_(precision), registers_(size_t{1} << precision, 0) {}

void HyperLogLog::Add(uint64_t hash) {
  const size_t index = hash >> (64 - precision_);
  const uint64_t rest = hash << precision_;
  const unsigned zeros =
      rest == 0 ? 64 - precision_ : static_cast<unsigned>(std::countl_zero(rest));
  registers_[index] = std::max(registers_[index], static_cast<uint8_t>(zeros + 1));
}

void HyperLogLog::Merge(const HyperLogLog& other) {
  for (size_t i = 0; i < registers_.size(); ++i) {
    registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
}

double HyperLogLog::Estimate() const {
  const auto registers = static_cast<double>(registers_.size());
  const unsigned last = 64 - precision_ + 1;
  std::vector<uint32_t> counts(last + 1);
  for (const uint8_t value : registers_) ++counts[std::min<unsigned>(value, last)];
  double z = registers * Tau(1 - counts[last] / registers);
  for (unsigned k = last - 1; k >= 1; --k) z = 0.5 * (z + counts[k]);
  z += registers * Sigma(counts[0] / registers);
  return kAlpha * registers * registers / z;
}

double HyperLogLog::Error() const {
  return 1.04 / std::sqrt(static_cast<double>(registers_.size()));
}

void HyperLogLog::Save(ByteWriter& out) const {
  out.Raw({reinterpret_cast<const char*>(registers_.data()), registers_.size()});
}

bool HyperLogLog::Load(ByteReader& in) {
  const std::string_view bytes = in.Raw(registers_.size());
  if (bytes.size() != registers_.size()) return false;
  std::copy(bytes.begin(), bytes.end(), registers_.begin());
  return true;
}

}  // namespace spelk::functions
