// CsvReader: comma-separated values (RFC 4180) out of a text, record by record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk::io {

// Cells are quoted by "…", a quote within is doubled, and quoted cells may hold line ends. Lines
// end with LF or CRLF; empty lines are skipped, and so is a byte order mark. `text` outlives the
// reader.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, char separator = ',');

  // Puts the cells of the next record in place of those given; false at the end. InvalidArgument
  // for a quote that is never closed, with the line where it was opened.
  absl::StatusOr<bool> Next(std::vector<std::string>* cells);

  // The line on which the last record began, from 1.
  uint64_t line() const { return record_line_; }

 private:
  absl::Status TakeQuoted(std::string* cell);
  bool AtLineEnd() const;
  void SkipLineEnd();

  std::string_view text_;
  const char separator_;
  size_t at_ = 0;
  uint64_t line_ = 1;
  uint64_t record_line_ = 1;
};

}  // namespace spelk::io
