// JsonFlattener: gives every field of a JSON text, under its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "io/json_index.h"
#include "io/json_text.h"

namespace spelk::io {

// One value with its field name, while a line or a value is flattened.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  // `array` tells apart the values of one array from a name that is repeated: 0 outside of arrays.
  virtual void Take(std::string_view name, const RawValue& value, uint32_t array) = 0;
};

// Gives every field of a JSON text in order, named as above. False if a fault was met (what came
// before it was given).
class JsonFlattener {
 public:
  explicit JsonFlattener(MemoryBudget* budget)
      : budget_(budget), index_(budget), for_copy_(budget) {}
  LineVerdict Flatten(std::string_view line, FieldVisitor& visitor, bool* faulty);
  // Any JSON text: an object, an array or a scalar. The names begin with `name`. The values given
  // hold until the next call. `open`: of an array that was cut off at a fault, RawValue::open.
  bool FlattenValue(std::string_view json, std::string_view name, FieldVisitor& visitor,
                    size_t open = 0);
  void Shrink();
  bool Reserve(size_t size) { return index_.Reserve(size); }
  // ResourceExhausted, naming `what`, if some text did not fit into the budget: its fields were not
  // given.
  absl::Status status(std::string_view what) const;

 private:
  MemoryBudget* budget_;
  JsonIndex index_;
  std::string copy_;
  Reservation for_copy_;
  size_t too_much_ = 0;  // Bytes that could not be reserved.
};

// Goes through the elements of a JSON array that a reader took: well-formed, so only strings and
// nesting matter.
class ArrayElements {
 public:
  explicit ArrayElements(std::string_view array) : array_(array) {}
  // The text of the next element; nothing at the end.
  std::optional<std::string_view> Next();

 private:
  std::string_view array_;
  size_t at_ = 1;
};

}  // namespace spelk::io
