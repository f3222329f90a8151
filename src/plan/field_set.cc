// Set operations on fields.
#include "plan/field_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "value/field_pattern.h"

namespace spelk::plan {
namespace {

// A longer list is looked up by hash.
constexpr size_t kShortList = 16;

}  // namespace

bool PatternTakes(std::string_view pattern, std::string_view name) {
  return FieldPatternTakes(pattern, name);
}
bool PatternTakes(std::string_view pattern, Field field) {
  return !field.hidden() && FieldPatternTakes(pattern, field.name());
}

bool FieldSet::Names(Field field) const {
  if (!index_.empty()) return index_.contains(field);
  return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
}

void FieldSet::Add(Field field) {
  if (Names(field)) return;
  fields_.push_back(field);
  if (!index_.empty()) {
    index_.insert(field);
  } else if (fields_.size() > kShortList) {
    index_.insert(fields_.begin(), fields_.end());
  }
}

void FieldSet::AddPattern(std::string pattern) {
  if (std::find(patterns_.begin(), patterns_.end(), pattern) == patterns_.end()) {
    patterns_.push_back(std::move(pattern));
  }
}

void FieldSet::Add(const FieldSet& other) {
  all_ = all_ || other.all_;
  for (const Field field : other.fields_) Add(field);
  for (const std::string& pattern : other.patterns_) AddPattern(pattern);
}

void FieldSet::Remove(Field field) {
  if (!Names(field)) return;
  std::erase(fields_, field);
  index_.erase(field);
}

void FieldSet::Remove(const std::vector<Field>& fields) {
  if (fields.size() <= kShortList) {
    for (const Field field : fields) Remove(field);
    return;
  }
  const FieldSet gone = Of(fields);
  std::erase_if(fields_, [&](Field field) { return gone.Names(field); });
  index_.clear();
  if (fields_.size() > kShortList) index_.insert(fields_.begin(), fields_.end());
}

bool FieldSet::Has(Field field) const {
  if (Names(field)) return true;
  if (field.hidden()) return false;
  return all_ || std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
           return PatternTakes(pattern, field);
         });
}

bool FieldSet::MayOverlap(const FieldSet& other) const {
  if (empty() || other.empty()) return false;
  if (all_ || other.all_ || (!patterns_.empty() && !other.patterns_.empty())) return true;
  return std::any_of(fields_.begin(), fields_.end(), [&](Field f) { return other.Has(f); }) ||
         std::any_of(other.fields_.begin(), other.fields_.end(), [&](Field f) { return Has(f); });
}

std::string FieldSet::Print() const {
  if (all_) return "all fields";
  std::string out;
  for (const Field field : fields_) {
    if (!out.empty()) out += ", ";
    out += field.name();
  }
  for (const std::string& pattern : patterns_) {
    if (!out.empty()) out += ", ";
    out += pattern;
  }
  return out.empty() ? "none" : out;
}

}  // namespace spelk::plan
