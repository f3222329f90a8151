// Literal search with AVX2 where the machine has it, and in portable form otherwise.
#include "value/literal_search.h"

#include <algorithm>
#include <cstring>

#include "value/ascii.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define SPELK_HAS_AVX2_CODE 1
#endif

namespace spelk {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

// The search for one literal anchors on its rarest two bytes.
int Commonness(char c) {
  switch (LowerAscii(c)) {
    case '"':
    case ':':
    case ',':
    case ' ':
    case '0':
    case 'e':
    case '\\':
      return 9;
    case '1':
    case '2':
    case 't':
    case 'a':
    case 'i':
    case 'o':
    case 'n':
    case 'r':
    case 's':
      return 7;
    case '3':
    case '4':
    case '5':
    case 'c':
    case 'd':
    case 'l':
    case 'm':
    case 'u':
    case 'p':
      return 6;
    case '6':
    case '7':
    case '8':
    case '9':
    case 'f':
    case 'g':
    case 'h':
    case 'y':
    case 'w':
    case 'b':
    case 'v':
    case '-':
    case '.':
      return 4;
    default:
      return 2;
  }
}

namespace {

bool HasAvx2() {
#if SPELK_HAS_AVX2_CODE
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

}  // namespace

LiteralFinder::LiteralFinder(std::string_view literal, bool ignore_case)
    : literal_(literal), mask_(literal.size(), '\0'), avx2_(HasAvx2()) {
  for (size_t i = 0; ignore_case && i < literal_.size(); ++i) {
    if (!IsLetter(literal_[i])) continue;
    literal_[i] = LowerAscii(literal_[i]);
    mask_[i] = 0x20;
  }
  const auto rarest = [this](size_t besides) {
    size_t best = besides == 0 ? std::min<size_t>(1, literal_.size() - 1) : 0;
    for (size_t i = 0; i < literal_.size(); ++i) {
      if (i != besides && Commonness(literal_[i]) < Commonness(literal_[best])) best = i;
    }
    return best;
  };
  first_ = rarest(literal_.size());
  second_ = rarest(first_);
}

bool LiteralFinder::EqualsAt(const char* at) const {
  for (size_t i = 0; i < literal_.size(); ++i) {
    if (static_cast<char>(at[i] | mask_[i]) != literal_[i]) return false;
  }
  return true;
}

size_t LiteralFinder::FindPortable(std::string_view text, size_t from) const {
  if (text.size() < literal_.size()) return std::string_view::npos;
  const size_t last = text.size() - literal_.size();
  const char anchor = literal_[first_];
  const bool letter = mask_[first_] != 0;
  for (size_t at = from; at <= last; ++at) {
    const char* start = text.data() + at + first_;
    if (!letter) {
      const void* hit = std::memchr(start, anchor, last - at + 1);
      if (hit == nullptr) return std::string_view::npos;
      at = static_cast<size_t>(static_cast<const char*>(hit) - text.data()) - first_;
    } else if (static_cast<char>(*start | 0x20) != anchor) {
      continue;
    }
    if (EqualsAt(text.data() + at)) return at;
  }
  return std::string_view::npos;
}

#if SPELK_HAS_AVX2_CODE
__attribute__((target("avx2"))) size_t LiteralFinder::FindAvx2(std::string_view text,
                                                               size_t from) const {
  if (text.size() < literal_.size()) return std::string_view::npos;
  const size_t last = text.size() - literal_.size();
  const __m256i first = _mm256_set1_epi8(literal_[first_]);
  const __m256i first_mask = _mm256_set1_epi8(mask_[first_]);
  const __m256i second = _mm256_set1_epi8(literal_[second_]);
  const __m256i second_mask = _mm256_set1_epi8(mask_[second_]);
  size_t at = from;
  for (; at + 32 <= last + 1; at += 32) {
    const char* p = text.data() + at;
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + first_));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + second_));
    const __m256i both =
        _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(a, first_mask), first),
                         _mm256_cmpeq_epi8(_mm256_or_si256(b, second_mask), second));
    auto hits = static_cast<unsigned>(_mm256_movemask_epi8(both));
    while (hits != 0) {
      const auto offset = static_cast<size_t>(__builtin_ctz(hits));
      if (EqualsAt(p + offset)) return at + offset;
      hits &= hits - 1;
    }
  }
  return FindPortable(text, at);
}
#else
size_t LiteralFinder::FindAvx2(std::string_view text, size_t from) const {
  return FindPortable(text, from);
}
#endif

size_t LiteralFinder::Find(std::string_view text, size_t from) const {
  return avx2_ ? FindAvx2(text, from) : FindPortable(text, from);
}

LiteralSet::LiteralSet(std::vector<std::string> literals, bool ignore_case) : avx2_(HasAvx2()) {
  size_ = literals.size();
  TakeMany(&literals, ignore_case);
  for (const std::string& literal : literals) bytes_ = std::min(bytes_, literal.size());
  for (size_t i = 0; i < literals.size(); ++i) {
    finders_.emplace_back(literals[i], ignore_case);
    const LiteralFinder& finder = finders_.back();
    const size_t bucket = i % buckets_.size();
    buckets_[bucket].push_back(static_cast<uint32_t>(i));
    for (size_t b = 0; b < bytes_; ++b) {
      const auto bit = static_cast<uint8_t>(1U << bucket);
      const auto add = [&](char c) {
        low_[b][static_cast<uint8_t>(c) & 15U] |= bit;
        high_[b][static_cast<uint8_t>(c) >> 4U] |= bit;
      };
      add(finder.literal_[b]);
      if (finder.mask_[b] != 0) add(static_cast<char>(finder.literal_[b] & ~0x20));
    }
  }
}

