// Document: a file that an editor has open: its text, its searches, and places of the protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/assist.h"
#include "spelk/embedded.h"

namespace spelk::cli::lsp {

// The units in which the client counts the characters of a line; UTF-16 unless it asks for others.
enum class Encoding : uint8_t { kUtf16, kUtf8, kUtf32 };

// As the protocol counts: from 0, characters in units of the encoding.
struct Position {
  size_t line = 0;
  size_t character = 0;
};

class Document {
 public:
  Document(std::string uri, FileKind kind, std::string text, int64_t version,
           Encoding encoding = Encoding::kUtf16);

  const std::string& uri() const { return uri_; }
  // The path of a file:// address; the address itself of others.
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  int64_t version() const { return version_; }
  FileKind kind() const { return kind_; }
  // Its searches are definitions of macros: pieces, which are not checked or laid out.
  bool has_pieces() const { return has_pieces_; }
  const std::vector<EmbeddedSearch>& searches() const { return searches_; }
  // What keeps the file from being read to its end.
  const std::optional<FileProblem>& problem() const { return problem_; }
  // The search at a place of the file, and the place in it.
  const EmbeddedSearch* SearchAt(size_t file_offset, size_t* offset) const;

  void SetText(std::string text, int64_t version);
  // Replaces a range; without one, everything.
  void Change(const std::optional<std::pair<Position, Position>>& range, std::string_view text);
  // After the changes of one message.
  void Changed(int64_t version);

  // Beyond the end of a line is its end, beyond the last line the end of the text.
  size_t OffsetOf(Position position) const;
  Position PositionOf(size_t offset) const;

 private:
  void FindLines();
  size_t UnitsOf(size_t bytes) const;
  size_t LineEnd(size_t line) const;

  std::string uri_;
  std::string path_;
  FileKind kind_;
  bool has_pieces_;
  Encoding encoding_;
  std::string text_;
  int64_t version_ = 0;
  std::vector<size_t> lines_;  // Where they begin.
  std::vector<EmbeddedSearch> searches_;
  std::optional<FileProblem> problem_;
};

// "file:///a%20b.spl" is "/a b.spl"; other addresses stay.
std::string PathOfUri(std::string_view uri);
std::string UriOfPath(std::string_view path);
// Whether it is a macros.conf, or YAML in a folder macros.
bool IsMacrosFile(std::string_view path);

}  // namespace spelk::cli::lsp
