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
  // The literal is not empty. A key is found only where it ends the name of a JSON member: after a
  // quote or a dot, and before a quote and a colon (as they are, or in JSON text that a string
  // holds) or the braces of a list. `of_text`: and only where the member's value is a string.
  LiteralFinder(std::string_view literal, bool ignore_case, bool is_key = false,
                bool of_text = false);

  // The first occurrence at or after `from`; npos if there is none.
  size_t Find(std::string_view text, size_t from = 0) const;
  const std::string& literal() const { return literal_; }
  bool is_key() const { return is_key_; }
  bool of_text() const { return of_text_; }
  bool ignores_case() const { return ignore_case_; }
  // True if it stands there.
  bool StandsAt(std::string_view text, size_t at) const;

 private:
  friend class LiteralSet;
  bool EqualsAt(const char* at) const;
  size_t FindPortable(std::string_view text, size_t from) const;
  size_t FindAvx2(std::string_view text, size_t from) const;

  std::string literal_;  // Lower case if case is ignored.
  std::string mask_;     // 0x20 where the byte is a letter and case is ignored.
  size_t first_ = 0;     // Places of the two bytes that are rarest in event data.
  size_t second_ = 0;
  bool ignore_case_ = false;
  bool is_key_ = false;
  bool of_text_ = false;
  bool avx2_ = false;
};

// Finds any of several literals in one pass: two by two bytes of each, more with bucketed nibble
// tables over the first bytes, as "Teddy" does. Those tables say less the more literals there are:
// most of many are found by SampledSearch.
class LiteralSet {
 public:
  explicit LiteralSet(std::vector<LiteralFinder> finders);

  // The first position at or after `from` where any of them stands.
  size_t Find(std::string_view text, size_t from = 0) const;
  size_t size() const { return finders_.size(); }
  // In any order.
  const std::vector<LiteralFinder>& finders() const { return finders_; }

 private:
  static constexpr size_t kBytes = 3;  // Of each literal, in the tables.
  void TakeMany();
  size_t FindBoth(std::string_view text, size_t from) const;
  size_t FindInTables(std::string_view text, size_t from) const;
  bool AnyAt(std::string_view text, size_t at, unsigned buckets) const;
  size_t FindPortable(std::string_view text, size_t from) const;
  size_t FindAvx2(std::string_view text, size_t from) const;
  size_t FindEitherAvx2(std::string_view text, size_t from) const;

  std::vector<LiteralFinder> finders_;
  size_t in_tables_ = 0;               // So many of them, the first; the others
  std::optional<SampledSearch> many_;  // are found by this.
  size_t longest_ = 0;                 // Of all.
  bool has_keys_ = false;
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
