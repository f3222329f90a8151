// Formats and sinks of the public API, and writing a search's rows.
#include "spelk/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/status.h"
#include "commands/fieldformat.h"
#include "engine/event_view.h"
#include "engine/impl.h"
#include "engine/output.h"
#include "engine/sink_bytes.h"
#include "io/file_sink.h"
#include "io/terminal_text.h"

namespace spelk {
namespace engine {
namespace {

static_assert(static_cast<int>(Format::kTable) == static_cast<int>(io::Format::kTable) &&
              static_cast<int>(Format::kVertical) == static_cast<int>(io::Format::kVertical));

io::Format ToInternal(Format format) { return static_cast<io::Format>(format); }

// Formats for other programs do not care for terminals; one may get them all the same.
bool ShowsItself(const WriteOptions& options) {
  return !options.terminal || options.format == Format::kTable ||
         options.format == Format::kMarkdown || options.format == Format::kVertical;
}

io::Escapes EscapesFor(Format format) {
  const bool json = format == Format::kNdjson || format == Format::kJson;
  return json ? io::Escapes::kJson : io::Escapes::kReadable;
}

io::WriterOptions MakeWriterOptions(const WriteOptions& write, absl::TimeZone zone) {
  io::WriterOptions options;
  options.format = ToInternal(write.format);
  options.zone = zone;
  options.width = write.width;
  options.colour = write.colour;
  options.terminal = write.terminal;
  options.most_rows = write.most_rows;
  options.live = write.live;
  return options;
}

// The plan with what fieldformat says as its last step; null if it says nothing.
plan::NodePtr WithFormats(const Core& core, const plan::Node& plan) {
  plan::NodePtr formats = commands::FormatsOf(plan);
  if (formats != nullptr) formats->input = plan::CopyPlan(plan, core.fields(), core.entries());
  return formats;
}

absl::Status WriteRows(const Query& query, const Input& input, const RunOptions& options,
                       const WriteOptions& write, Sink& sink, Summary* summary) {
  const Core& core = query.impl().engine->core;
  if (query.impl().compilation.plan == nullptr) {
    return absl::InvalidArgumentError("a query that was only parsed cannot run");
  }
  SPELK_ASSIGN_OR_RETURN(RunRequest request, MakeRequest(core, input, options));
  if (!query.generates() && request.inputs.empty()) return NeedsInput();
  request.form = FormFor(ToInternal(write.format));
  SinkBytes plain(sink);
  io::TerminalSink escaped(plain, EscapesFor(write.format));
  io::ByteSink& bytes = ShowsItself(write) ? static_cast<io::ByteSink&>(plain) : escaped;
  io::WriterOptions writer = MakeWriterOptions(write, core.zone());
  const plan::Node* plan = query.impl().compilation.plan.get();
  const bool shown = write.format == Format::kTable || write.format == Format::kMarkdown ||
                     write.format == Format::kVertical;
  const plan::NodePtr formatted = shown ? WithFormats(core, *plan) : nullptr;
  if (formatted != nullptr) plan = formatted.get();
  EventView view;
  if (write.format == Format::kTable && write.width > 0 && plan::ShapeOf(*plan).events) {
    view = MakeEventView(core, *plan);
    plan = view.plan.get();
    writer.events = true;
    writer.first = std::move(view.first);
    writer.lights = std::move(view.lights);
  }
  OutputSink rows(std::move(writer), bytes, write.flush || write.live);
  std::vector<Summary> summaries;
  const absl::Status status =
      Run(core, {{plan, &rows, &query.impl().compilation}}, request, &summaries);
  if (!summaries.empty()) *summary = std::move(summaries[0]);
  return status;
}

}  // namespace
}  // namespace engine

// ---------------------------------------------------------------- formats

std::optional<Format> FormatNamed(std::string_view name) {
  const std::optional<io::Format> format = io::ParseFormat(name);
  return format ? std::optional(static_cast<Format>(*format)) : std::nullopt;
}

std::string_view FormatNames() {
  return "table, ndjson, json, csv, tsv, markdown, raw or vertical";
}

namespace {

// What follows the last dot of the name, in lower case, if it looks like an ending: some letters
// and digits. Names made up by mktemp are longer, or of both cases.
std::string EndingOf(std::string_view path) {
  constexpr size_t kLongest = 8;
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  const size_t dot = name.find_last_of('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return "";
  const std::string_view ending = name.substr(dot + 1);
  bool lower = false, upper = false;
  for (const char c : ending) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) == 0) return "";
    lower = lower || (c >= 'a' && c <= 'z');
    upper = upper || (c >= 'A' && c <= 'Z');
  }
  if (ending.size() > kLongest || (lower && upper) || (!lower && !upper)) return "";
  std::string text(ending);
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return text;
}

}  // namespace

