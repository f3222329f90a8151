// Tables for people: columns sized from the first rows, long values folded, what does not fit cut
// visibly.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <numeric>

#include "io/colours.h"
#include "io/writers.h"
#include "value/case_fold.h"
#include "value/number.h"
#include "value/timestamp.h"

namespace spelk::io {
namespace {

constexpr size_t kSampleRows = 1000;  // That decide the widths.
constexpr size_t kGap = 2;            // Blanks between columns.
constexpr size_t kLeastWidth = 8;     // Below it a column is left out rather than squeezed.
constexpr size_t kLeastEventWidth = 16;
constexpr size_t kLiveWidth = 16;  // For what is still to come.
constexpr size_t kFewRows = 3;     // That are shown one field a line if a table is too narrow.
constexpr size_t kMostLines = 6;   // Of one cell.

size_t WidthOf(char32_t code_point) {
  if (code_point < 0x20 || code_point >= 0x110000) return 0;
  if (code_point < 0x7F) return 1;
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point));
  return width < 0 ? 0 : static_cast<size_t>(width);
}

// How many bytes of the text take at most `width` columns.
size_t BytesWithin(std::string_view text, size_t width) {
  size_t used = 0;
  for (size_t at = 0; at < text.size();) {
    size_t next = at;
    used += WidthOf(NextCodePoint(text, &next));
    if (used > width) return at;
    at = next;
  }
  return text.size();
}

// Cuts one line of text into pieces of at most `width` columns, until there are enough lines.
void FoldLine(std::string_view text, size_t width, size_t most, std::vector<std::string>* lines) {
  do {
    size_t bytes = BytesWithin(text, width);
    if (bytes < text.size()) {
      const size_t good = text.substr(0, bytes).find_last_of(" \\/,;&|");
      if (good != std::string_view::npos && good + 1 > bytes / 2) bytes = good + 1;
    }
    if (bytes == 0 && !text.empty()) {
      size_t next = 0;
      (void)NextCodePoint(text, &next);
      bytes = next;
    }
    lines->emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  } while (!text.empty() && lines->size() < most);
}

// The lines of a cell; more than fit are cut with "…".
std::vector<std::string> LinesOf(std::string_view text, size_t width) {
  std::vector<std::string> lines = FoldText(text, width, kMostLines + 1);
  if (lines.size() > kMostLines) {
    lines.resize(kMostLines);
    std::string& last = lines.back();
    last.resize(BytesWithin(last, width - 1));
    last += "…";
  }
  return lines;
}

struct Cell {
  std::string text;
  bool number = false;
  bool null = true;
};

class TableWriter final : public RowWriter {
 public:
  TableWriter(const WriterOptions& options, const ResultColumns& columns, ByteSink& sink)
      : options_(options), order_(columns), sink_(sink) {}

  absl::Status Write(const Batch& batch) override {
    const std::vector<size_t>& columns = order_.ColumnsOf(batch);
    for (size_t row = 0; row < batch.size(); ++row) {
      ++rows_;
      if (capped() && rows_ > options_.most_rows) continue;
      std::vector<Cell> cells = CellsOf(batch, row, columns);
      if (started_) {
        Row(cells);
        continue;
      }
      sample_.push_back(std::move(cells));
      if (sample_.size() >= (capped() ? std::min(options_.most_rows, kSampleRows) : kSampleRows)) {
        Start();
      }
    }
    if (options_.live && !started_ && !sample_.empty()) Start();
    return Flush();
  }

  absl::Status Finish() override {
    if (!started_) Start();
    if (rows_ == 0) out_ += "no results\n";
    if (!left_out_.empty()) {
      out_ +=
          fmt::format("… {} more column{}: ", left_out_.size(), left_out_.size() == 1 ? "" : "s");
      for (size_t i = 0; i < left_out_.size(); ++i)
        out_ += fmt::format("{}{}", i == 0 ? "" : ", ", left_out_[i]);
      out_ += "; -o vertical shows all\n";
    }
    const bool cut = capped() && rows_ > options_.most_rows;
    if (cut || (options_.width > 0 && rows_ > 0 && !options_.live)) Count();
    return Flush();
  }

 private:
  bool capped() const { return options_.most_rows > 0 && !options_.live; }

  absl::Status Flush() {
    const absl::Status status = sink_.Write(out_);
    out_.clear();
    return status;
  }

  std::vector<Cell> CellsOf(const Batch& batch, size_t row, const std::vector<size_t>& columns) {
    std::vector<Cell> cells;
    for (size_t i = 0; i < columns.size(); ++i) {
      const Value value = columns[i] == SIZE_MAX ? Value::Null() : batch.At(columns[i], row);
      cells.push_back({ReadableText(order_.fields()[i], value, options_),
                       NumberOf(value).has_value() && order_.fields()[i].name() != "_time",
                       value.is_null()});
    }
    return cells;
  }

