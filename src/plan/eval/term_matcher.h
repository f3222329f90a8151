// TermMatcher: free-text terms, phrases, CASE() and TERM() against _raw.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/expr.h"
#include "value/literal_search.h"

namespace spelk::plan {

// Search Manual, "Event segmentation": a term matches between breakers (segmenters.conf, major and
// minor), ignoring case unless CASE(); TERM() needs major breakers around it. A leading or trailing
// `*` drops that side's condition; a `*` within stands for any run without major breakers.
// Immutable.
class TermMatcher {
 public:
  TermMatcher(std::string_view text, ast::TermKind kind);
  bool Matches(std::string_view raw) const;

 private:
  bool MatchesAt(std::string_view raw, size_t start) const;
  bool BreaksBefore(std::string_view raw, size_t at) const;
  bool BreaksAfter(std::string_view raw, size_t at) const;
  bool MatchPattern(std::string_view raw, size_t at, size_t pattern) const;
  // The position behind one pattern character, or npos.
  size_t Step(std::string_view raw, size_t at, size_t* pattern) const;

  std::string pattern_;  // Folded unless exact; without the outer stars.
  bool exact_case_ = false;
  bool whole_token_ = false;
  bool open_begin_ = false;
  bool open_end_ = false;
  // A piece of the pattern that every match contains, and how many pattern bytes stand before it.
  // Not set for patterns without such a piece or with a star before it.
  std::optional<LiteralFinder> finder_;
  size_t finder_offset_ = 0;
  bool finder_fixed_ = false;  // The bytes before the piece are plain ASCII without k and s.
};

}  // namespace spelk::plan
