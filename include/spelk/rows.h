// spelk/rows.h: rows as they are handed out. Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spelk {

// What a callback answers: go on, or stop reading.
enum class Flow : uint8_t { kMore, kEnough };

enum class CellKind : uint8_t {
  kNull,     // The row does not have the field. Not the empty string.
  kInteger,  // A whole number that the search computed.
  kDouble,   // Another number that the search computed.
  kText,     // Text: numbers of the input too, and computed ones with fewer figures than a double.
  kMultivalue,  // Several values.
};

class RowBatch;

// One field of one row: a view into its batch.
class Cell {
 public:
  CellKind kind() const { return kind_; }
  bool is_null() const { return kind_ == CellKind::kNull; }
  // The text of any single value ("" for null; a multivalue's values joined by newlines).
  std::string text() const;
  // The text without a copy, for kText.
  std::string_view text_view() const { return text_; }
  int64_t integer() const { return integer_; }
  // Of kInteger and kDouble, and of text that is a number; else 0.
  double number() const;
  // The values: of a multivalue all, of null none. Beyond them at() gives null.
  size_t size() const;
  Cell at(size_t index) const;
  // As JSON: a number, a string, an array, null.
  void AppendJson(std::string& out) const;

 private:
  friend class RowBatch;
  static Cell Of(const void* value);
  CellKind kind_ = CellKind::kNull;
  int64_t integer_ = 0;
  double number_ = 0;
  std::string_view text_;
  uint8_t json_type_ = 0;
  const void* value_ = nullptr;  // The values of a multivalue.
};

// Some rows of a result, in order. Valid during the call that hands it out; Materialize() makes a
// copy that lasts. Columns may differ from batch to batch, unless the search names them (table,
// stats …).
class RowBatch {
 public:
  struct Impl;
  explicit RowBatch(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // A move copies, so that no batch is ever without its rows.
  RowBatch(const RowBatch&) = default;
  RowBatch& operator=(const RowBatch&) = default;
  ~RowBatch() = default;

  size_t rows() const;
  size_t columns() const;
  // Empty beyond the last column.
  std::string_view column_name(size_t column) const;
  // SIZE_MAX if there is no such column.
  size_t FindColumn(std::string_view name) const;
  // Null beyond the last row or column, so the answer of FindColumn can be used as it is.
  Cell at(size_t row, size_t column) const;
  // True if the result is events: rows are then the input's objects with what the search made of
  // them, which only AppendJson gives in full; the columns are the fields that the search made or
  // read.
  bool events() const;
  // The row as one JSON object, as `-o ndjson` writes it, without the newline; nothing beyond the
  // last row.
  void AppendJson(size_t row, std::string& out) const;
  // A copy that owns its memory.
  RowBatch Materialize() const;

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace spelk
