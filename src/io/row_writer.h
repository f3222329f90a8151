// Row writers: results as NDJSON, JSON, CSV, TSV, tables, Markdown, raw text and one field a line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/byte_sink.h"
#include "io/lights.h"
#include "value/batch.h"
#include "value/field_order.h"

namespace spelk::io {

enum class Format : uint8_t { kTable, kNdjson, kJson, kCsv, kTsv, kMarkdown, kRaw, kVertical };
// By its name on the command line; nothing if there is none.
std::optional<Format> ParseFormat(std::string_view name);

struct WriterOptions {
  Format format = Format::kNdjson;
  absl::TimeZone zone;  // For _time in table, Markdown and vertical.
  size_t width = 0;     // Columns of the terminal that a table is fitted to; 0: as wide as it gets.
  bool colour = false;  // ANSI colours, for terminals.
  bool terminal = false;  // Control characters are shown escaped, never written raw.
  // Of tables:
  size_t most_rows = 0;  // The rows beyond are counted; 0: all are shown.
  bool live = false;     // The first batch decides about columns; every row is shown.
  // Rows are events: a table has some of their fields, those named here first, then what varies.
  bool events = false;
  std::vector<std::string> first;
  std::vector<Light> lights;  // With colours.
};

// Writes one result. Batches come in the order of the rows; hidden fields are left out.
// Columns that are known come in this order, whether a row has them or not; otherwise each row
// shows its fields in the order of their first appearance in the whole result (so NDJSON streams),
// and the formats that need all columns first say so by needs_columns().
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual absl::Status Write(const Batch& batch) = 0;
  // Closes the result (the end of a JSON array, a table's frame).
  virtual absl::Status Finish() = 0;
};

struct ResultColumns {
  std::optional<std::vector<Field>> known;
  FieldStage stage = nullptr;  // Of those that are not known.
};

bool NeedsColumns(Format format);

std::unique_ptr<RowWriter> MakeWriter(const WriterOptions& options, const ResultColumns& columns,
                                      ByteSink& sink);

// Appends a cell of CSV: in quotes if it holds a comma, a quote or a line end.
void AppendCsvCell(std::string_view text, std::string& out);

// ---- JSON text, shared by all writers

// Appends the text as a JSON string with quotes. `"` `\` and control characters are escaped; other
// bytes, valid UTF-8 by contract, stay as they are.
void AppendJsonString(std::string_view text, std::string& out);
// Appends a value as design.md ("Output") says: computed numbers as JSON numbers (nan and
// infinities as strings), a text with JsonType kNumber or kLiteral unquoted, a multivalue as an
// array.
void AppendJsonValue(const Value& value, std::string& out);

}  // namespace spelk::io
