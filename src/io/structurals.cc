// The bits of 64 bytes at a time: what is escaped, what is in a string, what begins. Once for each
// set of instructions that helps; the steps are the same (structurals_steps.inc).
#include "io/structurals.h"

#include <array>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#define SPELK_HAS_X86_CODE 1
#elif defined(__aarch64__)
#include <arm_neon.h>
#define SPELK_HAS_ARM_CODE 1
#endif

namespace spelk::io {
namespace {

// Which of 64 bytes are of which kind: one bit a byte, the first byte's the lowest.
struct ByteMasks {
  uint64_t quotes;
  uint64_t backslashes;
  uint64_t operators;
  uint64_t blanks;
  uint64_t controls;
  uint64_t non_ascii;
};

constexpr bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool AreEscapes(std::string_view text, size_t at, uint64_t bits) {
  for (; bits != 0; bits &= bits - 1) {
    if (!IsEscape(text, at + static_cast<size_t>(__builtin_ctzll(bits)))) return false;
  }
  return true;
}

// ---------------------------------------------------------------- any processor
namespace portable {

#define SPELK_TARGET

// What a byte is: a bit for each mask.
constexpr auto kKinds = [] {
  std::array<uint8_t, 256> kinds{};
  for (size_t c = 0; c < 256; ++c) {
    const size_t folded = c | 0x20U;
    const bool op = folded == '{' || folded == '}' || folded == ':' || folded == ',';
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    kinds[c] =
        static_cast<uint8_t>((c == '"' ? 1U : 0U) | (c == '\\' ? 2U : 0U) | (op ? 4U : 0U) |
                             (blank ? 8U : 0U) | (c < 0x20 ? 16U : 0U) | (c >= 0x80 ? 32U : 0U));
  }
  return kinds;
}();

// The lowest bits of eight bytes, side by side.
uint64_t Gather(uint64_t bytes) {
  return (bytes & 0x0101010101010101U) * 0x0102040810204080U >> 56U;
}

struct Block {
  explicit Block(const char* text) { std::memcpy(bytes, text, sizeof(bytes)); }

  ByteMasks Masks() const {
    ByteMasks masks{};
    for (size_t at = 0; at < 64; at += 8) {
      uint64_t kinds = 0;
      for (size_t i = 0; i < 8; ++i) kinds |= uint64_t{kKinds[bytes[at + i]]} << (8 * i);
      masks.quotes |= Gather(kinds) << at;
      masks.backslashes |= Gather(kinds >> 1U) << at;
      masks.operators |= Gather(kinds >> 2U) << at;
      masks.blanks |= Gather(kinds >> 3U) << at;
      masks.controls |= Gather(kinds >> 4U) << at;
      masks.non_ascii |= Gather(kinds >> 5U) << at;
    }
    return masks;
  }
  // Of some bytes after backslashes, those that must be looked at one by one.
  uint64_t Doubtful(uint64_t some) const { return some; }

  uint8_t bytes[64];
};

// Each bit of the result is the sum, without carries, of the bits up to it.
uint64_t PrefixXor(uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

uint32_t* WriteOffsets(uint64_t bits, uint32_t base, uint32_t* out) {
  for (; bits != 0; bits &= bits - 1) *out++ = base + static_cast<uint32_t>(__builtin_ctzll(bits));
  return out;
}

#include "io/structurals_steps.inc"
#undef SPELK_TARGET

}  // namespace portable

#if SPELK_HAS_X86_CODE || SPELK_HAS_ARM_CODE

// Tables that a byte's lower four bits look up. A byte is a blank if it equals its entry, and an
// operator if it does with 0x20 set; no other byte equals the fillers.
constexpr char kBlank[16] = {' ', 100,  100,  100, 17,  100,  113, 2,
                             100, '\t', '\n', 112, 100, '\r', 100, 100};
constexpr char kOperator[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0};
// A byte may stand after a backslash if its entries of both tables, by its lower and its upper
// four bits, share a bit. "u" is left out: what follows it must be looked at.
constexpr char kEscapeLow[16] = {0, 0, 5, 0, 8, 0, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1};
constexpr char kEscapeHigh[16] = {0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0};

#endif

#if SPELK_HAS_ARM_CODE
// ---------------------------------------------------------------- NEON, which every 64-bit Arm has
namespace neon {

#define SPELK_TARGET

inline uint8x16_t Table(const char (&table)[16]) {
  return vld1q_u8(reinterpret_cast<const uint8_t*>(table));
}

// The truths of 64 bytes, side by side.
inline uint64_t Join(const uint8x16x4_t& truths) {
  constexpr uint8_t kBits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bits = vld1q_u8(kBits);
  const uint8x16_t low = vpaddq_u8(vandq_u8(truths.val[0], bits), vandq_u8(truths.val[1], bits));
  const uint8x16_t high = vpaddq_u8(vandq_u8(truths.val[2], bits), vandq_u8(truths.val[3], bits));
  const uint8x16_t pairs = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
}

template <class Test>
uint64_t MaskOf(const uint8x16x4_t& in, const Test& test) {
  return Join({{test(in.val[0]), test(in.val[1]), test(in.val[2]), test(in.val[3])}});
}

struct Block {
  explicit Block(const char* text) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(text);
    for (size_t i = 0; i < 4; ++i) in.val[i] = vld1q_u8(bytes + 16 * i);
  }

