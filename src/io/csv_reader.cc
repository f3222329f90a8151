// Reading comma-separated values.
#include "io/csv_reader.h"

#include <fmt/format.h>

#include "base/status.h"

namespace spelk::io {

CsvReader::CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

bool CsvReader::AtLineEnd() const {
  return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void CsvReader::SkipLineEnd() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
}

// What stands in quotes; text between the closing quote and the separator belongs to the cell.
absl::Status CsvReader::TakeQuoted(std::string* cell) {
  const uint64_t opened = line_;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c != '"') {
      *cell += c;
    } else if (text_.substr(at_, 2) == "\"\"") {
      *cell += c;
      ++at_;
    } else {
      ++at_;
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(fmt::format("line {}: a quote is not closed", opened));
}

absl::StatusOr<bool> CsvReader::Next(std::vector<std::string>* cells) {
  cells->clear();
  while (at_ < text_.size() && AtLineEnd()) SkipLineEnd();
  if (at_ == text_.size()) return false;
  record_line_ = line_;
  for (;;) {
    std::string& cell = cells->emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') SPELK_RETURN_IF_ERROR(TakeQuoted(&cell));
    while (!AtLineEnd() && text_[at_] != separator_) cell += text_[at_++];
    if (AtLineEnd()) break;
    ++at_;
  }
  SkipLineEnd();
  return true;
}

}  // namespace spelk::io
