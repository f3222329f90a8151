// simdjson's first stage, line by line, and the checks that decide whether a line is an event.
#include "io/json_index.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "io/block_source.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define SPELK_HAS_AVX2_CODE 1
#endif

namespace spelk::io {
namespace {

constexpr size_t kFirstCapacity = 64U << 10U;
constexpr size_t kKeptCapacity = 4U << 20U;  // What Shrink leaves.

constexpr bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The escape whose backslash stands before `at` is one of JSON's.
bool IsValidEscape(std::string_view text, size_t at) {
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

bool EscapesAreValidFrom(std::string_view text, size_t from) {
  while (from < text.size()) {
    const void* hit = std::memchr(text.data() + from, '\\', text.size() - from);
    if (hit == nullptr) return true;
    from = static_cast<size_t>(static_cast<const char*>(hit) - text.data());
    if (!IsValidEscape(text, from + 1)) return false;
    from += 2;
  }
  return true;
}

#if SPELK_HAS_AVX2_CODE
// Which of 32 bytes are among " \ / b f n r t u.
__attribute__((target("avx2"), always_inline)) inline uint32_t EscapeLetters(__m256i bytes) {
  const __m256i low = _mm256_setr_epi8(0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1,  //
                                       0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1);
  const __m256i high = _mm256_setr_epi8(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                        0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i known = _mm256_and_si256(
      _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble)),
      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble)));
  return ~static_cast<uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(known, _mm256_setzero_si256())));
}

__attribute__((target("avx2"), always_inline)) inline uint32_t EqualBytes(__m256i bytes, char c) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c))));
}

uint64_t Join(uint32_t low, uint32_t high) { return low | uint64_t{high} << 32U; }

// 64 bytes at a time: which bytes are escaped (after an odd run of backslashes). Often all of them
// are backslashes, too. The \u forms and the last bytes go the slow way.
__attribute__((target("avx2"))) bool EscapesAreValidAvx2(std::string_view text) {
  constexpr uint64_t kEven = 0x5555555555555555U;
  uint64_t carried = 0;  // The first byte of the next block is escaped.
  size_t at = 0;
  for (; at + 64 <= text.size(); at += 64) {
    const auto* block = reinterpret_cast<const __m256i*>(text.data() + at);
    const __m256i low = _mm256_loadu_si256(block);
    const __m256i high = _mm256_loadu_si256(block + 1);
    const uint64_t all = Join(EqualBytes(low, '\\'), EqualBytes(high, '\\'));
    if ((all | carried) == 0) continue;
    const uint64_t slashes = all & ~carried;
    const uint64_t follows = (slashes << 1U) | carried;
    const uint64_t odd_starts = slashes & ~kEven & ~follows;
    uint64_t from_even = 0;
    carried = __builtin_add_overflow(odd_starts, slashes, &from_even) ? 1U : 0U;
    const uint64_t escaped = (kEven ^ (from_even << 1U)) & follows;
    if ((escaped & ~all) == 0) continue;
    if ((escaped & ~Join(EscapeLetters(low), EscapeLetters(high))) != 0) return false;
    uint64_t unicode = escaped & Join(EqualBytes(low, 'u'), EqualBytes(high, 'u'));
    for (; unicode != 0; unicode &= unicode - 1) {
      if (!IsValidEscape(text, at + static_cast<size_t>(std::countr_zero(unicode)))) return false;
    }
  }
  if (carried != 0) {
    if (!IsValidEscape(text, at)) return false;
    ++at;
  }
  return EscapesAreValidFrom(text, at);
}
#endif

}  // namespace

std::string_view Describe(LineVerdict verdict) {
  switch (verdict) {
    case LineVerdict::kEvent:
      return "an event";
    case LineVerdict::kBlank:
      return "a blank line";
    case LineVerdict::kNotUtf8:
      return "not UTF-8";
    case LineVerdict::kUnclosedString:
      return "a string is not closed";
    case LineVerdict::kNotOneObject:
      return "not one JSON object";
    case LineVerdict::kNoMemory:
      return "too long for the memory budget";
  }
  return "";
}

bool EscapesAreValid(std::string_view text) {
#if SPELK_HAS_AVX2_CODE
  if (__builtin_cpu_supports("avx2") != 0) return EscapesAreValidAvx2(text);
#endif
  return EscapesAreValidFrom(text, 0);
}

bool IsValidStringContent(std::string_view content) {
  return std::none_of(content.begin(), content.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20U; }) &&
         EscapesAreValidFrom(content, 0);
}

