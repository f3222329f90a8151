// Where random tests take their choices from: a seed, or the bytes of a fuzzer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::tests {

// The same choices for the same seed or bytes. Once the bytes are used up, it is always the first.
class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed * 2 + 1) {}
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes), from_bytes_(true) {}

  size_t Below(size_t bound) {
    if (bound < 2) return 0;
    if (from_bytes_) {
      size_t value = 0;
      for (size_t most = bound - 1; most > 0; most >>= 8U) value = value << 8U | NextByte();
      return value % bound;
    }
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33U) % bound;
  }
  // From low to high, both included.
  size_t Between(size_t low, size_t high) { return low + Below(high - low + 1); }
  bool OneIn(size_t n) { return Below(n) == n - 1; }
  bool Percent(size_t chance) { return Below(100) >= 100 - chance; }
  std::string_view Pick(std::span<const std::string_view> list) { return list[Below(list.size())]; }
  std::string Pick(std::initializer_list<std::string_view> list) {
    return std::string(list.begin()[Below(list.size())]);
  }
  const std::string& Pick(const std::vector<std::string>& list) { return list[Below(list.size())]; }

 private:
  size_t NextByte() {
    if (bytes_.empty()) return 0;
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  uint64_t state_ = 1;
  std::span<const uint8_t> bytes_;
  bool from_bytes_ = false;
};

}  // namespace spelk::tests
