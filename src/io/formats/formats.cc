// Telling formats apart, and opening one inside another.
#include "io/formats/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/status.h"
#include "io/compression.h"
#include "io/input_kind.h"
#include "io/prefixed_source.h"
#include "io/terminal_text.h"
#include "value/ascii.h"
#include "value/utf8.h"

namespace spelk::io {
namespace {

using namespace std::string_view_literals;

constexpr size_t kUtf16Told = 4;  // Bytes that tell UTF-16 without a mark.
constexpr int kMostLayers = 4;    // a.csv.gz in a zip archive.

// The first bytes of a source, and the source as if nothing had been read of it.
struct Looked {
  std::string start;
  bool complete = false;
  absl::Status error;  // Met before enough was read; told by the source again.
};

// What the text begins with but for blanks; 0 without anything.
char FirstOf(std::string_view text) {
  const size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? '\0' : text[at];
}

// True if no more bytes are needed to tell the format: the first line is JSON, and whole.
bool IsEnough(std::string_view start) {
  // A brace and a zero may begin UTF-16, which two units tell.
  if (start.size() < kUtf16Told && start.find('\0') != std::string_view::npos) return false;
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
  const size_t begin = start.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos || start[begin] != '{') return false;
  const size_t end = start.find('\n', begin);
  if (end == std::string_view::npos) return false;
  return FirstOf(start.substr(end)) != '\0' || !NextLineTells(start.substr(begin, end + 1 - begin));
}

// Fails as the source did, where that is asked for next.
class FailedSource final : public ByteSource {
 public:
  explicit FailedSource(absl::Status error) : error_(std::move(error)) {}
  absl::StatusOr<size_t> Read(char*, size_t) override { return error_; }
  uint64_t consumed() const override { return 0; }

