// A stable 64-bit hash: the same on every machine and in every run.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace spelk {

namespace hash_internal {

inline uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U);
}

inline uint64_t Load(const char* p, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(p[i])) << (8 * i);
  }
  return value;
}

inline uint64_t Load8(const char* p) {
  uint64_t value = 0;
  std::memcpy(&value, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

}  // namespace hash_internal

// Mixes one number into a hash.
inline uint64_t HashCombine(uint64_t seed, uint64_t value) {
  return hash_internal::Mix(seed ^ 0x9E3779B97F4A7C15U, value ^ 0xD6E8FEB86659FD93U);
}

// Multiply-and-fold over eight bytes at a time. Not for secrets: whoever fears chosen keys gives a
// seed that the sender of the keys does not know.
inline uint64_t HashBytes(std::string_view bytes, uint64_t seed = 0) {
  using hash_internal::Load8;
  using hash_internal::Mix;
  constexpr uint64_t kA = 0xA0761D6478BD642FU;
  constexpr uint64_t kB = 0xE7037ED1A0B428DBU;
  const char* p = bytes.data();
  size_t left = bytes.size();
  uint64_t hash = seed ^ kA;
  while (left > 16) {
    hash = Mix(Load8(p) ^ kB, Load8(p + 8) ^ hash);
    p += 16;
    left -= 16;
  }
  uint64_t a = 0;
  uint64_t b = 0;
  if (left >= 8) {
    a = Load8(p);
    b = Load8(p + left - 8);
  } else {
    a = hash_internal::Load(p, left);
  }
  return Mix(kB ^ bytes.size(), Mix(a ^ kB, b ^ hash));
}

}  // namespace spelk
