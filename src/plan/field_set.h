// FieldSet: which fields a part of a plan reads, writes or needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "value/field.h"

namespace spelk::plan {

// True if a field-list pattern (`*` any run) takes the name. `*` at the start does not take names
// that begin with `_`. Exact case.
bool PatternTakes(std::string_view pattern, std::string_view name);
// No pattern takes a hidden field.
bool PatternTakes(std::string_view pattern, Field field);
inline bool IsPattern(std::string_view name) { return name.find('*') != std::string_view::npos; }

// Fields by name, by pattern, or all. Names keep the order in which they were added.
class FieldSet {
 public:
  FieldSet() = default;
  static FieldSet All() {
    FieldSet set;
    set.all_ = true;
    return set;
  }
  static FieldSet Of(const std::vector<Field>& fields) {
    FieldSet set;
    for (const Field field : fields) set.Add(field);
    return set;
  }

  void Add(Field field);
  void AddPattern(std::string pattern);
  void AddAll() { all_ = true; }
  void Add(const FieldSet& other);
  // Takes fields out; of "all" nothing can be taken out.
  void Remove(Field field);
  void Remove(const std::vector<Field>& fields);
  void Clear() { *this = FieldSet(); }

  bool all() const { return all_; }
  // Names cannot be listed: all fields, or some by pattern.
  bool open() const { return all_ || !patterns_.empty(); }
  bool empty() const { return !all_ && fields_.empty() && patterns_.empty(); }
  bool Has(Field field) const;
  // Whether the field was added by itself.
  bool Names(Field field) const;
  // Any field in both, as far as can be told; patterns count as possibly.
  bool MayOverlap(const FieldSet& other) const;
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<std::string>& patterns() const { return patterns_; }

  // "EventID, Image, src_*", "all fields", "none".
  std::string Print() const;

 private:
  bool all_ = false;
  std::vector<Field> fields_;
  std::vector<std::string> patterns_;
  absl::flat_hash_set<Field> index_;  // Of fields_, where there are more than a few.
};

}  // namespace spelk::plan
