// Wildcard patterns: `*` matches any run of characters, everything else itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spelk {

enum class Case { kIgnore, kExact };

// A compiled pattern. Matching takes time linear in the text for any number of stars. Immutable.
class Wildcard {
 public:
  Wildcard() = default;
  Wildcard(std::string_view pattern, Case sensitivity);

  // Whether the whole text matches.
  bool Matches(std::string_view text) const;

  bool has_star() const { return has_star_; }
  // "*": matches every text, the empty one too.
  bool matches_all() const { return has_star_ && pieces_.empty(); }
  // The literal stretches between the stars, folded if case is ignored.
  const std::vector<std::string>& pieces() const { return pieces_; }
  bool anchored_begin() const { return anchored_begin_; }
  bool anchored_end() const { return anchored_end_; }
  // Where the first two captured stretches (what each `*` matched) of a matching text lie; used by
  // rename and replace. Each star takes as little as possible from left to right. Empty if the text
  // does not match.
  std::vector<std::string_view> Captures(std::string_view text) const;

 private:
  std::vector<std::string> pieces_;
  bool has_star_ = false;
  bool anchored_begin_ = true;
  bool anchored_end_ = true;
  Case sensitivity_ = Case::kIgnore;
};

// SQL LIKE: `%` any run, `_` one character (code point), the whole text, exact case, no escapes.
class LikePattern {
 public:
  LikePattern() = default;
  explicit LikePattern(std::string_view pattern);
  bool Matches(std::string_view text) const;

 private:
  enum class Shape : unsigned char { kEquals, kPrefix, kSuffix, kContains, kGeneral };
  Shape shape_ = Shape::kEquals;
  std::string literal_;  // For every shape but kGeneral.
  std::string pattern_;
};

}  // namespace spelk
