// Input: where events come from. Files, memory, a callback: one interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"

namespace spelk::io {

// How long a reader waits before it looks whether the run was stopped.
inline constexpr int kPollMilliseconds = 50;

// Bytes in order. Not thread-safe, but for ReadAt.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads at most `size` bytes; 0 is the end. May return fewer than there are: a slow pipe gives
  // what it has, and blocks only while it has nothing.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
  // True if Read would not block now, waiting for that as long as `milliseconds`. Files and memory:
  // always.
  virtual bool Ready(int milliseconds) const {
    (void)milliseconds;
    return true;
  }
  // For plain files and memory: reads at an offset, from any thread. `random_access()` says
  // whether.
  virtual bool random_access() const { return false; }
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, char* buffer, size_t size);
  // Bytes in all, as far as known: for progress and for cutting plain files into blocks.
  virtual std::optional<uint64_t> size() const { return std::nullopt; }
  // True if a Read that gives nothing is not the end.
  virtual bool endless() const { return false; }
  // Bytes taken from the file or pipe so far, before decompression: for progress.
  virtual uint64_t consumed() const = 0;
};
using ByteSourcePtr = std::unique_ptr<ByteSource>;

// How an input is written: one of src/io/formats/formats.inc.
struct InputFormat;
// "ndjson", "csv" and so on; null if there is none of that name.
const InputFormat* InputFormatNamed(std::string_view name);
// Their names: "evtx, json … or text".
std::string ListOfInputFormats();

// How lines are put together again (SHOULD_LINEMERGE). Expressions that are empty say nothing.
struct LineMerging {
  std::string break_only_before;      // A line that matches begins an event; nothing else does.
  bool break_before_date = true;      // Without it: a line with a date begins one.
  std::string must_break_after;       // The line after one that matches begins an event …
  std::string must_not_break_after;   // … and after one that matches this, only such a line.
  std::string must_not_break_before;  // A line that matches begins none.
  size_t most_lines = 256;            // Of an event; 0: any number.
  // Where dates stand: TIME_PREFIX, TIME_FORMAT, MAX_TIMESTAMP_LOOKAHEAD.
  std::string time_prefix;
  std::string time_format;
  size_t lookahead = 128;
};

// How text is cut into events: at line ends, unless the regular expressions say otherwise.
struct TextBreaks {
  // What its first group matches, or all of it, stands between events (LINE_BREAKER).
  std::string line_breaker;
  bool break_before_match = false;  // If no group takes part: the event begins with the match.
  // An event begins with each line that matches (BREAK_ONLY_BEFORE).
  std::string break_only_before;
  std::optional<LineMerging> merging = {};
  size_t longest_line = 0;  // In bytes: of longer lines the rest is left out (TRUNCATE). 0: any.

  bool any() const {
    return !line_breaker.empty() || !break_only_before.empty() || merging || longest_line > 0;
  }
};

// How text is read as a table, where its first bytes are not to tell: INDEXED_EXTRACTIONS and what
// belongs to it.
struct TableReading {
  char separator = ',';
  bool any_blanks = false;  // Any number of blanks and tabs separates instead.
  std::optional<char> quote = '"';
  std::vector<std::string> names;  // Of the columns; empty: a line has them.
  size_t names_line = 0;           // Which line that is; 0: the first that is not skipped.
  std::string names_after;         // It begins with a match of this, which is no name.
  bool names_anew = false;         // Each such line has the names of what follows.
  std::string skipped;             // Lines that match are passed over.
  // Characters beside letters, digits and blanks that names keep; others become `_`.
  std::string kept_in_names;
};

struct FormatOptions {
  const InputFormat* format = nullptr;  // Null: as the first bytes tell.
  TextBreaks breaks;
  // What is said of the input beside the command line: followed where its bytes are such text.
  TextBreaks text_breaks;
  std::optional<TableReading> table = {};
  int depth = 0;  // How many archives the input lies in.
};

// One input as the user named it.
struct Input {
  enum class Kind : uint8_t { kFile, kStandardInput, kMemory, kCallback, kSpooled };
  Kind kind = Kind::kFile;
  std::string
      path;  // The event's `source` if it has none: the path as given or found, "-" for stdin.
  std::string source;      // The same as text, if the path is not UTF-8; otherwise empty.
  std::string index;       // From INDEX:PATH; empty if not given.
  std::string sourcetype;  // Of events without one.
  FormatOptions format = {};
  std::string_view memory;  // kMemory: outlives the run.
  // kCallback: fills the buffer, returns how many bytes, 0 at the end. Called by one thread at a
  // time.
  std::function<size_t(char* buffer, size_t size)> callback;
  std::shared_ptr<const int>
      descriptor;  // kSpooled: an open file; shared by the passes that read it.
};

// True for pipes and callbacks.
bool ReadsOnce(const Input& input);

// Reads an input that can be read only once (standard input, a callback) to its end into a file
// without a name, so that several passes may read it. Stops where it is when the input is ended.
absl::StatusOr<Input> Spool(const Input& input, const std::string& directory,
                            const Cancellation* cancel);

// Makes the list of inputs out of what the user typed: files, directories (all files below, those
// that begin with a dot left out), globs (`*`, `?`, `[a-z]`, `**`), "-" for standard input, and
// INDEX:PATH
// ([a-z0-9_-]{2,} before the colon, if no file has the whole name). Directories and globs are
// sorted by name (bytes); the order of the arguments is kept. NotFound names what does not exist or
// matches nothing.
absl::StatusOr<std::vector<Input>> ExpandInputs(const std::vector<std::string>& arguments);

// Opens an input and undoes its compression, which is told by the first bytes (gzip: 1f 8b, with
// further members; zstd: 28 b5 2f fd, with further and skippable frames), never by the name. Read
// fails with DataLoss, after all that could be read, for a damaged or truncated archive. When the
// input is ended (`cancel` may be null), a pipe that has nothing to read is at its end.
absl::StatusOr<ByteSourcePtr> Open(const Input& input, const Cancellation* cancel = nullptr);

// Likewise, and gives the events of any format that is read as one JSON object a line.
absl::StatusOr<ByteSourcePtr> OpenEvents(const Input& input, const Cancellation* cancel = nullptr);

// Likewise, but a plain file has no end: Ready tells whether there is more of it. Where it was cut
// off, or another file took its name, reading begins anew.
absl::StatusOr<ByteSourcePtr> OpenFollowed(const Input& input, const Cancellation* cancel);

// The whole text of a small input, decompressed. ResourceExhausted if it is longer than `most`
// bytes.
absl::StatusOr<std::string> ReadAll(const Input& input, size_t most);
// Its first `most` bytes at least, or all of it.
absl::StatusOr<std::string> ReadBegin(const Input& input, size_t most);

}  // namespace spelk::io