  void Count() {
    std::string text = fmt::format("{} row{}", rows_, rows_ == 1 ? "" : "s");
    if (capped() && rows_ > options_.most_rows) {
      text += fmt::format(", of which the first {} {} shown; --rows 0 shows all",
                          options_.most_rows, options_.most_rows == 1 ? "is" : "are");
    }
    out_ += options_.colour ? fmt::format("{}{}{}\n", kDim, text, kPlain) : text + "\n";
  }

  // The columns in the order in which they are shown.
  std::vector<size_t> RankedColumns() const {
    std::vector<size_t> columns(order_.fields().size());
    std::iota(columns.begin(), columns.end(), 0U);
    if (!options_.events) return columns;
    std::vector<size_t> ranks;
    for (const size_t column : columns) ranks.push_back(RankOf(column));
    std::stable_sort(columns.begin(), columns.end(),
                     [&ranks](size_t a, size_t b) { return ranks[a] < ranks[b]; });
    return columns;
  }

  // Of a field of events: those that the search names, what tells events apart, the rest.
  size_t RankOf(size_t column) const {
    const std::vector<std::string>& first = options_.first;
    const auto named = std::find(first.begin(), first.end(), order_.fields()[column].name());
    const auto rank = static_cast<size_t>(named - first.begin());
    return named != first.end() || TellsApart(column) ? rank : rank + 1;
  }

  // Most events have a value, not all the same, which is neither one more time nor an identifier.
  bool TellsApart(size_t column) const {
    const std::string* seen = nullptr;
    bool varies = false;
    size_t values = 0;
    for (const std::vector<Cell>& row : sample_) {
      if (column >= row.size() || row[column].null) continue;
      const std::string& text = row[column].text;
      const bool time = !row[column].number && ParseTimestamp(text, options_.zone).has_value();
      if (text.starts_with('{') || time) return false;
      ++values;
      varies = varies || (seen != nullptr && *seen != text);
      seen = &text;
    }
    return varies && 2 * values >= sample_.size();
  }

  // The widths that the columns would like: of their name and of the longest line in the sample.
  std::vector<size_t> WishedWidths() const {
    std::vector<size_t> widths;
    for (const size_t column : shown_) {
      size_t width = std::max<size_t>(options_.live ? kLiveWidth : 1, NameWidth(column));
      for (const std::vector<Cell>& row : sample_) {
        std::string_view text = column < row.size() ? row[column].text : std::string_view();
        while (!text.empty()) {
          const size_t end = std::min(text.find('\n'), text.size());
          width = std::max(width, DisplayWidth(text.substr(0, end)));
          text.remove_prefix(std::min(text.size(), end + 1));
        }
      }
      widths.push_back(width);
    }
    return widths;
  }
  std::string Name(size_t column) const { return ReadableName(order_.fields()[column], options_); }
  size_t NameWidth(size_t column) const { return DisplayWidth(Name(column)); }

  // Narrow columns get what they wish; the others share what is left fairly.
  void Fit(std::vector<size_t>& widths) {
    while (widths.size() > 1 && SpaceFor(widths.size()) < LeastSpace(widths)) {
      left_out_.insert(left_out_.begin(), Name(shown_[widths.size() - 1]));
      widths.pop_back();
    }
    shown_.resize(widths.size());
    const size_t space = SpaceFor(widths.size());
    std::vector<size_t> by_width(widths.size());
    std::iota(by_width.begin(), by_width.end(), 0U);
    std::sort(by_width.begin(), by_width.end(),
              [&](size_t a, size_t b) { return widths[a] < widths[b]; });
    size_t left = space;
    for (size_t i = 0; i < by_width.size(); ++i) {
      const size_t share = left / (by_width.size() - i);
      size_t& width = widths[by_width[i]];
      width = std::max<size_t>(1, std::min(width, share));
      left -= std::min(left, width);
    }
  }
  size_t SpaceFor(size_t columns) const {
    const size_t gaps = kGap * (columns - 1);
    return options_.width > gaps ? options_.width - gaps : 0;
  }
  // Of events there are more columns to choose from, so none is squeezed until it says nothing.
  size_t LeastSpace(const std::vector<size_t>& widths) const {
    size_t least = 0;
    for (size_t i = 0; i < widths.size(); ++i) {
      const size_t enough =
          options_.events ? std::max(kLeastEventWidth, NameWidth(shown_[i])) : kLeastWidth;
      least += std::min(widths[i], enough);
    }
    return least;
  }

