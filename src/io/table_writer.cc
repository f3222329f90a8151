// Tables for people: columns sized from the first rows, long values folded, what does not fit cut
// visibly.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <numeric>

#include "io/writers.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::io {
namespace {

constexpr size_t kSampleRows = 1000;  // That decide the widths.
constexpr size_t kGap = 2;            // Blanks between columns.
constexpr size_t kLeastWidth = 8;     // Below it a column is left out rather than squeezed.
constexpr size_t kMostLines = 6;      // Of one cell.
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";

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

// Cuts one line of text into pieces of at most `width` columns, behind a blank or a path separator
// if there is one in the second half.
std::vector<std::string> Fold(std::string_view text, size_t width) {
  std::vector<std::string> lines;
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
    lines.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  } while (!text.empty());
  return lines;
}

// The lines of a cell; more than fit are cut with "…".
std::vector<std::string> LinesOf(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    for (std::string& line : Fold(text.substr(from, end - from), width))
      lines.push_back(std::move(line));
    from = end + 1;
    if (lines.size() > kMostLines) break;
  }
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
      std::vector<Cell> cells;
      for (size_t i = 0; i < columns.size(); ++i) {
        const Value value = columns[i] == SIZE_MAX ? Value::Null() : batch.At(columns[i], row);
        cells.push_back({ReadableText(order_.fields()[i], value, options_),
                         NumberOf(value).has_value() && order_.fields()[i].name() != "_time",
                         value.is_null()});
      }
      ++rows_;
      if (widths_.empty()) {
        sample_.push_back(std::move(cells));
        if (sample_.size() >= kSampleRows) Start();
      } else {
        Row(cells);
      }
    }
    return Flush();
  }

  absl::Status Finish() override {
    if (widths_.empty()) Start();
    if (rows_ == 0) out_ += "no results\n";
    if (!left_out_.empty()) {
      out_ +=
          fmt::format("… {} more column{}: ", left_out_.size(), left_out_.size() == 1 ? "" : "s");
      for (size_t i = 0; i < left_out_.size(); ++i)
        out_ += fmt::format("{}{}", i == 0 ? "" : ", ", left_out_[i]);
      out_ += "; -o vertical shows all\n";
    }
    return Flush();
  }

 private:
  absl::Status Flush() {
    const absl::Status status = sink_.Write(out_);
    out_.clear();
    return status;
  }

  // The widths that the columns would like: of their name and of the longest line in the sample.
  std::vector<size_t> WishedWidths() const {
    std::vector<size_t> widths;
    for (const Field field : order_.fields())
      widths.push_back(std::max<size_t>(1, DisplayWidth(ReadableName(field, options_))));
    for (const std::vector<Cell>& row : sample_) {
      for (size_t i = 0; i < row.size(); ++i) {
        std::string_view text = row[i].text;
        while (!text.empty()) {
          const size_t end = std::min(text.find('\n'), text.size());
          widths[i] = std::max(widths[i], DisplayWidth(text.substr(0, end)));
          text.remove_prefix(std::min(text.size(), end + 1));
        }
      }
    }
    return widths;
  }

  // Narrow columns get what they wish; the others share what is left fairly.
  void Fit(std::vector<size_t>& widths) {
    while (widths.size() > 1 && SpaceFor(widths.size()) < LeastSpace(widths)) {
      left_out_.insert(left_out_.begin(),
                       ReadableName(order_.fields()[widths.size() - 1], options_));
      widths.pop_back();
    }
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
  static size_t LeastSpace(const std::vector<size_t>& widths) {
    size_t least = 0;
    for (const size_t width : widths) least += std::min(width, kLeastWidth);
    return least;
  }

  void Start() {
    widths_ = WishedWidths();
    if (widths_.empty()) return;
    if (options_.width > 0) Fit(widths_);
    right_.assign(widths_.size(), true);
    for (size_t i = 0; i < widths_.size(); ++i) {
      bool any = false;
      for (const std::vector<Cell>& row : sample_) {
        if (i >= row.size() || row[i].null) continue;
        any = true;
        right_[i] = right_[i] && row[i].number;
      }
      right_[i] = right_[i] && any;
    }
    Header();
    for (const std::vector<Cell>& row : sample_) Row(row);
    sample_.clear();
  }

  void Header() {
    std::vector<Cell> names;
    for (size_t i = 0; i < widths_.size(); ++i) {
      std::string name = ReadableName(order_.fields()[i], options_);
      if (DisplayWidth(name) > widths_[i]) {
        name.resize(BytesWithin(name, widths_[i] - 1));
        name += "…";
      }
      names.push_back({std::move(name), right_[i], false});
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
    std::vector<std::vector<std::string>> lines;
    size_t height = 1;
    for (size_t i = 0; i < widths_.size() && i < cells.size(); ++i) {
      lines.push_back(options_.width > 0 || cells[i].text.find('\n') != std::string::npos
                          ? LinesOf(cells[i].text, options_.width > 0 ? widths_[i] : SIZE_MAX / 2)
                          : std::vector<std::string>{cells[i].text});
      height = std::max(height, lines.back().size());
    }
    for (size_t l = 0; l < height; ++l) {
      std::string line;
      for (size_t i = 0; i < lines.size(); ++i) {
        const std::string text = l < lines[i].size() ? lines[i][l] : "";
        const size_t width = DisplayWidth(text);
        const std::string pad(widths_[i] > width ? widths_[i] - width : 0, ' ');
        if (i > 0) line += std::string(kGap, ' ');
        line += right_[i] ? pad + text : text + pad;
      }
      while (line.ends_with(' ')) line.pop_back();
      if (options_.colour && !style.empty()) line = std::string(style) + line + std::string(kPlain);
      out_ += line + '\n';
    }
  }

  const WriterOptions options_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  std::vector<std::vector<Cell>> sample_;
  std::vector<size_t> widths_;
  std::vector<bool> right_;
  std::vector<std::string> left_out_;
  uint64_t rows_ = 0;
};

}  // namespace

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
