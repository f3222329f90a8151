// What the fuzz targets of input formats share.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "fuzz/fuzz.h"
#include "io/formats/formats.h"
#include "support/json.h"

namespace spelk::fuzz {

// Gives a few bytes at a time.
class DropSource final : public io::ByteSource {
 public:
  DropSource(std::string_view text, size_t drop) : text_(text), drop_(drop) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min({size, drop_, text_.size() - at_});
    std::memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    return n;
  }
  uint64_t consumed() const override { return at_; }

 private:
  const std::string_view text_;
  const size_t drop_;
  size_t at_ = 0;
};

// What a format makes of a text, whatever error ends it.
inline std::string Transcode(std::string_view text, const io::InputFormat* format, size_t drop) {
  io::FormatOptions options;
  options.format = format;
  absl::StatusOr<io::ByteSourcePtr> source =
      io::OpenFormat(std::make_unique<DropSource>(text, drop), "input", options);
  std::string out;
  if (!source.ok()) return out;
  char buffer[512];
  for (;;) {
    const absl::StatusOr<size_t> n = (*source)->Read(buffer, sizeof(buffer));
    if (!n.ok() || *n == 0) return out;
    out.append(buffer, *n);
  }
}

// How the bytes come makes no difference, and each line that the format made is JSON.
inline void RequireTranscoded(std::string_view text, const io::InputFormat* format) {
  const std::string whole = Transcode(text, format, SIZE_MAX);
  const std::string drops = Transcode(text, format, 1 + text.size() % 5);
  Require(whole == drops, "the pieces of the input change its events", whole + "--\n" + drops);
  // Lines of an input that are objects stay as they are, whatever they lack.
  std::string narrow(text);
  std::erase(narrow, '\0');
  if (narrow.find("{\"_raw\":") != std::string::npos) return;
  for (std::string_view rest = whole; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with("{\"_raw\":")) continue;
    Require(tests::ParseJson(line).has_value(), "an event is not JSON", line);
  }
}

}  // namespace spelk::fuzz
