// TupleSet: many rows of search patterns, of which an event must match all of one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/string_map.h"
#include "plan/eval/pattern_index.h"
#include "plan/eval/search_matcher.h"
#include "value/value.h"

namespace spelk::plan {

// (a="1" b="x") OR (a="2" b="y") …, what a subsearch gives. Rows of plain texts are one hash probe
// on the folded tuple, also where fields have several values; rows with wildcards and CIDR blocks
// are found by the pattern of theirs that says most. Belongs to one worker.
class TupleSet {
 public:
  // A row that has not a text for each field matches nothing.
  TupleSet(size_t fields, const std::vector<std::vector<std::string>>& rows);
  // Of a value for each field. Null matches nothing, a multivalue by any of its values.
  bool Matches(std::span<const Value> values);

 private:
  using Texts = std::vector<std::string>;

  bool MatchesText(std::span<const Value> values);
  bool MatchesPattern(std::span<const Value> values) const;
  // Of several values: by the combinations of them, or by the rows that have one, whichever are
  // fewer.
  bool AnyCombination(const std::vector<Texts>& values) const;
  bool AnyRow(size_t field, const std::vector<Texts>& values) const;
  void IndexByField();

  const size_t fields_;
  StringSet tuples_;              // Folded, of the rows that are plain texts.
  std::vector<Texts> text_rows_;  // The same, text by text.
  std::vector<StringMap<std::vector<uint32_t>>> rows_by_text_;  // For each field, once it is asked.
  std::vector<std::vector<PatternMatcher>> pattern_rows_;
  std::vector<PatternIndex> pattern_index_;  // For each field.
};

}  // namespace spelk::plan
