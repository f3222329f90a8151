// CSV, TSV, Markdown, raw and vertical output.
#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "io/colours.h"
#include "io/terminal_text.h"
#include "io/writers.h"
#include "value/number.h"
#include "value/time_format.h"

namespace spelk::io {
namespace {

constexpr size_t kWrittenAtOnce = size_t{1} << 20U;

class CsvWriter final : public RowWriter {
 public:
  CsvWriter(char separator, const ResultColumns& columns, ByteSink& sink)
      : separator_(separator), order_(columns), sink_(sink) {}

  absl::Status Write(const Batch& batch) override {
    const std::vector<size_t>& columns = order_.ColumnsOf(batch);
    out_.clear();
    Header();
    for (size_t row = 0; row < batch.size(); ++row) {
      for (size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out_ += separator_;
        if (columns[i] != SIZE_MAX) Cell(TextOf(batch.At(columns[i], row)));
      }
      out_ += '\n';
      if (out_.size() < kWrittenAtOnce) continue;
      SPELK_RETURN_IF_ERROR(sink_.Write(out_));
      out_.clear();
    }
    return sink_.Write(out_);
  }
  absl::Status Finish() override {
    out_.clear();
    Header();
    return sink_.Write(out_);
  }

 private:
  void Header() {
    if (headed_ || order_.fields().empty()) return;
    headed_ = true;
    for (size_t i = 0; i < order_.fields().size(); ++i) {
      if (i > 0) out_ += separator_;
      Cell(order_.fields()[i].name());
    }
    out_ += '\n';
  }

  void Cell(std::string_view text) {
    if (separator_ == '\t') {
      for (const char c : text) {
        switch (c) {
          case '\t':
            out_ += "\\t";
            break;
          case '\n':
            out_ += "\\n";
            break;
          case '\r':
            out_ += "\\r";
            break;
          case '\\':
            out_ += "\\\\";
            break;
          default:
            out_ += c;
        }
      }
      return;
    }
    AppendCsvCell(text, out_);
  }

  const char separator_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  bool headed_ = false;
};

class MarkdownWriter final : public RowWriter {
 public:
  MarkdownWriter(const WriterOptions& options, const ResultColumns& columns, ByteSink& sink)
      : options_(options), order_(columns), sink_(sink) {}

  absl::Status Write(const Batch& batch) override {
    const std::vector<size_t>& columns = order_.ColumnsOf(batch);
    out_.clear();
    Header();
    for (size_t row = 0; row < batch.size(); ++row) {
      out_ += '|';
      for (size_t i = 0; i < columns.size(); ++i) {
        const Value value = columns[i] == SIZE_MAX ? Value::Null() : batch.At(columns[i], row);
        Cell(ReadableText(order_.fields()[i], value, options_));
      }
      out_ += '\n';
    }
    return sink_.Write(out_);
  }
  absl::Status Finish() override {
    out_.clear();
    Header();
    return sink_.Write(out_);
  }

 private:
  void Header() {
    if (headed_ || order_.fields().empty()) return;
    headed_ = true;
    out_ += '|';
    for (const Field field : order_.fields()) Cell(ReadableName(field, options_));
    out_ += "\n|";
    for (size_t i = 0; i < order_.fields().size(); ++i) out_ += " --- |";
    out_ += '\n';
  }
  void Cell(std::string_view text) {
    out_ += ' ';
    for (size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '\n') {
        out_ += "<br>";
      } else if (c != '\r' || !text.substr(at + 1).starts_with('\n')) {
        if (c == '|' || c == '\\') out_ += '\\';
        out_ += c;
      }
    }
    out_ += " |";
  }

  const WriterOptions options_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  bool headed_ = false;
};

class RawWriter final : public RowWriter {
 public:
  explicit RawWriter(ByteSink& sink) : sink_(sink) {}
  absl::Status Write(const Batch& batch) override {
    std::optional<size_t> raw;
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      if ((*batch.schema())[c].name() == "_raw") raw = c;
    }
    std::string out;
    for (size_t row = 0; raw && row < batch.size(); ++row) {
      const Value value = batch.At(*raw, row);
      if (!value.is_null()) out += TextOf(value) + '\n';
    }
    return sink_.Write(out);
  }
  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  ByteSink& sink_;
};

// One field a line, with the names aligned.
class VerticalWriter final : public RowWriter {
 public:
  VerticalWriter(const WriterOptions& options, const ResultColumns& columns, ByteSink& sink)
      : options_(options), order_(columns), sink_(sink) {}

