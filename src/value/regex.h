// Perl-compatible regular expressions, as rex, regex, match() and replace() use them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk {

// One compiled expression. Immutable and safe to share between threads; each thread matches with a
// Matcher of its own. Bytes that are not UTF-8 never match a character.
class Regex {
 public:
  struct Group {
    std::string name;
    size_t index = 0;  // Capture number, from 1.
  };
  // InvalidArgument holds PCRE2's message and the offset in `pattern`: "unmatched parentheses at
  // offset 4". Bodies beyond 64 KiB and group counts beyond 1,000 are refused.
  // `allow_jit` is for tests: results do not depend on it.
  static absl::StatusOr<Regex> Compile(std::string_view pattern, bool allow_jit = true);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  const std::string& pattern() const { return pattern_; }
  // The named groups in order of their number; a name given twice (?J) appears once for each
  // number.
  const std::vector<Group>& groups() const { return groups_; }
  size_t capture_count() const { return capture_count_; }

 private:
  friend class RegexMatcher;
  struct Code;
  Regex() = default;
  std::unique_ptr<Code> code_;
  std::string pattern_;
  std::vector<Group> groups_;
  size_t capture_count_ = 0;
};

enum class MatchResult {
  kNo,
  kYes,
  kLimit,  // The match limit was reached: no match, counted by the caller.
};

// Scratch memory for matching; one for each thread and expression. Uses the JIT where there is one,
// on a stack of its own, and the interpreter when that stack runs out; results do not depend on it.
// `match_limit` bounds the steps of one match, long texts may take ten more for each byte. Steps
// are counted on texts on which the expression could take many (RegexWork), which is slower; there
// the interpreter runs, so that the JIT has no say in what is too much.
class RegexMatcher {
 public:
  static constexpr uint32_t kMatchLimit = 1'000'000;
  explicit RegexMatcher(const Regex& regex, uint32_t match_limit = kMatchLimit);
  RegexMatcher(RegexMatcher&&) noexcept;
  ~RegexMatcher();

  // Looks for a match that begins at or after `start`.
  MatchResult Match(std::string_view text, size_t start = 0);
  // After kYes, of the text that was matched: the whole match is group 0. Nothing if the group took
  // no part.
  std::optional<std::string_view> Group(std::string_view text, size_t index) const;
  size_t begin(size_t index) const;
  size_t end(size_t index) const;
  // After a match: where the next search must begin so that empty matches make progress. Past the
  // text's end when there is none.
  size_t NextStart(std::string_view text) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace spelk