  ByteMasks Masks() const {
    const uint8x16_t blank = Table(kBlank);
    const uint8x16_t op = Table(kOperator);
    const uint8x16_t nibble = vdupq_n_u8(15);
    return {
        .quotes = MaskOf(in, [](uint8x16_t v) { return vceqq_u8(v, vdupq_n_u8('"')); }),
        .backslashes = MaskOf(in, [](uint8x16_t v) { return vceqq_u8(v, vdupq_n_u8('\\')); }),
        .operators = MaskOf(in,
                            [&](uint8x16_t v) {
                              return vceqq_u8(vorrq_u8(v, vdupq_n_u8(0x20)),
                                              vqtbl1q_u8(op, vandq_u8(v, nibble)));
                            }),
        .blanks = MaskOf(
            in, [&](uint8x16_t v) { return vceqq_u8(v, vqtbl1q_u8(blank, vandq_u8(v, nibble))); }),
        .controls = MaskOf(in, [](uint8x16_t v) { return vcltq_u8(v, vdupq_n_u8(0x20)); }),
        .non_ascii = MaskOf(in, [](uint8x16_t v) { return vcgeq_u8(v, vdupq_n_u8(0x80)); })};
  }
  uint64_t Doubtful(uint64_t some) const {
    const uint8x16_t nibble = vdupq_n_u8(15);
    return some & ~MaskOf(in, [&](uint8x16_t v) {
             return vtstq_u8(vqtbl1q_u8(Table(kEscapeLow), vandq_u8(v, nibble)),
                             vqtbl1q_u8(Table(kEscapeHigh), vshrq_n_u8(v, 4)));
           });
  }

  uint8x16x4_t in;
};

using portable::PrefixXor;
using portable::WriteOffsets;

#include "io/structurals_steps.inc"
#undef SPELK_TARGET

}  // namespace neon
#endif

#if SPELK_HAS_X86_CODE
__m128i Load(const char (&table)[16]) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
}

// ---------------------------------------------------------------- AVX2
namespace avx2 {

#define SPELK_TARGET __attribute__((target("avx2,bmi,popcnt,pclmul")))

SPELK_TARGET inline uint64_t Join(__m256i low, __m256i high) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(low)) |
         uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(high))} << 32U;
}

SPELK_TARGET inline uint64_t Equal(__m256i a, __m256i b, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  return Join(_mm256_cmpeq_epi8(a, wanted), _mm256_cmpeq_epi8(b, wanted));
}

SPELK_TARGET inline __m256i IsBlank(__m256i in) {
  return _mm256_cmpeq_epi8(in, _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(Load(kBlank)), in));
}

SPELK_TARGET inline __m256i IsOperator(__m256i in) {
  return _mm256_cmpeq_epi8(_mm256_or_si256(in, _mm256_set1_epi8(0x20)),
                           _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(Load(kOperator)), in));
}

SPELK_TARGET inline __m256i IsControl(__m256i in) {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(in, _mm256_set1_epi8(0x1F)), in);
}

SPELK_TARGET inline __m256i IsDoubtful(__m256i in) {
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i low = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(Load(kEscapeLow)),
                                          _mm256_and_si256(in, nibble));
  const __m256i high = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(Load(kEscapeHigh)),
                                           _mm256_and_si256(_mm256_srli_epi16(in, 4), nibble));
  return _mm256_cmpeq_epi8(_mm256_and_si256(low, high), _mm256_setzero_si256());
}

struct Block {
  SPELK_TARGET explicit Block(const char* text)
      : a(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text))),
        b(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32))) {}

  SPELK_TARGET ByteMasks Masks() const {
    return {.quotes = Equal(a, b, '"'),
            .backslashes = Equal(a, b, '\\'),
            .operators = Join(IsOperator(a), IsOperator(b)),
            .blanks = Join(IsBlank(a), IsBlank(b)),
            .controls = Join(IsControl(a), IsControl(b)),
            .non_ascii = Join(a, b)};
  }
  SPELK_TARGET uint64_t Doubtful(uint64_t some) const {
    return some & Join(IsDoubtful(a), IsDoubtful(b));
  }

  __m256i a;
  __m256i b;
};

SPELK_TARGET inline uint64_t PrefixXor(uint64_t bits) {
  return static_cast<uint64_t>(_mm_cvtsi128_si64(
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0)));
}

