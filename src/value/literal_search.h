// Fast search for literals in bytes: what the prefilter and free-text terms run on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "value/sampled_search.h"

namespace spelk {

// Finds one ASCII literal. Ignoring case means ASCII letters only: whoever needs Unicode's fold
// gives a piece of the text without `k` and `s`, to which other code points fold
// (SafeCaselessPiece). Immutable.
class LiteralFinder {
 public:
  // The literal is not empty.
  LiteralFinder(std::string_view literal, bool ignore_case);

  // The first occurrence at or after `from`; npos if there is none.
  size_t Find(std::string_view text, size_t from = 0) const;
  const std::string& literal() const { return literal_; }

 private:
  friend class LiteralSet;
  bool EqualsAt(const char* at) const;
  size_t FindPortable(std::string_view text, size_t from) const;
  size_t FindAvx2(std::string_view text, size_t from) const;

  std::string literal_;  // Lower case if case is ignored.
  std::string mask_;     // 0x20 where the byte is a letter and case is ignored.
  size_t first_ = 0;     // Places of the two bytes that are rarest in event data.
  size_t second_ = 0;
  bool avx2_ = false;
};

// Finds any of several literals in one pass (bucketed nibble tables over the first bytes, as
// "Teddy" does). Those tables say less the more literals there are: most of many are found by
// SampledSearch.
class LiteralSet {
 public:
  LiteralSet(std::vector<std::string> literals, bool ignore_case);

  // The first position at or after `from` where any of them stands.
  size_t Find(std::string_view text, size_t from = 0) const;
  size_t size() const { return size_; }

 private:
  static constexpr size_t kBytes = 3;  // Of each literal, in the tables.
  void TakeMany(std::vector<std::string>* literals, bool ignore_case);
  size_t FindBoth(std::string_view text, size_t from) const;
  size_t FindInTables(std::string_view text, size_t from) const;
  bool AnyAt(std::string_view text, size_t at, unsigned buckets) const;
  size_t FindPortable(std::string_view text, size_t from) const;
  size_t FindAvx2(std::string_view text, size_t from) const;

  std::optional<SampledSearch> many_;
  size_t longest_ = 0;  // Of all.
  size_t size_ = 0;
  std::vector<LiteralFinder> finders_;
  std::array<std::vector<uint32_t>, 8> buckets_;
  // For each of the first bytes: by low nibble and by high nibble, the buckets that may have it
  // there.
  std::array<std::array<uint8_t, 16>, kBytes> low_{};
  std::array<std::array<uint8_t, 16>, kBytes> high_{};
  size_t bytes_ = kBytes;  // The shortest literal may have fewer.
  bool avx2_ = false;
};

// How common a byte is in event data, roughly.
int Commonness(char c);

// The stretch of a text that a caseless ASCII search may look for so that no text equal under the
// one case fold is missed: the longest run (of the rarest bytes, roughly) of ASCII without k and s.
// Empty if there is none.
std::string_view SafeCaselessPiece(std::string_view folded);

}  // namespace spelk
