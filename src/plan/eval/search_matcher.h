// PatternMatcher: one comparison of the search command against one value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "plan/eval/pattern_index.h"
#include "plan/expr.h"
#include "value/ip_address.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::plan {

// `field op pattern` (Search Reference, search, "Comparison expression options"): `=` and `!=`
// compare text ignoring case with wildcards and CIDR blocks, the orderings compare numbers if both
// sides are numbers, otherwise text by bytes. Two-valued. Immutable.
class PatternMatcher {
 public:
  PatternMatcher(CompareOp op, const Pattern& pattern);

  // A multivalue matches if any of its values does; null never.
  bool Matches(const Value& value) const;
  // True for a pattern that is one text: no wildcard, no CIDR block.
  bool is_plain() const { return !cidr_ && !wildcard_.has_star() && !exact_case_; }

 private:
  bool MatchesOne(const Value& value) const;
  bool Equals(std::string_view text) const;

  CompareOp op_;
  std::string text_;
  bool exact_case_;
  Wildcard wildcard_;
  std::optional<CidrBlock> cidr_;
  std::optional<Number> number_;
};

// Many `field = pattern` joined by OR. The cost depends on the value and on what is like it, not on
// how many patterns there are.
class PatternSet {
 public:
  explicit PatternSet(const std::vector<Pattern>& patterns);
  bool Matches(const Value& value) const;

 private:
  std::vector<PatternMatcher> few_;       // Patterns with stars, while they are few.
  std::vector<PatternMatcher> matchers_;  // The others, by their ids in the index.
  PatternIndex index_;
};

}  // namespace spelk::plan