JsonIndex::JsonIndex(MemoryBudget* budget) : reservation_(budget), for_sanitized_(budget) {}
JsonIndex::JsonIndex(JsonIndex&&) noexcept = default;
JsonIndex::~JsonIndex() = default;

bool JsonIndex::EnsureCapacity(size_t size) {
  if (size <= capacity_) return true;
  const size_t wanted = std::max(kFirstCapacity, size + size / 4);
  // simdjson keeps four bytes of index for each byte of text.
  if (!reservation_.Resize(wanted * sizeof(uint32_t) + simdjson::SIMDJSON_PADDING)) return false;
  if (parser_ == nullptr) {
    const auto error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, parser_);
    capacity_ = error == simdjson::SUCCESS ? wanted : 0;
    return capacity_ != 0;
  }
  capacity_ = parser_->set_capacity(wanted) == simdjson::SUCCESS ? wanted : 0;
  return capacity_ != 0;
}

bool JsonIndex::Reserve(size_t size) {
  const size_t copied = size + kSlack;
  return EnsureCapacity(size) &&
         (copied <= for_sanitized_.bytes() || for_sanitized_.Resize(copied));
}

void JsonIndex::Shrink() {
  if (capacity_ <= kKeptCapacity) return;
  parser_.reset();
  capacity_ = 0;
  reservation_.Clear();
  sanitized_ = std::string();
  for_sanitized_.Clear();
}

LineVerdict JsonIndex::RunStage1(std::string_view line) {
  const auto error = parser_->stage1(reinterpret_cast<const uint8_t*>(line.data()), line.size(),
                                     simdjson::stage1_mode::regular);
  if (error == simdjson::SUCCESS) return LineVerdict::kEvent;
  if (error == simdjson::UTF8_ERROR) return LineVerdict::kNotUtf8;
  if (error == simdjson::UNCLOSED_STRING) {
    return simdjson::validate_utf8(line.data(), line.size()) ? LineVerdict::kUnclosedString
                                                             : LineVerdict::kNotUtf8;
  }
  if (error == simdjson::EMPTY) return LineVerdict::kBlank;
  return LineVerdict::kNotOneObject;
}

bool JsonIndex::IsOneObject() const {
  static constexpr auto kDepthOf = [] {
    std::array<int8_t, 256> table{};
    table['{'] = table['['] = 1;
    table['}'] = table[']'] = -1;
    return table;
  }();
  int64_t depth = 0;
  const uint32_t last = count_ - 1;
  for (uint32_t i = 0; i < last; ++i) {
    depth += kDepthOf[static_cast<unsigned char>(text_[structurals_[i]])];
    if (depth == 0) [[unlikely]]
      return false;
  }
  return depth == 1 && text_[structurals_[last]] == '}';
}

LineVerdict JsonIndex::Index(std::string_view line) {
  const LineVerdict verdict = IndexUnmatched(line);
  if (verdict != LineVerdict::kEvent || IsOneObject()) return verdict;
  return LineVerdict::kNotOneObject;
}

LineVerdict JsonIndex::IndexUnmatched(std::string_view line) {
  original_ = line;
  text_ = line;
  suspect_ = false;
  count_ = 0;
  if (line.empty()) return LineVerdict::kBlank;
  if (!EnsureCapacity(line.size())) return LineVerdict::kNoMemory;
  const auto error = parser_->stage1(reinterpret_cast<const uint8_t*>(line.data()), line.size(),
                                     simdjson::stage1_mode::regular);
  LineVerdict verdict = LineVerdict::kEvent;
  if (error == simdjson::UNESCAPED_CHARS) [[unlikely]] {
    // A raw control character in a string is a fault of its member, not of the line.
    const size_t copied = line.size() + kSlack;
    if (copied > for_sanitized_.bytes() && !for_sanitized_.Resize(copied)) {
      return LineVerdict::kNoMemory;
    }
    sanitized_.assign(line);
    std::replace_if(
        sanitized_.begin(), sanitized_.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, ' ');
    sanitized_.append(kSlack, ' ');
    text_ = std::string_view(sanitized_).substr(0, line.size());
    suspect_ = true;
    verdict = RunStage1(text_);
  } else if (error != simdjson::SUCCESS) [[unlikely]] {
    verdict = RunStage1(line);
  }
  if (verdict != LineVerdict::kEvent) return verdict;
  structurals_ = parser_->structural_indexes.get();
  count_ = parser_->n_structural_indexes;
  if (count_ < 2 || text_[structurals_[0]] != '{') return LineVerdict::kNotOneObject;
  suspect_ = suspect_ || !EscapesAreValid(line);
  return LineVerdict::kEvent;
}

}  // namespace spelk::io
