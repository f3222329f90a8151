// The interner of field names.
#include "value/field.h"

#include <mutex>

namespace spelk {
namespace {

constexpr size_t kOverhead = 128;  // Bytes a name takes beside its text.

}  // namespace

FieldTable::FieldTable(const FieldTable* parent, MemoryBudget* budget)
    : parent_(parent), reservation_(budget) {}

// Its own names first: one that the parent gets later must not be another handle.
Field FieldTable::Find(std::string_view name) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  }
  const Field field = parent_ == nullptr ? Field() : parent_->Find(name);
  if (!field) return field;
  // What a name means here stays what it was found to be first, whatever the parent learns later.
  const std::unique_lock lock(mutex_);
  return by_name_.try_emplace(field.name(), field).first->second;
}

// The lock is held.
Field FieldTable::Make(std::string_view name) {
  texts_.emplace_back(name);
  names_.push_back({texts_.back(), false});
  const Field field(&names_.back());
  by_name_.emplace(names_.back().name, field);
  return field;
}

absl::StatusOr<Field> FieldTable::TryIntern(std::string_view name) {
  if (const Field field = Find(name)) return field;
  const std::unique_lock lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  const size_t bytes = name.size() + kOverhead;
  if (!reservation_.Grow(bytes)) return reservation_.budget()->Exhausted("field names", bytes);
  return Make(name);
}

Field FieldTable::Intern(std::string_view name) {
  if (const Field field = Find(name)) return field;
  const std::unique_lock lock(mutex_);
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? found->second : Make(name);
}

}  // namespace spelk
