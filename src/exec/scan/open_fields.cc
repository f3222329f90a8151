// Collecting fields by name.
#include "exec/scan/open_fields.h"

#include <algorithm>

#include "plan/computed_columns.h"
#include "value/batch.h"

namespace spelk::exec {

void OpenFields::Clear() {
  found_.clear();
  by_name_.clear();
}

void OpenFields::Add(std::string_view name, const Value& value, bool join) {
  if (value.is_null() || !plan::TextMayName(name)) return;
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    if (!join) return;
    Value& whole = found_[known->second].value;
    const Value before = whole;
    auto* all = arena_.AllocateArray<Value>(before.count() + value.count());
    if (all == nullptr) return;
    std::copy(before.each().begin(), before.each().end(), all);
    for (size_t i = 0; i < value.count(); ++i) {
      all[before.count() + i] = CopyValue(value.each()[i], arena_);
    }
    whole = Value::Multi({all, before.count() + value.count()});
    return;
  }
  constexpr size_t kBytesOfEntry = 2 * sizeof(Found) + 4 * (sizeof(std::string_view) + 9);
  if (!arena_.Charge(kBytesOfEntry)) return;
  const std::string_view own = arena_.Copy(name);
  if (own.size() != name.size()) return;  // The arena is exhausted.
  by_name_.emplace(own, found_.size());
  found_.push_back({own, CopyValue(value, arena_)});
}

}  // namespace spelk::exec