// Writes eight entries at once, and more than there are: the next overwrite them.
SPELK_TARGET inline uint32_t* WriteOffsets(uint64_t bits, uint32_t base, uint32_t* out) {
  const auto count = static_cast<size_t>(__builtin_popcountll(bits));
  for (size_t done = 0; done < count; done += 8) {
    for (size_t i = 0; i < 8; ++i) {
      out[done + i] = base + static_cast<uint32_t>(_tzcnt_u64(bits));
      bits = _blsr_u64(bits);
    }
  }
  return out + count;
}

#include "io/structurals_steps.inc"
#undef SPELK_TARGET

}  // namespace avx2

// ---------------------------------------------------------------- AVX-512
namespace avx512 {

#define SPELK_TARGET __attribute__((target("avx512f,avx512bw,avx512vbmi2,bmi,popcnt,pclmul")))

SPELK_TARGET inline __m512i Table(const char (&table)[16]) {
  return _mm512_maskz_broadcast_i32x4(0xFFFF, Load(table));
}

struct Block {
  SPELK_TARGET explicit Block(const char* text) : in(_mm512_loadu_si512(text)) {}

  SPELK_TARGET ByteMasks Masks() const {
    return {.quotes = _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8('"')),
            .backslashes = _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8('\\')),
            .operators = _mm512_cmpeq_epi8_mask(_mm512_or_si512(in, _mm512_set1_epi8(0x20)),
                                                _mm512_shuffle_epi8(Table(kOperator), in)),
            .blanks = _mm512_cmpeq_epi8_mask(in, _mm512_shuffle_epi8(Table(kBlank), in)),
            .controls = _mm512_cmplt_epu8_mask(in, _mm512_set1_epi8(0x20)),
            .non_ascii = _mm512_movepi8_mask(in)};
  }
  SPELK_TARGET uint64_t Doubtful(uint64_t some) const {
    const __m512i nibble = _mm512_set1_epi8(15);
    const __m512i low = _mm512_shuffle_epi8(Table(kEscapeLow), _mm512_and_si512(in, nibble));
    const __m512i high =
        _mm512_shuffle_epi8(Table(kEscapeHigh), _mm512_and_si512(_mm512_srli_epi16(in, 4), nibble));
    return some & ~_mm512_test_epi8_mask(low, high);
  }

  __m512i in;
};

SPELK_TARGET inline uint64_t PrefixXor(uint64_t bits) {
  return static_cast<uint64_t>(_mm_cvtsi128_si64(
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0)));
}

constexpr auto kPlaces = [] {
  struct {
    alignas(64) char of[64];
  } places{};
  for (size_t i = 0; i < 64; ++i) places.of[i] = static_cast<char>(i);
  return places;
}();

// g++ 12 sees uninitialized values in the intrinsics without a mask (GCC bug 105593).
SPELK_TARGET inline void WriteSixteen(__m128i places, __m512i bases, uint32_t* out) {
  _mm512_storeu_si512(out, _mm512_add_epi32(_mm512_maskz_cvtepu8_epi32(0xFFFF, places), bases));
}

// Writes sixteen entries at once, and more than there are: the next overwrite them.
SPELK_TARGET inline uint32_t* WriteOffsets(uint64_t bits, uint32_t base, uint32_t* out) {
  const auto count = static_cast<size_t>(__builtin_popcountll(bits));
  const __m512i bases = _mm512_set1_epi32(static_cast<int>(base));
  const __m512i found = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(kPlaces.of));
  WriteSixteen(_mm512_maskz_extracti32x4_epi32(0xF, found, 0), bases, out);
  if (count > 16) [[unlikely]] {
    WriteSixteen(_mm512_maskz_extracti32x4_epi32(0xF, found, 1), bases, out + 16);
    WriteSixteen(_mm512_maskz_extracti32x4_epi32(0xF, found, 2), bases, out + 32);
    WriteSixteen(_mm512_maskz_extracti32x4_epi32(0xF, found, 3), bases, out + 48);
  }
  return out + count;
}

#include "io/structurals_steps.inc"
#undef SPELK_TARGET

}  // namespace avx512
#endif

}  // namespace

bool IsEscape(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  switch (text[at]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return true;
    case 'u':
      return at + 4 < text.size() && IsHex(text[at + 1]) && IsHex(text[at + 2]) &&
             IsHex(text[at + 3]) && IsHex(text[at + 4]);
    default:
      return false;
  }
}

std::span<const NamedFinder> StructuralsFinders() {
  static const std::vector<NamedFinder> finders = [] {
    std::vector<NamedFinder> all = {{"any processor", portable::Find}};
#if SPELK_HAS_X86_CODE
    const bool clmul = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("bmi") != 0;
    if (clmul && __builtin_cpu_supports("avx2") != 0) {
      all.push_back({"AVX2", avx2::Find});
      if (__builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0) {
        all.push_back({"AVX-512", avx512::Find});
      }
    }
#endif
#if SPELK_HAS_ARM_CODE
    all.push_back({"NEON", neon::Find});
#endif
    return all;
  }();
  return finders;
}

}  // namespace spelk::io
