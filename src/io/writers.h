// What the row writers share, and where each is made.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/row_writer.h"
#include "value/field_order.h"

namespace spelk::io {

// The columns of a whole result: given, or in the order of their first appearance.
class ColumnOrder {
 public:
  explicit ColumnOrder(const ResultColumns& columns);
  // For each column of the result its index in the batch; SIZE_MAX where the batch has none. Valid
  // until the next call. Batches come in the order of the rows.
  const std::vector<size_t>& ColumnsOf(const Batch& batch);
  const std::vector<Field>& fields() const { return fields_; }
  // "name": as JSON, with the colon.
  const std::string& json_name(size_t column) const { return json_names_[column]; }

 private:
  void Add(Field field);

  const bool fixed_;
  FieldOrder found_;  // Unless they are given.
  std::vector<Field> fields_;
  std::vector<std::string> json_names_;
  SchemaPtr last_;
  std::vector<size_t> columns_;
};

std::unique_ptr<RowWriter> MakeJsonWriter(bool array, const ResultColumns& columns, ByteSink& sink);
std::unique_ptr<RowWriter> MakeCsvWriter(char separator, const ResultColumns& columns,
                                         ByteSink& sink);
std::unique_ptr<RowWriter> MakeMarkdownWriter(const WriterOptions& options,
                                              const ResultColumns& columns, ByteSink& sink);
std::unique_ptr<RowWriter> MakeRawWriter(ByteSink& sink);
std::unique_ptr<RowWriter> MakeTableWriter(const WriterOptions& options,
                                           const ResultColumns& columns, ByteSink& sink);
std::unique_ptr<RowWriter> MakeVerticalWriter(const WriterOptions& options,
                                              const ResultColumns& columns, ByteSink& sink);

// A value as people read it: _time as local time, the values of a multivalue on lines of their own;
// for a terminal without control characters but newlines.
std::string ReadableText(Field field, const Value& value, const WriterOptions& options);

// A column's name, likewise, on one line.
std::string ReadableName(Field field, const WriterOptions& options);

// Columns of a terminal that a text takes; a control character counts as none.
size_t DisplayWidth(std::string_view text);

// Cuts a text at its newlines, and these lines into pieces of at most `width` columns: after a
// blank or a path separator if there is one in the second half. 0: as long as they are. Not more
// than `most` pieces.
std::vector<std::string> FoldText(std::string_view text, size_t width, size_t most = SIZE_MAX);

// A field of a row that is shown one field a line.
struct ReadableField {
  std::string_view field;
  std::string name;
  std::string text;
};
// Appends a row with its number, the names aligned.
void AppendVertical(const std::vector<ReadableField>& fields, uint64_t number,
                    const WriterOptions& options, std::string& out);

}  // namespace spelk::io
