// FieldOrder: the fields of a result in the order of their first appearance, however it is cut into
// batches.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "value/batch.h"

namespace spelk {

// The stage of a field: where the search names it in a list of columns, or makes it by name. Fields
// that it does not name have the first one. Null: they all have.
using FieldStage = std::function<size_t(Field)>;

// How fields that appear in one row stand: first those that are placed (Schema), then by stage,
// then by name. Nothing here depends on the batch that the row is in.
struct FieldPlace {
  static constexpr size_t kNotPlaced = std::numeric_limits<size_t>::max();
  size_t placed = kNotPlaced;
  size_t stage = 0;
  std::string_view name;
  friend auto operator<=>(const FieldPlace&, const FieldPlace&) = default;
};

inline FieldPlace PlaceOf(Field field, size_t placed, const FieldStage& stage) {
  return {placed, stage ? stage(field) : 0, field.name()};
}

// The index of a schema's column if it is placed.
inline size_t PlacedIndex(const Schema& schema, size_t column) {
  return column < schema.placed() ? column : FieldPlace::kNotPlaced;
}

// Batches must come in the order of the rows. A field appears in the first row that has a value, or
// whose schema places it. Hidden fields do not count.
class FieldOrder {
 public:
  // Fields that are known come first, whether a row has them or not.
  explicit FieldOrder(std::vector<Field> known = {}, FieldStage stage = nullptr);

  void Add(const Batch& batch);
  const std::vector<Field>& fields() const { return fields_; }
  // Adds the batch, and puts its columns into the order. Other columns without any value are left
  // out; the hidden ones come last.
  void Arrange(Batch* batch);

 private:
  FieldStage stage_;
  std::vector<Field> fields_;
  absl::flat_hash_map<Field, size_t> rank_;
  // What was last made of a schema, and from how many fields.
  SchemaPtr from_;
  SchemaPtr to_;
  std::vector<size_t> sources_;
  size_t known_ = 0;
};

}  // namespace spelk