  absl::Status Write(const Batch& batch) override {
    const std::vector<size_t>& columns = order_.ColumnsOf(batch);
    out_.clear();
    for (size_t row = 0; row < batch.size(); ++row) {
      std::vector<ReadableField> fields;
      for (size_t i = 0; i < columns.size(); ++i) {
        const Value value = columns[i] == SIZE_MAX ? Value::Null() : batch.At(columns[i], row);
        const Field field = order_.fields()[i];
        if (value.is_null()) continue;
        fields.push_back(
            {field.name(), ReadableName(field, options_), ReadableText(field, value, options_)});
      }
      AppendVertical(fields, ++rows_, options_, out_);
    }
    return sink_.Write(out_);
  }
  absl::Status Finish() override {
    return rows_ == 0 ? sink_.Write("no results\n") : absl::OkStatus();
  }

 private:
  const WriterOptions options_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  uint64_t rows_ = 0;
};

}  // namespace

void AppendCsvCell(std::string_view text, std::string& out) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void AppendVertical(const std::vector<ReadableField>& fields, uint64_t number,
                    const WriterOptions& options, std::string& out) {
  constexpr size_t kRule = 40;
  constexpr size_t kLeastText = 16;  // A narrower column is not worth folding to.
  std::string rule = fmt::format("── row {} ", number);
  while (DisplayWidth(rule) < kRule) rule += "─";
  out += options.colour ? fmt::format("{}{}{}\n", kDim, rule, kPlain) : rule + "\n";
  size_t width = 0;
  for (const ReadableField& each : fields) width = std::max(width, DisplayWidth(each.name));
  const std::string indent(width + 2, ' ');
  const bool fits = options.width >= indent.size() + kLeastText;
  for (const ReadableField& each : fields) {
    out += options.colour ? fmt::format("{}{}{}", kBold, each.name, kPlain) : each.name;
    out.append(indent.size() - DisplayWidth(each.name), ' ');
    bool first = true;
    for (std::string& line : FoldText(each.text, fits ? options.width - indent.size() : 0)) {
      while (fits && line.ends_with(' ')) line.pop_back();
      if (!first) out += "\n" + indent;
      first = false;
      out += options.colour ? Lit(line, each.field, options.lights) : line;
    }
    out += '\n';
  }
}

std::string ReadableText(Field field, const Value& value, const WriterOptions& options) {
  std::string text;
  const std::optional<Number> time = field.name() == "_time" ? NumberOf(value) : std::nullopt;
  text = time ? ReadableTime(time->value, options.zone) : TextOf(value);
  if (!options.terminal) return text;
  std::string shown;
  for (const char c : ForTerminal(text)) {
    if (c == '\t') {
      shown += "  ";
    } else {
      shown += c;
    }
  }
  return shown;
}

std::string ReadableName(Field field, const WriterOptions& options) {
  if (!options.terminal) return std::string(field.name());
  std::string shown = ForTerminal(field.name());
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return shown;
}

std::unique_ptr<RowWriter> MakeCsvWriter(char separator, const ResultColumns& columns,
                                         ByteSink& sink) {
  return std::make_unique<CsvWriter>(separator, columns, sink);
}
std::unique_ptr<RowWriter> MakeMarkdownWriter(const WriterOptions& options,
                                              const ResultColumns& columns, ByteSink& sink) {
  return std::make_unique<MarkdownWriter>(options, columns, sink);
}
std::unique_ptr<RowWriter> MakeRawWriter(ByteSink& sink) {
  return std::make_unique<RawWriter>(sink);
}
std::unique_ptr<RowWriter> MakeVerticalWriter(const WriterOptions& options,
                                              const ResultColumns& columns, ByteSink& sink) {
  return std::make_unique<VerticalWriter>(options, columns, sink);
}

std::optional<Format> ParseFormat(std::string_view name) {
  constexpr std::pair<std::string_view, Format> kFormats[] = {
      {"table", Format::kTable}, {"ndjson", Format::kNdjson},    {"json", Format::kJson},
      {"csv", Format::kCsv},     {"tsv", Format::kTsv},          {"markdown", Format::kMarkdown},
      {"raw", Format::kRaw},     {"vertical", Format::kVertical}};
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

bool NeedsColumns(Format format) {
  return format == Format::kTable || format == Format::kCsv || format == Format::kTsv ||
         format == Format::kMarkdown;
}

std::unique_ptr<RowWriter> MakeWriter(const WriterOptions& options, const ResultColumns& columns,
                                      ByteSink& sink) {
  switch (options.format) {
    case Format::kTable:
      return MakeTableWriter(options, columns, sink);
    case Format::kNdjson:
      return MakeJsonWriter(false, columns, sink);
    case Format::kJson:
      return MakeJsonWriter(true, columns, sink);
    case Format::kCsv:
      return MakeCsvWriter(',', columns, sink);
    case Format::kTsv:
      return MakeCsvWriter('\t', columns, sink);
    case Format::kMarkdown:
      return MakeMarkdownWriter(options, columns, sink);
    case Format::kRaw:
      return MakeRawWriter(sink);
    case Format::kVertical:
      return MakeVerticalWriter(options, columns, sink);
  }
  return nullptr;
}

}  // namespace spelk::io
