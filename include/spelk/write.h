// spelk/write.h: results as text: the formats, and where the bytes go. Standard library only.
//
//   spelk::MemorySink csv;
//   spelk::Result<spelk::Summary> done = query->Write(
//       spelk::File("events.ndjson"), spelk::RunOptions(), {.format = spelk::Format::kCsv}, csv);
//   if (done.ok()) Send(csv.text());
//
// All that the command line writes, it writes through this header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "spelk/result.h"
#include "spelk/rows.h"

namespace spelk {

// ---------------------------------------------------------------- formats

enum class Format : uint8_t {
  kTable,     // Aligned columns, for people.
  kNdjson,    // One JSON object a line; events as they came, nested.
  kJson,      // The same as one array.
  kCsv,       // With a line of names; the values of a multivalue on lines of their own.
  kTsv,       // Likewise with tabs; a tab, a line end and a backslash in a value are \t, \n and \\.
  kMarkdown,  // A table of GitHub's Markdown.
  kRaw,       // The field _raw alone.
  kVertical,  // One field a line.
};
// "csv"; nothing if there is no such format.
std::optional<Format> FormatNamed(std::string_view name);
// "table, ndjson, json, csv, tsv, markdown, raw or vertical": for messages.
std::string_view FormatNames();
// By the ending of a file's name (.csv, .tsv, .json, .ndjson, .jsonl, .md, .txt for a table);
// `otherwise` for a name without one. An ending that stands for none of the formats is an error.
Result<Format> FormatOfFile(std::string_view path, Format otherwise = Format::kNdjson);

struct WriteOptions {
  Format format = Format::kNdjson;
  // Columns of the terminal that a table is fitted to; 0: as wide as it gets. Of events a fitted
  // table has _time, host, the fields that the search names, and of the others what varies; a few
  // rows with more fields than fit are shown one field a line.
  size_t width = 0;
  size_t most_rows = 0;   // Of a table; the rows beyond are counted. 0: all.
  bool colour = false;    // ANSI colours: headings, and in tables what the search looked for.
  bool terminal = false;  // Control characters are shown as escapes, in every format.
  bool flush = false;     // The sink is flushed after every batch, for readers who wait.
  // Rows are shown as they come: the columns of a table are sized by the first batch, and it has as
  // many rows as there are. Implies flush.
  bool live = false;
};

// ---------------------------------------------------------------- where bytes go

// To be implemented by whoever wants the bytes. One thread at a time calls it; it must not throw.
class Sink {
 public:
  virtual ~Sink() = default;
  // Flow::kEnough ends the run without an error: the reader is gone. An error fails the run.
  virtual Result<Flow> Write(std::string_view bytes) = 0;
  // What was written is to be seen.
  virtual Result<Flow> Flush() { return Flow::kMore; }
};

// Keeps the bytes; more than `most` are an error of kind kLimit.
class MemorySink final : public Sink {
 public:
  explicit MemorySink(size_t most = SIZE_MAX) : most_(most) {}
  Result<Flow> Write(std::string_view bytes) override;
  const std::string& text() const { return text_; }

 private:
  const size_t most_;
  std::string text_;
};

// Hands the bytes on, in pieces as the writer makes them.
class CallbackSink final : public Sink {
 public:
  explicit CallbackSink(std::function<Flow(std::string_view bytes)> take)
      : take_(std::move(take)) {}
  Result<Flow> Write(std::string_view bytes) override { return take_(bytes); }

 private:
  std::function<Flow(std::string_view bytes)> take_;
};

// Writes to an open descriptor, which stays open. Bytes are gathered until there are many, or until
// Flush. A closed pipe is Flow::kEnough.
class DescriptorSink final : public Sink {
 public:
  explicit DescriptorSink(int descriptor);
  ~DescriptorSink() override;
  Result<Flow> Write(std::string_view bytes) override;
  Result<Flow> Flush() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Writes a file that appears when all is written: until Commit() it stands beside its place under
// another name, and an old file stays as it was. Links are followed and stay links. What is no
// plain file (a device, a pipe) is written to as it is. Without Commit() nothing is left.
class FileSink final : public Sink {
 public:
  static Result<FileSink> Create(const std::string& path);
  FileSink(FileSink&&) noexcept;
  FileSink& operator=(FileSink&&) noexcept;
  ~FileSink() override;

  Result<Flow> Write(std::string_view bytes) override;
  Result<Flow> Flush() override;
  // Once, when all is written.
  Result<Flow> Commit();
  // The name until then, for whoever ends the program at once; null if there is none.
  const char* temporary() const;

 private:
  struct Impl;
  explicit FileSink(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace spelk
