// With AVX2 and the C library's search where they are there, and in portable form otherwise.
#include "value/byte_search.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace spelk {
namespace {

size_t CountPortable(std::string_view text, char byte) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), byte));
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) size_t CountAvx2(std::string_view text, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  __m256i sums = _mm256_setzero_si256();
  size_t at = 0;
  while (at + 32 <= text.size()) {
    // A lane counts to 255 at most.
    __m256i lanes = _mm256_setzero_si256();
    const size_t end = std::min(text.size() - 31, at + 32 * size_t{255});
    for (; at < end; at += 32) {
      const auto* p = reinterpret_cast<const __m256i*>(text.data() + at);
      lanes = _mm256_sub_epi8(lanes, _mm256_cmpeq_epi8(_mm256_loadu_si256(p), wanted));
    }
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(lanes, _mm256_setzero_si256()));
  }
  alignas(32) std::array<uint64_t, 4> parts{};
  _mm256_store_si256(reinterpret_cast<__m256i*>(parts.data()), sums);
  return parts[0] + parts[1] + parts[2] + parts[3] + CountPortable(text.substr(at), byte);
}
#endif

}  // namespace

size_t CountByte(std::string_view text, char byte) {
#if defined(__x86_64__)
  static const bool kAvx2 = __builtin_cpu_supports("avx2") != 0;
  if (kAvx2) return CountAvx2(text, byte);
#endif
  return CountPortable(text, byte);
}

size_t FindLastByte(std::string_view text, char byte) {
#if defined(__GLIBC__)
  if (text.empty()) return std::string_view::npos;
  const void* hit = ::memrchr(text.data(), byte, text.size());
  return hit == nullptr ? std::string_view::npos
                        : static_cast<size_t>(static_cast<const char*>(hit) - text.data());
#else
  return text.rfind(byte);
#endif
}

}  // namespace spelk
