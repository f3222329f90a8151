// What some nodes tell of themselves beside what all do.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/filled_text.h"
#include "value/field.h"

namespace spelk::plan {

// Rows meet those of another plan that are equal in these fields (join).
class MatchesOthers {
 public:
  virtual ~MatchesOthers() = default;
  // Of the rows at hand, and of the others.
  virtual std::vector<std::pair<Field, Field>> MatchedFields() const = 0;
};

// A search is run for each row (map).
class RunsSearchOfRow {
 public:
  virtual ~RunsSearchOfRow() = default;
  // The search for a row with these values; nothing if it lacks one.
  using ValueOf = std::function<std::optional<std::string>(Field field)>;
  virtual std::optional<FilledText> SearchFor(const ValueOf& value) const = 0;
};

}  // namespace spelk::plan
