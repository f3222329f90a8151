// Lookup of fields in a schema.
#include "value/schema.h"

#include <algorithm>
#include <utility>

namespace spelk {
namespace {

constexpr size_t kWide = 16;  // Up to here a linear search beats a hash.

}  // namespace

Schema::Schema(std::vector<Field> fields, size_t placed)
    : fields_(std::move(fields)), placed_(placed) {
  if (fields_.size() <= kWide) return;
  for (size_t i = 0; i < fields_.size(); ++i) index_.emplace(fields_[i], i);
}

std::optional<size_t> Schema::Find(Field field) const {
  if (fields_.size() <= kWide) {
    const auto found = std::find(fields_.begin(), fields_.end(), field);
    if (found == fields_.end()) return std::nullopt;
    return static_cast<size_t>(found - fields_.begin());
  }
  const auto found = index_.find(field);
  return found == index_.end() ? std::nullopt : std::optional<size_t>(found->second);
}

}  // namespace spelk
