// TermMatcher: free-text terms, phrases, CASE() and TERM() against _raw.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/expr.h"
#include "value/literal_search.h"

namespace spelk::plan {

// Search Manual, "Event segmentation": a term matches between breakers (segmenters.conf, major and
// minor), ignoring case unless CASE(); TERM() needs major breakers around it. A leading or trailing
// `*` drops that side's condition; a `*` within stands for any run without major breakers. The time
// is linear in the text, whatever the term. Immutable.
class TermMatcher {
 public:
  TermMatcher(std::string_view text, ast::TermKind kind);
  bool Matches(std::string_view raw) const;

 private:
  // Where what follows a star may begin.
  struct Reach {
    size_t first;
    size_t last;
  };

  bool BreaksBefore(std::string_view raw, size_t at) const;
  bool BreaksAfter(std::string_view raw, size_t at) const;
  // The end of the piece that stands at `at`, or npos.
  size_t EndOfPiece(std::string_view raw, size_t at, std::string_view piece) const;
  // Calls found(end) for each place where the term's first piece may stand, until it returns true.
  template <class Found>
  bool ForEachBegin(std::string_view raw, Found found) const;
  bool MatchesPieces(std::string_view raw) const;

  std::vector<std::string> pieces_;  // Between the inner stars; folded unless exact.
  bool exact_case_ = false;
  bool whole_token_ = false;
  bool open_begin_ = false;
  bool open_end_ = false;
  // A stretch of the first piece that every match contains, and how many of its bytes stand before.
  // Not set where there is none.
  std::optional<LiteralFinder> finder_;
  size_t finder_offset_ = 0;
  bool finder_fixed_ = false;  // The bytes before the stretch are plain ASCII without k and s.
};

}  // namespace spelk::plan
