// Formats of inputs beside one JSON object a line: recognised by their first bytes, and told as
// that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/input.h"

namespace spelk::io {

// The first bytes of an input, by which it is recognised.
struct InputStart {
  std::string_view bytes;  // As they are.
  std::string_view text;   // Without byte order mark and blanks; of an object only its first line.
  bool is_text = false;    // There is something in it, and no control characters or known magic.
  char next = '\0';        // Of an object: what the lines after it begin with, 0 without any.
  bool complete = false;   // They are the whole input.
};

struct Opening {
  InputStart start;
  const std::string& path;  // For messages.
  const FormatOptions& options;
};

// One format, defined in its file as `extern constexpr InputFormat kCsvFormat`.
struct InputFormat {
  std::string_view name;  // As --input-format takes it.
  // Whether an input that begins so is in this format, if none before it in formats.inc claims it.
  bool (*recognizes)(const InputStart& start);
  absl::StatusOr<ByteSourcePtr> (*open)(ByteSourcePtr source, const Opening& opening);
};

// SPELK_FORMAT(Csv) declares kCsvFormat.
#define SPELK_FORMAT(Name) extern const InputFormat k##Name##Format;
#include "io/formats/formats.inc"
#undef SPELK_FORMAT

// The format that the first bytes tell; that of lines where they are of none that spelk reads.
const InputFormat& FormatOf(std::string_view start, bool complete);

// Undoes compression, archives and UTF-16, and gives the events of what is inside as one JSON
// object a line; a source that has them like that is given back. `path` names it in messages.
// Looks at the first bytes: of a slow pipe at no more than the first line, if that is one object.
absl::StatusOr<ByteSourcePtr> OpenFormat(ByteSourcePtr source, const std::string& path,
                                         const FormatOptions& options);

// Whether it depends on what follows if the first line, its end included, is one of many.
bool NextLineTells(std::string_view line);

// bzip2, xz, zip or tar, whether the build reads them or not.
bool IsArchive(std::string_view start);

// ---- layers, of which any format may be inside

std::optional<bool> BigEndianUtf16(std::string_view start);
ByteSourcePtr OpenUtf16(ByteSourcePtr source, bool big_endian);
// There in a build that has the library.
absl::StatusOr<ByteSourcePtr> OpenArchive(ByteSourcePtr source, std::string_view start,
                                          const std::string& path, const FormatOptions& options);

}  // namespace spelk::io
