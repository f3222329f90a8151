// CSV, TSV and the like with a line of names: a row is an event.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/status.h"
#include "io/formats/expression.h"
#include "io/formats/formats.h"
#include "io/formats/transcoder.h"

namespace spelk::io {
namespace {

constexpr std::string_view kRaw = "_raw";

bool IsSpaceOrTab(char c) { return c == ' ' || c == '\t'; }

// How cells are told apart.
struct Cells {
  char separator = ',';
  bool any_blanks = false;  // Any number of blanks separates.
  std::optional<char> quote = '"';

  bool Separates(char c) const { return any_blanks ? IsSpaceOrTab(c) : c == separator; }
};

// Finds where records end. Quotes keep separators and line ends; a quote counts only where a cell
// begins.
class RecordEnd {
 public:
  explicit RecordEnd(const Cells& form) : form_(form) {}

  // True if `c` is the line end of a record.
  bool Step(char c) {
    if (place_ == Place::kQuoted) {
      if (c == form_.quote) place_ = Place::kQuote;
      return false;
    }
    if (place_ == Place::kQuote && c == form_.quote) {
      place_ = Place::kQuoted;  // A doubled one.
      return false;
    }
    const bool begins = place_ == Place::kBegin;
    place_ = form_.Separates(c) || c == '\n' ? Place::kBegin : Place::kPlain;
    if (begins && c == form_.quote) place_ = Place::kQuoted;
    return c == '\n';
  }
  bool in_quotes() const { return place_ == Place::kQuoted; }
  void Reset() { place_ = Place::kBegin; }

 private:
  enum class Place : uint8_t {
    kBegin,   // Of a cell.
    kPlain,   // In a cell without quotes, or after them.
    kQuoted,  // In quotes.
    kQuote,   // Behind a quote in quotes.
  };
  Cells form_;
  Place place_ = Place::kBegin;
};

// The cells of a record.
void Cut(std::string_view record, const Cells& form, std::vector<std::string>* cells) {
  cells->clear();
  if (form.any_blanks) {
    while (!record.empty() && IsSpaceOrTab(record.front())) record.remove_prefix(1);
    while (!record.empty() && IsSpaceOrTab(record.back())) record.remove_suffix(1);
  }
  size_t at = 0;
  for (;;) {
    std::string cell;
    if (at < record.size() && record[at] == form.quote) {
      for (++at; at < record.size(); ++at) {
        if (record[at] != form.quote) {
          cell += record[at];
        } else if (at + 1 < record.size() && record[at + 1] == form.quote) {
          cell += record[++at];
        } else {
          ++at;
          break;
        }
      }
    }
    size_t end = at;
    while (end < record.size() && !form.Separates(record[end])) ++end;
    cell += record.substr(at, end - at);
    cells->push_back(std::move(cell));
    if (end == record.size()) return;
    at = end + 1;
    while (form.any_blanks && at < record.size() && IsSpaceOrTab(record[at])) ++at;
  }
}

std::string_view WithoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class TableRows final : public Transcoder {
 public:
  TableRows(ByteSourcePtr source, char separator)
      : Transcoder(std::move(source)), form_{.separator = separator}, end_(form_) {}

  static absl::StatusOr<ByteSourcePtr> Make(ByteSourcePtr source, const TableReading& reading) {
    auto made = std::make_unique<TableRows>(std::move(source), reading.separator);
    made->form_.any_blanks = reading.any_blanks;
    made->form_.quote = reading.quote;
    made->end_ = RecordEnd(made->form_);
    SPELK_RETURN_IF_ERROR(made->skipped_.Set(reading.skipped));
    SPELK_RETURN_IF_ERROR(made->names_after_.Set(reading.names_after));
    made->names_line_ = reading.names_line;
    made->names_anew_ = reading.names_anew;
    made->kept_in_names_ = reading.kept_in_names;
    if (!reading.names.empty()) {
      made->cells_ = reading.names;
      made->SetNames();
    }
    return made;
  }

 protected:
  void Take(std::string_view* in, std::string& out) override {
    size_t taken = 0;
    size_t from = 0;
    while (taken < in->size() && out.size() <= kTranscodedAtOnce) {
      const bool ends = end_.Step((*in)[taken++]);
      if (!ends && record_.size() + (taken - from) < kMostHeldEvent) continue;
      record_ += in->substr(from, taken - from);
      from = taken;
      if (ends) {
        record_.pop_back();
        Record(out);
      } else {
        TooLong(out);
      }
    }
    record_ += in->substr(from, taken - from);
    in->remove_prefix(taken);
  }
  bool Finish(std::string& out) override {
    for (int tries = 0; tries < kMostTries && end_.in_quotes(); ++tries) TooLong(out);
    if (!record_.empty()) Record(out);
    return true;
  }

 private:
  static constexpr int kMostTries = 64;

  void Record(std::string& out) {
    ++line_;
    std::string_view record = WithoutCarriageReturn(record_);
    if (names_anew_ && names_after_.Matches(record)) names_.clear();
    const bool has_names = !names_.empty();
    if (record.find_first_not_of(" \t") != std::string_view::npos && !skipped_.Matches(record) &&
        (has_names || HoldsNames(&record))) {
      Cut(record, form_, &cells_);
      if (has_names) {
        Row(record, out);
      } else {
        SetNames();
      }
    }
    record_.clear();
  }

  // Takes from the record what stands before its names.
  bool HoldsNames(std::string_view* record) const {
    if (line_ < names_line_) return false;
    if (!names_after_.set()) return true;
    if (!names_after_.Matches(*record)) return false;
    record->remove_prefix(names_after_.end());
    return true;
  }

  // A quote that nothing closes: its line is told as one that is no event, and what follows it is
  // read anew.
  void TooLong(std::string& out) {
    const size_t line = std::min(record_.find('\n'), record_.size());
    out += record_.substr(0, std::min<size_t>(line, 256));
    out += '\n';
    std::string rest = record_.substr(std::min(line + 1, record_.size()));
    record_.clear();
    end_.Reset();
    size_t from = 0;
    for (size_t i = 0; i < rest.size(); ++i) {
      if (!end_.Step(rest[i])) continue;
      record_ = rest.substr(from, i - from);
      from = i + 1;
      Record(out);
    }
    record_ = rest.substr(from);
  }

  void SetNames() {
    for (std::string& cell : cells_) {
      const size_t begin = cell.find_first_not_of(" \t");
      const size_t end = cell.find_last_not_of(" \t");
      std::string name = begin == std::string::npos ? "" : cell.substr(begin, end + 1 - begin);
      if (name.empty()) name = "column_" + std::to_string(names_.size() + 1);
      if (kept_in_names_) {
        for (char& c : name) {
          if (!IsLetterOrDigit(c) && c != ' ' && kept_in_names_->find(c) == std::string::npos)
            c = '_';
        }
      }
      has_raw_ = has_raw_ || name == kRaw;
      std::string text;
      AppendJsonText(name, text);
      names_.push_back(std::move(text));
    }
  }

  void Row(std::string_view record, std::string& out) {
    out += '{';
    bool first = true;
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!first) out += ',';
      first = false;
      out += name;
      out += ':';
      AppendJsonText(value, out);
    };
    if (!has_raw_) add("\"_raw\"", record);
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].empty()) continue;
      if (i < names_.size()) {
        add(names_[i], cells_[i]);
      } else {
        add("\"EXTRA_FIELD_" + std::to_string(i + 1) + "\"", cells_[i]);
      }
    }
    out += "}\n";
  }

  static bool IsLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  }

  Cells form_;
  RecordEnd end_;
  Expression skipped_;
  Expression names_after_;
  bool names_anew_ = false;
  size_t names_line_ = 0;
  std::optional<std::string> kept_in_names_;  // Nothing: all.
  size_t line_ = 0;                           // Records, the one at hand included.
  std::string record_;                        // As far as it was read.
  std::vector<std::string> cells_;
  std::vector<std::string> names_;  // As JSON texts.
  bool has_raw_ = false;
};

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) & 0x80U) != 0 ||
         std::string_view("_ .:/()%#@-{}").find(c) != std::string_view::npos;
}

