// Which rows leave no trace behind a node, for lack of a field.
#pragma once

#include <optional>
#include <vector>

#include "plan/field_set.h"

namespace spelk::plan {

// What a node may say, besides being a Node, of the rows that it does not need. What it does not
// say is not concluded.
class Traces {
 public:
  // A row that lacks all fields of one of these sets leaves no trace: not itself, nor in others.
  virtual std::vector<FieldSet> IgnoresWithout() const { return {}; }
  // A row that lacks one of these changes no other row.
  virtual FieldSet NoEffectWithout() const { return {}; }
  // Of a field that the node writes: it is null in the rows in which all of these are null before.
  virtual std::optional<FieldSet> SourcesOf(Field) const { return std::nullopt; }

 protected:
  ~Traces() = default;
};

// A set for each field.
inline std::vector<FieldSet> EachOf(const std::vector<Field>& fields) {
  std::vector<FieldSet> sets;
  for (const Field field : fields) sets.push_back(FieldSet::Of({field}));
  return sets;
}

}  // namespace spelk::plan