  void Start() {
    started_ = true;
    const std::vector<size_t> ranked = RankedColumns();
    shown_ = ranked;
    widths_ = WishedWidths();
    if (widths_.empty()) return;
    if (options_.width > 0) Fit(widths_);
    if (options_.width > 0 && !options_.live && !left_out_.empty() && !sample_.empty() &&
        sample_.size() <= kFewRows) {
      return ShowVertically(ranked);
    }
    Align();
    Header();
    for (const std::vector<Cell>& row : sample_) Row(row);
    sample_.clear();
  }

  // A few rows with too many fields for a table.
  void ShowVertically(const std::vector<size_t>& columns) {
    left_out_.clear();
    for (size_t r = 0; r < sample_.size(); ++r) {
      std::vector<ReadableField> fields;
      for (const size_t column : columns) {
        if (column >= sample_[r].size() || sample_[r][column].null) continue;
        fields.push_back({order_.fields()[column].name(), Name(column), sample_[r][column].text});
      }
      AppendVertical(fields, r + 1, options_, out_);
    }
    sample_.clear();
  }

  // Numbers stand right.
  void Align() {
    for (const size_t column : shown_) {
      bool any = false;
      bool numbers = true;
      for (const std::vector<Cell>& row : sample_) {
        if (column >= row.size() || row[column].null) continue;
        any = true;
        numbers = numbers && row[column].number;
      }
      right_.push_back(numbers && any);
    }
  }

  void Header() {
    std::vector<Cell> names(order_.fields().size());
    for (size_t i = 0; i < shown_.size(); ++i) {
      std::string name = Name(shown_[i]);
      if (DisplayWidth(name) > widths_[i]) {
        name.resize(BytesWithin(name, widths_[i] - 1));
        name += "…";
      }
      names[shown_[i]] = {std::move(name), right_[i], false};
    }
    Row(names, kBold);
    if (options_.colour) out_ += kDim;
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) out_ += std::string(kGap, ' ');
      for (size_t w = 0; w < widths_[i]; ++w) out_ += "─";
    }
    if (options_.colour) out_ += kPlain;
    out_ += '\n';
  }

  void Row(const std::vector<Cell>& cells, std::string_view style = {}) {
    if (shown_.empty()) return;
    std::vector<std::vector<std::string>> lines;
    size_t height = 1;
    for (size_t i = 0; i < shown_.size(); ++i) {
      const std::string_view text =
          shown_[i] < cells.size() ? cells[shown_[i]].text : std::string_view();
      lines.push_back(options_.width > 0 || text.find('\n') != std::string::npos
                          ? LinesOf(text, options_.width > 0 ? widths_[i] : SIZE_MAX / 2)
                          : std::vector<std::string>{std::string(text)});
      height = std::max(height, lines.back().size());
    }
    for (size_t l = 0; l < height; ++l) {
      std::string line;
      for (size_t i = 0; i < lines.size(); ++i) {
        const std::string text = l < lines[i].size() ? lines[i][l] : "";
        const size_t width = DisplayWidth(text);
        const std::string pad(widths_[i] > width ? widths_[i] - width : 0, ' ');
        if (i > 0) line += std::string(kGap, ' ');
        line += right_[i] ? pad + Coloured(text, i, style) : Coloured(text, i, style) + pad;
      }
      while (line.ends_with(' ')) line.pop_back();
      if (options_.colour && !style.empty()) line = std::string(style) + line + std::string(kPlain);
      out_ += line + '\n';
    }
  }
  std::string Coloured(const std::string& text, size_t shown, std::string_view style) const {
    if (!options_.colour || !style.empty()) return text;
    return Lit(text, order_.fields()[shown_[shown]].name(), options_.lights);
  }

  const WriterOptions options_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  std::vector<std::vector<Cell>> sample_;
  bool started_ = false;
  std::vector<size_t> shown_;   // Columns.
  std::vector<size_t> widths_;  // Of these.
  std::vector<bool> right_;
  std::vector<std::string> left_out_;
  uint64_t rows_ = 0;
};

}  // namespace

std::vector<std::string> FoldText(std::string_view text, size_t width, size_t most) {
  std::vector<std::string> lines;
  for (size_t from = 0; from <= text.size() && lines.size() < most;) {
    const size_t end = std::min(text.find('\n', from), text.size());
    FoldLine(text.substr(from, end - from), width == 0 ? SIZE_MAX / 2 : width, most, &lines);
    from = end + 1;
  }
  return lines;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) width += WidthOf(NextCodePoint(text, &at));
  return width;
}

std::unique_ptr<RowWriter> MakeTableWriter(const WriterOptions& options,
                                           const ResultColumns& columns, ByteSink& sink) {
  return std::make_unique<TableWriter>(options, columns, sink);
}

}  // namespace spelk::io
