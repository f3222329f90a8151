// FieldOrder: the fields of a result in the order of their first appearance, however it is cut into
// batches.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "value/batch.h"

namespace spelk {

// Batches must come in the order of the rows. A field appears in the first row that has a value;
// fields that appear in one row come as its batch has them. Hidden fields do not count.
class FieldOrder {
 public:
  // Fields that are known come first, whether a row has them or not.
  explicit FieldOrder(std::vector<Field> known = {});

  void Add(const Batch& batch);
  const std::vector<Field>& fields() const { return fields_; }
  // Adds the batch, and puts its columns into the order. Other columns without any value are left
  // out; the hidden ones come last.
  void Arrange(Batch* batch);

 private:
  std::vector<Field> fields_;
  absl::flat_hash_map<Field, size_t> rank_;
  // What was last made of a schema, and from how many fields.
  SchemaPtr from_;
  SchemaPtr to_;
  std::vector<size_t> sources_;
  size_t known_ = 0;
};

}  // namespace spelk
