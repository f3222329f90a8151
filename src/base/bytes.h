// The one binary form of partial states, spilled rows and saved plans: little-endian, no padding.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"

namespace spelk {

// Appends to a string. Never fails.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <std::integral T>
  void Fixed(T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    if constexpr (std::endian::native == std::endian::little) {
      out_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
    } else {
      for (size_t i = 0; i < sizeof(T); ++i) out_ += static_cast<char>((bits >> (8 * i)) & 0xFFU);
    }
  }
  void Byte(uint8_t value) { out_ += static_cast<char>(value); }
  void Bool(bool value) { Byte(value ? 1 : 0); }
  void Double(double value) { Fixed(std::bit_cast<uint64_t>(value)); }
  // LEB128.
  void Varint(uint64_t value) {
    while (value >= 0x80U) {
      Byte(static_cast<uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    Byte(static_cast<uint8_t>(value));
  }
  void Text(std::string_view text) {
    Varint(text.size());
    out_ += text;
  }
  void Raw(std::string_view bytes) { out_ += bytes; }
  size_t size() const { return out_.size(); }

 private:
  std::string& out_;
};

// Reads what ByteWriter wrote. A read past the end or a malformed number sets `failed()` and gives
// zeros; a caller checks status() once after a record. Texts are views into the bytes given.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <std::integral T>
  T Fixed() {
    if (bytes_.size() < sizeof(T)) return Fail<T>();
    std::make_unsigned_t<T> bits = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      bits = static_cast<decltype(bits)>(
          bits | (static_cast<decltype(bits)>(static_cast<uint8_t>(bytes_[i])) << (8 * i)));
    }
    bytes_.remove_prefix(sizeof(T));
    return static_cast<T>(bits);
  }
  uint8_t Byte() { return Fixed<uint8_t>(); }
  bool Bool() { return Byte() != 0; }
  double Double() { return std::bit_cast<double>(Fixed<uint64_t>()); }
  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return Fail<uint64_t>();
  }
  std::string_view Text() {
    const uint64_t size = Varint();
    return Raw(size);
  }
  std::string_view Raw(uint64_t size) {
    if (failed_ || size > bytes_.size()) return Fail<std::string_view>();
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  // A count of things that take at least `each` bytes: more than the rest could hold is a failure,
  // so that a damaged count never becomes a large allocation.
  size_t Count(size_t each = 1) {
    const uint64_t count = Varint();
    if (count > bytes_.size() / (each == 0 ? 1 : each)) return Fail<size_t>();
    return count;
  }

  // What was read is not what may stand there.
  void Fail() { (void)Fail<bool>(); }

  bool at_end() const { return bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }
  bool failed() const { return failed_; }
  absl::Status status() const {
    return failed_ ? absl::DataLossError("damaged or truncated binary data") : absl::OkStatus();
  }

 private:
  template <class T>
  T Fail() {
    failed_ = true;
    bytes_ = {};
    return T{};
  }

  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace spelk
