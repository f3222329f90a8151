// Literal search with AVX2 where the machine has it, and in portable form otherwise.
#include "value/literal_search.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

#include "value/ascii.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define SPELK_HAS_AVX2_CODE 1
#endif

namespace spelk {
namespace {}  // namespace

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

LiteralFinder::LiteralFinder(std::string_view literal, bool ignore_case, bool is_key, bool of_text)
    : literal_(literal),
      mask_(literal.size(), '\0'),
      ignore_case_(ignore_case),
      is_key_(is_key),
      of_text_(of_text),
      avx2_(HasAvx2()) {
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

namespace {

// A quote and a colon, in JSON text that a string holds with backslashes before the quote; or the
// braces of a list.
bool EndsKey(std::string_view text, size_t at) {
  if (text[at] == '{') return true;
  const size_t quote = text.find_first_not_of('\\', at);
  if (quote == std::string_view::npos || text[quote] != '"') return false;
  const size_t next = text.find_first_not_of(" \t\r", quote + 1);
  if (next == std::string_view::npos) return false;
  // Within a string a blank may be written as an escape.
  return text[next] == ':' || (quote > at && text[next] == '\\');
}

// Behind the name of a key: a colon and the quote of a string.
bool HoldsText(std::string_view text, size_t at) {
  const size_t quote = text.find('"', at);
  const size_t colon = text.find(':', std::min(quote, text.size()));
  if (colon == std::string_view::npos) return false;
  const size_t value = text.find_first_not_of(" \t\r", colon + 1);
  return value != std::string_view::npos && (text[value] == '"' || text[value] == '\\');
}

}  // namespace

bool LiteralFinder::StandsAt(std::string_view text, size_t at) const {
  if (text.size() - at < literal_.size() || !EqualsAt(text.data() + at)) return false;
  if (!is_key_) return true;
  const size_t end = at + literal_.size();
  if (at == 0 || end == text.size()) return false;
  const char before = text[at - 1];
  if ((before != '"' && before != '.') || !EndsKey(text, end)) return false;
  return !of_text_ || HoldsText(text, end);
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
    if (StandsAt(text, at)) return at;
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
      if (StandsAt(text, at + offset)) return at + offset;
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

LiteralSet::LiteralSet(std::vector<LiteralFinder> finders)
    : finders_(std::move(finders)), in_tables_(finders_.size()), avx2_(HasAvx2()) {
  TakeMany();
  for (size_t i = 0; i < in_tables_; ++i) bytes_ = std::min(bytes_, finders_[i].literal_.size());
  for (size_t i = 0; i < in_tables_; ++i) {
    const LiteralFinder& finder = finders_[i];
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

// Puts what is found by SampledSearch after the others: of many literals all but keys, those that
// treat case otherwise than most, and a few short ones, which would shorten its steps.
void LiteralSet::TakeMany() {
  constexpr size_t kMostInTables = 24;
  constexpr size_t kShort = 6;
  constexpr size_t kFew = 8;
  if (finders_.size() <= kMostInTables) return;
  size_t ignoring = 0;
  size_t exact = 0;
  for (const LiteralFinder& finder : finders_) {
    longest_ = std::max(longest_, finder.literal_.size());
    has_keys_ = has_keys_ || finder.is_key_;
    if (!finder.is_key_) ++(finder.ignore_case_ ? ignoring : exact);
  }
  const bool ignore_case = ignoring > exact;
  const auto alike = [ignore_case](const LiteralFinder& finder) {
    return !finder.is_key_ && finder.ignore_case_ == ignore_case;
  };
  const auto short_ones = std::count_if(finders_.begin(), finders_.end(), [&](const auto& finder) {
    return alike(finder) && finder.literal_.size() < kShort;
  });
  const size_t shortest =
      short_ones > static_cast<std::ptrdiff_t>(kFew) ? SampledSearch::kLeastBytes : kShort;
  const auto first = std::partition(finders_.begin(), finders_.end(), [&](const auto& finder) {
    return !alike(finder) || finder.literal_.size() < shortest;
  });
  if (first == finders_.end()) return;
  in_tables_ = static_cast<size_t>(first - finders_.begin());
  std::vector<std::string> many;
  for (size_t i = in_tables_; i < finders_.size(); ++i) many.push_back(finders_[i].literal_);
  many_.emplace(std::move(many), ignore_case);
}

bool LiteralSet::AnyAt(std::string_view text, size_t at, unsigned buckets) const {
  while (buckets != 0) {
    for (const uint32_t index : buckets_[static_cast<size_t>(__builtin_ctz(buckets))]) {
      if (finders_[index].StandsAt(text, at)) return true;
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

// Two bytes of each, compared directly: fewer steps than the tables.
__attribute__((target("avx2"))) size_t LiteralSet::FindEitherAvx2(std::string_view text,
                                                                  size_t from) const {
  __m256i bytes[2][2];
  __m256i masks[2][2];
  size_t places[2][2];
  for (size_t f = 0; f < 2; ++f) {
    const LiteralFinder& finder = finders_[f];
    places[f][0] = finder.first_;
    places[f][1] = finder.second_;
    for (size_t b = 0; b < 2; ++b) {
      bytes[f][b] = _mm256_set1_epi8(finder.literal_[places[f][b]]);
      masks[f][b] = _mm256_set1_epi8(finder.mask_[places[f][b]]);
    }
  }
  const auto matches = [&](size_t f, const char* p) __attribute__((target("avx2"))) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + places[f][0]));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + places[f][1]));
    return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(a, masks[f][0]), bytes[f][0]),
                            _mm256_cmpeq_epi8(_mm256_or_si256(b, masks[f][1]), bytes[f][1]));
  };
  const size_t longest = std::max(finders_[0].literal_.size(), finders_[1].literal_.size());
  size_t at = from;
  for (; at + 32 + longest <= text.size(); at += 32) {
    const char* p = text.data() + at;
    const __m256i one = matches(0, p);
    const __m256i other = matches(1, p);
    auto hits = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_or_si256(one, other)));
    if (hits == 0) continue;
    const auto of_one = static_cast<unsigned>(_mm256_movemask_epi8(one));
    const auto of_other = static_cast<unsigned>(_mm256_movemask_epi8(other));
    while (hits != 0) {
      const auto offset = static_cast<size_t>(__builtin_ctz(hits));
      const unsigned bit = hits & (0U - hits);
      if (((of_one & bit) != 0 && finders_[0].StandsAt(text, at + offset)) ||
          ((of_other & bit) != 0 && finders_[1].StandsAt(text, at + offset))) {
        return at + offset;
      }
      hits ^= bit;
    }
  }
  return std::min(finders_[0].FindPortable(text, at), finders_[1].FindPortable(text, at));
}
#else
size_t LiteralSet::FindAvx2(std::string_view text, size_t from) const {
  return FindPortable(text, from);
}
size_t LiteralSet::FindEitherAvx2(std::string_view text, size_t from) const {
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
    size_t end = from + kStretch + longest_ - 1;
    // What stands after a key, within its line, tells whether it is one.
    if (has_keys_) end = text.find('\n', end);
    const std::string_view part = text.substr(0, end);
    const size_t found = std::min(many_->Find(part, from), FindInTables(part, from));
    if (found < from + kStretch) return found;
  }
  return std::string_view::npos;
}

size_t LiteralSet::FindInTables(std::string_view text, size_t from) const {
  if (in_tables_ == 0) return std::string_view::npos;
  if (in_tables_ == 1) return finders_.front().Find(text, from);
  if (in_tables_ == 2 && avx2_) return FindEitherAvx2(text, from);
  return avx2_ ? FindAvx2(text, from) : FindPortable(text, from);
}

// ---------------------------------------------------------------- many literals

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