 private:
  const absl::Status error_;
};

absl::StatusOr<Looked> LookAt(ByteSourcePtr& source) {
  Looked looked;
  looked.start.resize(kLookedAt);
  if (source->random_access()) {
    SPELK_ASSIGN_OR_RETURN(const size_t n,
                           source->ReadAt(0, looked.start.data(), looked.start.size()));
    looked.start.resize(n);
    looked.complete = n < kLookedAt;
    return looked;
  }
  size_t have = 0;
  while (have < kLookedAt && !IsEnough(std::string_view(looked.start).substr(0, have))) {
    if (source->endless() && !source->Ready(0)) break;
    absl::StatusOr<size_t> n = source->Read(looked.start.data() + have, kLookedAt - have);
    if (!n.ok()) looked.error = n.status();
    looked.complete = !n.ok() || *n == 0;
    if (looked.complete) break;
    have += *n;
  }
  looked.start.resize(have);
  if (!looked.error.ok()) source = std::make_unique<FailedSource>(looked.error);
  source = std::make_unique<PrefixedSource>(looked.start, std::move(source));
  return looked;
}

std::string_view AfterBlanks(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

// Some line is an object: a feed with something before it.
bool HoldsEventLine(std::string_view start) {
  for (size_t at = 0; at < start.size();) {
    const size_t end = std::min(start.find('\n', at), start.size());
    if (start[at] == '{' && start.substr(at, end - at).find('}') != std::string_view::npos) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

bool IsText(std::string_view start) {
  return std::all_of(start.begin(), start.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\x1b';
  });
}

// A feed as it is, and what spelk does not read.
bool RecognizesLines(const InputStart& start) {
  return !start.is_text || start.text[0] == '{' || IsXml(start.text) || HoldsEventLine(start.text);
}

absl::StatusOr<ByteSourcePtr> OpenLines(ByteSourcePtr source, const Opening&) { return source; }

InputStart StartOf(std::string_view bytes, bool complete) {
  InputStart start{.bytes = bytes, .text = AfterBlanks(bytes), .complete = complete};
  // What begins with an object is known by its first line: of what follows any part may be there.
  const size_t line = start.text.find('\n');
  if (start.text.starts_with('{') && line != std::string_view::npos) {
    start.next = FirstOf(start.text.substr(line));
    start.text = start.text.substr(0, line + 1);
  }
  start.is_text = !start.text.empty() && IsText(start.text) && !IsKnownMagic(start.text);
  return start;
}

// In the order in which they are asked.
constexpr const InputFormat* kFormats[] = {
#define SPELK_FORMAT(Name) &k##Name##Format,
#include "io/formats/formats.inc"
#undef SPELK_FORMAT
};

// The format of text that is not plainly something else, where its settings say how it is to be
// read; null if they do not.
const InputFormat* FormatOfSettings(const InputStart& start, const FormatOptions& options) {
  if (options.format != nullptr || !start.is_text) return nullptr;
  if (IsXml(start.text) && &FormatOf(start.bytes, start.complete) == &kXmlFormat) return nullptr;
  if (start.text[0] == '{' || start.text[0] == '[') {
    const InputFormat& told = FormatOf(start.bytes, start.complete);
    if (&told != &kTextFormat) return nullptr;
  }
  if (options.table) return &kCsvFormat;
  return options.text_breaks.any() ? &kTextFormat : nullptr;
}

// Takes one layer off; null if there is none.
absl::StatusOr<ByteSourcePtr> Unpack(ByteSourcePtr& source, std::string_view start,
                                     const std::string& path, const FormatOptions& options,
                                     bool* done) {
  if (IsGzip(start)) return OpenGzip(std::move(source), path);
  if (IsZstd(start)) return OpenZstd(std::move(source), path);
#ifdef SPELK_HAS_ARCHIVE
  if (IsArchive(start)) {
    *done = true;  // It opens what is inside by itself.
    return OpenArchive(std::move(source), start, path, options);
  }
#else
  (void)options;
  (void)done;
#endif
  if (const std::optional<bool> big_endian = BigEndianUtf16(start)) {
    return OpenUtf16(std::move(source), *big_endian);
  }
  return ByteSourcePtr();
}

}  // namespace

bool IsArchive(std::string_view start) {
  constexpr size_t kTarMagicAt = 257;
  return start.starts_with("BZh") || start.starts_with("\xFD\x37zXZ\0"sv) ||
         start.starts_with("PK\x03\x04"sv) ||
         (start.size() > kTarMagicAt && !IsEnough(start) &&
          start.substr(kTarMagicAt).starts_with("ustar"));
}

extern constexpr InputFormat kLinesFormat = {
    .name = "ndjson", .recognizes = &RecognizesLines, .open = &OpenLines};

const InputFormat& FormatOf(std::string_view bytes, bool complete) {
  const InputStart start = StartOf(bytes, complete);
  const auto* found =
      std::find_if(std::begin(kFormats), std::end(kFormats),
                   [&start](const InputFormat* format) { return format->recognizes(start); });
  return found == std::end(kFormats) ? kLinesFormat : **found;
}

absl::StatusOr<ByteSourcePtr> OpenFormat(ByteSourcePtr source, const std::string& path,
                                         const FormatOptions& options) {
  for (int layer = options.depth; layer < kMostLayers; ++layer) {
    SPELK_ASSIGN_OR_RETURN(const Looked looked, LookAt(source));
    bool done = false;
    SPELK_ASSIGN_OR_RETURN(ByteSourcePtr inside,
                           Unpack(source, looked.start, path, options, &done));
    if (inside == nullptr) {
      const InputStart start = StartOf(looked.start, looked.complete);
      const InputFormat* format = FormatOfSettings(start, options);
      if (format == nullptr) {
        format =
            options.format == nullptr ? &FormatOf(looked.start, looked.complete) : options.format;
      }
      return format->open(std::move(source), {start, path, options});
    }
    if (done) return inside;
    source = std::move(inside);
  }
  return absl::InvalidArgumentError(
      fmt::format("{}: archives in archives, more than {}", Printable(path), kMostLayers));
}

const InputFormat* InputFormatNamed(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kFormats), std::end(kFormats),
                   [name](const InputFormat* format) { return format->name == name; });
  return found == std::end(kFormats) ? nullptr : *found;
}

std::string ListOfInputFormats() {
  std::string list;
  for (const InputFormat* format : kFormats) {
    if (!list.empty()) list += format == std::end(kFormats)[-1] ? " or " : ", ";
    list += format->name;
  }
  return list;
}

}  // namespace spelk::io