bool IsName(std::string_view cell) {
  constexpr size_t kLongestName = 100;
  const size_t begin = cell.find_first_not_of(" #\"");
  if (begin == std::string_view::npos || cell.size() > kLongestName) return false;
  const char first = cell[begin];
  const bool letter = first == '_' || first == '@' || (first >= 'a' && first <= 'z') ||
                      (first >= 'A' && first <= 'Z') ||
                      (static_cast<unsigned char>(first) & 0x80U) != 0;
  if (!letter || !std::all_of(cell.begin(), cell.end(), &IsNameCharacter)) return false;
  // A time of day stands in logs.
  for (size_t i = 1; i + 1 < cell.size(); ++i) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (cell[i] == ':' && digit(cell[i - 1]) && digit(cell[i + 1])) return false;
  }
  return true;
}

// Whether the records of `start` have as many cells as the first one, whose cells are names.
bool IsTableOf(std::string_view start, char separator, bool complete) {
  const Cells form{.separator = separator};
  RecordEnd end(form);
  std::vector<std::string> cells;
  size_t columns = 0;
  size_t rows = 0;
  size_t from = 0;
  for (size_t i = 0; i <= start.size(); ++i) {
    const bool at_end = i == start.size();
    if (at_end ? (!complete || from == i) : !end.Step(start[i])) continue;
    const std::string_view record = WithoutCarriageReturn(start.substr(from, i - from));
    from = i + 1;
    if (record.empty()) continue;
    Cut(record, form, &cells);
    if (columns == 0) {
      columns = cells.size();
      std::vector<std::string> sorted = cells;
      std::sort(sorted.begin(), sorted.end());
      const bool names = std::all_of(cells.begin(), cells.end(), &IsName) &&
                         std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
      if (columns < 2 || !names) return false;
    } else {
      if (cells.size() != columns) return false;
      ++rows;
    }
  }
  return rows > 0;
}

bool RecognizesTsv(const InputStart& start) {
  return start.is_text && IsTableOf(start.text, '\t', start.complete);
}

// What separates the cells; zero if it is no table with a line of names.
char CsvSeparator(const InputStart& start) {
  for (const char separator : {',', ';', '|'}) {
    if (IsTableOf(start.text, separator, start.complete)) return separator;
  }
  return '\0';
}

bool RecognizesCsv(const InputStart& start) { return start.is_text && CsvSeparator(start) != '\0'; }

absl::StatusOr<ByteSourcePtr> OpenTsv(ByteSourcePtr source, const Opening&) {
  return std::make_unique<TableRows>(std::move(source), '\t');
}

absl::StatusOr<ByteSourcePtr> OpenCsv(ByteSourcePtr source, const Opening& opening) {
  if (opening.options.format == nullptr && opening.options.table) {
    return TableRows::Make(std::move(source), *opening.options.table);
  }
  const char separator = CsvSeparator(opening.start);
  return std::make_unique<TableRows>(std::move(source), separator == '\0' ? ',' : separator);
}

}  // namespace

extern constexpr InputFormat kTsvFormat = {
    .name = "tsv", .recognizes = &RecognizesTsv, .open = &OpenTsv};
extern constexpr InputFormat kCsvFormat = {
    .name = "csv", .recognizes = &RecognizesCsv, .open = &OpenCsv};

}  // namespace spelk::io
