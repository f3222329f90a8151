// Schema: which fields a batch has, in which order.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "value/field.h"

namespace spelk {

// Immutable and shared by all batches of one shape, so that an operator may remember what it looked
// up for the last schema it saw.
class Schema {
 public:
  // So many of the leading fields are placed: they stand where they stand in the whole result
  // (chart, transpose, stats), whichever rows are in the batch. The order of the others means
  // nothing: see FieldOrder.
  explicit Schema(std::vector<Field> fields, size_t placed = 0);
  Schema(std::initializer_list<Field> fields) : Schema(std::vector<Field>(fields)) {}

  const std::vector<Field>& fields() const { return fields_; }
  size_t size() const { return fields_.size(); }
  size_t placed() const { return placed_; }
  Field operator[](size_t index) const { return fields_[index]; }
  std::optional<size_t> Find(Field field) const;

 private:
  std::vector<Field> fields_;
  size_t placed_;
  absl::flat_hash_map<Field, size_t> index_;  // Only for wide schemas.
};

using SchemaPtr = std::shared_ptr<const Schema>;  // Shared by the batches of a run.

}  // namespace spelk
