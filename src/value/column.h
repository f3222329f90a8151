// Column: the values of one field for the rows of a batch.
#pragma once

#include <cstdint>
#include <span>

#include "value/value.h"

namespace spelk {

// A view of values that live in the batch's memory. The encoding is a storage choice: At() gives
// the same value, with the same text, whichever was chosen. Copying a column copies the view.
class Column {
 public:
  enum class Encoding : uint8_t {
    kConstant,  // One value for all rows; null for a field that no row has.
    kValues,  // One Value a row: texts are views, kinds may be mixed, multivalues point to theirs.
    kIntegers,    // One int64 a row, with a validity bitmap.
    kDoubles,     // One double a row, with a validity bitmap.
    kDictionary,  // One code a row into a short list of values.
  };

  Column() = default;
  static Column Constant(Value value, size_t size) {
    Column c(Encoding::kConstant, size);
    c.constant_ = value;
    return c;
  }
  static Column Null(size_t size) { return Constant(Value::Null(), size); }
  static Column Values(std::span<const Value> values) {
    Column c(Encoding::kValues, values.size());
    c.data_ = values.data();
    return c;
  }
  // `validity` has a bit for each row, set where there is a value; null means that all rows have
  // one.
  static Column Integers(std::span<const int64_t> values, const uint64_t* validity = nullptr) {
    Column c(Encoding::kIntegers, values.size());
    c.data_ = values.data();
    c.validity_ = validity;
    return c;
  }
  static Column Doubles(std::span<const double> values, const uint64_t* validity = nullptr) {
    Column c(Encoding::kDoubles, values.size());
    c.data_ = values.data();
    c.validity_ = validity;
    return c;
  }
  static Column Dictionary(std::span<const uint32_t> codes, std::span<const Value> values) {
    Column c(Encoding::kDictionary, codes.size());
    c.data_ = codes.data();
    c.dictionary_ = values.data();
    c.dictionary_size_ = static_cast<uint32_t>(values.size());
    return c;
  }

  Encoding encoding() const { return encoding_; }
  size_t size() const { return size_; }

  Value At(size_t row) const {
    switch (encoding_) {
      case Encoding::kConstant:
        return constant_;
      case Encoding::kValues:
        return static_cast<const Value*>(data_)[row];
      case Encoding::kIntegers:
        return valid(row) ? Value::Integer(static_cast<const int64_t*>(data_)[row]) : Value::Null();
      case Encoding::kDoubles:
        return valid(row) ? Value::Double(static_cast<const double*>(data_)[row]) : Value::Null();
      case Encoding::kDictionary:
        return dictionary_[static_cast<const uint32_t*>(data_)[row]];
    }
    return Value::Null();
  }

  // For kernels with a path of their own; each is for its encoding only.
  Value constant() const { return constant_; }
  std::span<const Value> values() const { return {static_cast<const Value*>(data_), size_}; }
  std::span<const int64_t> integers() const { return {static_cast<const int64_t*>(data_), size_}; }
  std::span<const double> doubles() const { return {static_cast<const double*>(data_), size_}; }
  std::span<const uint32_t> codes() const { return {static_cast<const uint32_t*>(data_), size_}; }
  std::span<const Value> dictionary() const { return {dictionary_, dictionary_size_}; }
  const uint64_t* validity() const { return validity_; }
  bool valid(size_t row) const {
    return validity_ == nullptr || ((validity_[row / 64] >> (row % 64)) & 1U) != 0;
  }
  bool is_null_constant() const { return encoding_ == Encoding::kConstant && constant_.is_null(); }

 private:
  Column(Encoding encoding, size_t size) : size_(size), encoding_(encoding) {}

  const void* data_ = nullptr;
  const uint64_t* validity_ = nullptr;
  const Value* dictionary_ = nullptr;
  Value constant_;
  size_t size_ = 0;
  uint32_t dictionary_size_ = 0;
  Encoding encoding_ = Encoding::kConstant;
};

}  // namespace spelk
