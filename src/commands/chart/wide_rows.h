// WideRows: the rows of a result whose columns follow from the data: chart, xyseries, transpose.
#pragma once

#include <string_view>
#include <vector>

#include "exec/operator.h"

namespace spelk::commands {

// Makes rows one after another and pushes them in batches. The columns are those of the whole
// result, and placed (Schema).
class WideRows {
 public:
  // `what` is named in messages about memory; it outlives the rows.
  WideRows(std::vector<Field> columns, const exec::RunContext& run, std::string_view what,
           exec::Output& out);

  // Begins a row without values.
  absl::Status Begin();
  // A copy of the value, in the row that was begun; what it had there is replaced.
  void Set(size_t column, const Value& value);
  bool has(size_t column) const { return !columns_[column][rows_ - 1].is_null(); }
  // Pushes what was not pushed yet.
  absl::Status Finish();

 private:
  absl::Status Renew();

  const exec::RunContext& run_;
  const std::string_view what_;
  exec::Output& out_;
  const SchemaPtr schema_;
  const size_t capacity_;  // Rows of a batch.
  BatchMemoryPtr memory_;
  std::vector<Value*> columns_;
  size_t rows_ = 0;
};

}  // namespace spelk::commands