Result<Format> FormatOfFile(std::string_view path, Format otherwise) {
  constexpr std::pair<std::string_view, Format> kEndings[] = {
      {"csv", Format::kCsv},           {"tsv", Format::kTsv},      {"json", Format::kJson},
      {"ndjson", Format::kNdjson},     {"jsonl", Format::kNdjson}, {"md", Format::kMarkdown},
      {"markdown", Format::kMarkdown}, {"txt", Format::kTable}};
  const std::string ending = EndingOf(path);
  if (ending.empty()) return otherwise;
  for (const auto& [known, format] : kEndings) {
    if (known == ending) return format;
  }
  return Error(ErrorKind::kQuery,
               fmt::format("nothing is written as .{}; the endings that stand for a format are "
                           ".csv, .tsv, .json, .ndjson, .jsonl, .md and .txt",
                           ending));
}

// ---------------------------------------------------------------- where bytes go

Result<Flow> MemorySink::Write(std::string_view bytes) {
  if (bytes.size() > most_ - std::min(most_, text_.size())) {
    return Error(ErrorKind::kLimit, fmt::format("the output is longer than {} bytes", most_));
  }
  text_ += bytes;
  return Flow::kMore;
}

struct DescriptorSink::Impl {
  explicit Impl(int descriptor) : file(descriptor) {}
  io::FileSink file;
};
DescriptorSink::DescriptorSink(int descriptor) : impl_(std::make_unique<Impl>(descriptor)) {}
DescriptorSink::~DescriptorSink() = default;
Result<Flow> DescriptorSink::Write(std::string_view bytes) {
  return engine::ToFlow(impl_->file.Write(bytes));
}
Result<Flow> DescriptorSink::Flush() { return engine::ToFlow(impl_->file.Flush()); }

struct FileSink::Impl {
  std::unique_ptr<io::AtomicFile> file;
};
FileSink::FileSink(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileSink::FileSink(FileSink&&) noexcept = default;
FileSink& FileSink::operator=(FileSink&&) noexcept = default;
FileSink::~FileSink() = default;

Result<FileSink> FileSink::Create(const std::string& path) {
  absl::StatusOr<std::unique_ptr<io::AtomicFile>> file = io::AtomicFile::Create(path);
  if (!file.ok()) return engine::ToError(file.status());
  return FileSink(std::make_unique<Impl>(Impl{std::move(*file)}));
}
Result<Flow> FileSink::Write(std::string_view bytes) {
  return engine::ToFlow(impl_->file->sink().Write(bytes));
}
Result<Flow> FileSink::Flush() { return engine::ToFlow(impl_->file->sink().Flush()); }
Result<Flow> FileSink::Commit() { return engine::ToFlow(impl_->file->Commit()); }
const char* FileSink::temporary() const { return impl_->file->temporary(); }

// ---------------------------------------------------------------- writing

Result<Summary> Query::Write(const Input& input, const RunOptions& options,
                             const WriteOptions& write, Sink& sink) const {
  Summary summary;
  const absl::Status status = engine::WriteRows(*this, input, options, write, sink, &summary);
  if (options.summary != nullptr) *options.summary = summary;
  if (!status.ok()) return engine::ToError(status);
  return summary;
}

}  // namespace spelk
