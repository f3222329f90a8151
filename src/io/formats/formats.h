// Formats of inputs beside one JSON object a line: recognised by their first bytes, and told as
// that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/input.h"

namespace spelk::io {

// The format that the first bytes tell; kLines where they are of none that spelk reads, or of a
// feed as it is. `complete`: they are the whole input.
InputFormat FormatOf(std::string_view start, bool complete);

// Undoes compression, archives and UTF-16, and gives the events of what is inside as one JSON
// object a line; a source that has them like that is given back. `path` names it in messages.
// Looks at the first bytes: of a slow pipe at no more than the first line, if that is JSON.
absl::StatusOr<ByteSourcePtr> OpenFormat(ByteSourcePtr source, const std::string& path,
                                         const FormatOptions& options);

// bzip2, xz, zip or tar, whether the build reads them or not.
bool IsArchive(std::string_view start);

// ---- one for each format

enum class JsonStart : uint8_t { kLines, kDocuments };
JsonStart LookAtJson(std::string_view start);
ByteSourcePtr OpenJsonDocuments(ByteSourcePtr source);
// What separates the cells of a table with a line of names; zero if `start` is none.
char TableSeparator(std::string_view start, bool complete);
ByteSourcePtr OpenTable(ByteSourcePtr source, char separator);
absl::StatusOr<ByteSourcePtr> OpenText(ByteSourcePtr source, const TextBreaks& breaks);
bool HoldsXmlEvent(std::string_view start);
ByteSourcePtr OpenXmlEvents(ByteSourcePtr source);
std::optional<bool> BigEndianUtf16(std::string_view start);
ByteSourcePtr OpenUtf16(ByteSourcePtr source, bool big_endian);
// These two are there in a build that has the library.
ByteSourcePtr OpenEvtx(ByteSourcePtr source, std::string path);
absl::StatusOr<ByteSourcePtr> OpenArchive(ByteSourcePtr source, std::string_view start,
                                          const std::string& path, const FormatOptions& options);

}  // namespace spelk::io
