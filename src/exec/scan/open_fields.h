// OpenFields: the fields that the texts of an event name themselves, for plans that read all
// fields.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/arena.h"
#include "base/string_map.h"
#include "value/value.h"

namespace spelk::exec {

// In the order in which they were first met.
class OpenFields {
 public:
  struct Found {
    std::string_view name;
    Value value;
  };

  // What is added lives in the arena, or in texts that outlive this.
  explicit OpenFields(Arena& arena) : arena_(arena) {}

  void Clear();
  // Of a name that is there already the first value counts, or all of them if values `join`. Names
  // that no text may give are left out. Name and value are copied.
  void Add(std::string_view name, const Value& value, bool join);
  std::span<const Found> found() const { return found_; }

 private:
  Arena& arena_;
  std::vector<Found> found_;
  absl::flat_hash_map<std::string_view, size_t, StringHash, std::equal_to<>> by_name_;
};

}  // namespace spelk::exec