// Takes out what is found by SampledSearch: of many literals all but a few short ones, which would
// shorten its steps.
void LiteralSet::TakeMany(std::vector<std::string>* literals, bool ignore_case) {
  constexpr size_t kMostInTables = 24;
  constexpr size_t kShort = 6;
  constexpr size_t kFew = 8;
  if (literals->size() <= kMostInTables) return;
  const auto is_short = [](const std::string& literal) { return literal.size() < kShort; };
  auto first = std::partition(literals->begin(), literals->end(), is_short);
  if (first - literals->begin() > static_cast<std::ptrdiff_t>(kFew)) {
    first = std::partition(literals->begin(), literals->end(), [](const std::string& literal) {
      return literal.size() < SampledSearch::kLeastBytes;
    });
  }
  std::vector<std::string> many(first, literals->end());
  literals->erase(first, literals->end());
  for (std::string& literal : many) {
    longest_ = std::max(longest_, literal.size());
    if (!ignore_case) continue;
    std::transform(literal.begin(), literal.end(), literal.begin(),
                   [](char c) { return LowerAscii(c); });
  }
  for (const std::string& literal : *literals) longest_ = std::max(longest_, literal.size());
  if (!many.empty()) many_.emplace(std::move(many), ignore_case);
}

bool LiteralSet::AnyAt(std::string_view text, size_t at, unsigned buckets) const {
  while (buckets != 0) {
    for (const uint32_t index : buckets_[static_cast<size_t>(__builtin_ctz(buckets))]) {
      const LiteralFinder& finder = finders_[index];
      if (text.size() - at >= finder.literal_.size() && finder.EqualsAt(text.data() + at))
        return true;
    }
    buckets &= buckets - 1;
  }
  return false;
}

size_t LiteralSet::FindPortable(std::string_view text, size_t from) const {
  for (size_t at = from; at + bytes_ <= text.size(); ++at) {
    unsigned buckets = 0xFF;
    for (size_t b = 0; b < bytes_; ++b) {
      const auto byte = static_cast<uint8_t>(text[at + b]);
      buckets &= static_cast<unsigned>(low_[b][byte & 15U] & high_[b][byte >> 4U]);
    }
    if (buckets != 0 && AnyAt(text, at, buckets)) return at;
  }
  return std::string_view::npos;
}

#if SPELK_HAS_AVX2_CODE
__attribute__((target("avx2"))) size_t LiteralSet::FindAvx2(std::string_view text,
                                                            size_t from) const {
  const __m256i nibble = _mm256_set1_epi8(15);
  __m256i low[kBytes];
  __m256i high[kBytes];
  for (size_t b = 0; b < bytes_; ++b) {
    low[b] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(low_[b].data())));
    high[b] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(high_[b].data())));
  }
  size_t at = from;
  for (; at + 32 + bytes_ <= text.size(); at += 32) {
    __m256i buckets = _mm256_set1_epi8(-1);
    for (size_t b = 0; b < bytes_; ++b) {
      const __m256i bytes =
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + at + b));
      const __m256i lows = _mm256_shuffle_epi8(low[b], _mm256_and_si256(bytes, nibble));
      const __m256i highs =
          _mm256_shuffle_epi8(high[b], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
      buckets = _mm256_and_si256(buckets, _mm256_and_si256(lows, highs));
    }
    auto hits = ~static_cast<unsigned>(
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(buckets, _mm256_setzero_si256())));
    if (hits == 0) continue;
    alignas(32) std::array<uint8_t, 32> which{};
    _mm256_store_si256(reinterpret_cast<__m256i*>(which.data()), buckets);
    while (hits != 0) {
      const auto offset = static_cast<size_t>(__builtin_ctz(hits));
      if (AnyAt(text, at + offset, which[offset])) return at + offset;
      hits &= hits - 1;
    }
  }
  return FindPortable(text, at);
}
#else
size_t LiteralSet::FindAvx2(std::string_view text, size_t from) const {
  return FindPortable(text, from);
}
#endif

size_t LiteralSet::Find(std::string_view text, size_t from) const {
  return many_ ? FindBoth(text, from) : FindInTables(text, from);
}

// Stretch by stretch, so that neither search runs ahead of the other for long.
size_t LiteralSet::FindBoth(std::string_view text, size_t from) const {
  constexpr size_t kStretch = size_t{16} << 10U;
  for (; from < text.size(); from += kStretch) {
    const std::string_view part = text.substr(0, from + kStretch + longest_ - 1);
    const size_t found = std::min(many_->Find(part, from), FindInTables(part, from));
    if (found < from + kStretch) return found;
  }
  return std::string_view::npos;
}

size_t LiteralSet::FindInTables(std::string_view text, size_t from) const {
  if (finders_.empty()) return std::string_view::npos;
  if (finders_.size() == 1) return finders_.front().Find(text, from);
  return avx2_ ? FindAvx2(text, from) : FindPortable(text, from);
}

std::string_view SafeCaselessPiece(std::string_view folded) {
  std::string_view best;
  int best_score = 0;
  size_t start = 0;
  for (size_t i = 0; i <= folded.size(); ++i) {
    const bool usable = i < folded.size() && static_cast<unsigned char>(folded[i]) < 0x80U &&
                        LowerAscii(folded[i]) != 'k' && LowerAscii(folded[i]) != 's';
    if (usable) continue;
    const std::string_view piece = folded.substr(start, i - start);
    int score = 0;
    for (const char c : piece) score += 10 - Commonness(c);
    if (score > best_score) {
      best = piece;
      best_score = score;
    }
    start = i + 1;
  }
  return best;
}

}  // namespace spelk
