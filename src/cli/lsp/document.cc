// Places of documents, and their changes.
#include "cli/lsp/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spelk::cli::lsp {
namespace {

// The bytes of the character at the begin of a text.
size_t BytesOfCharacter(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t bytes = first < 0xC0U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
  return std::min(bytes, text.size());
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string PathOfUri(std::string_view uri) {
  constexpr std::string_view kFile = "file://";
  if (!uri.starts_with(kFile)) return std::string(uri);
  uri.remove_prefix(kFile.size());
  // A host before the path.
  if (!uri.starts_with('/')) uri.remove_prefix(std::min(uri.find('/'), uri.size()));
  std::string path;
  for (size_t i = 0; i < uri.size(); ++i) {
    const int high = uri[i] == '%' && i + 2 < uri.size() ? HexDigit(uri[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(uri[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      path += uri[i];
      continue;
    }
    path += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return path;
}

std::string UriOfPath(std::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-_.~").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return uri;
}

bool IsMacrosFile(std::string_view path) {
  if (path == "macros.conf" || path.ends_with("/macros.conf")) return true;
  // A tree of detections has a file for each.
  if (!path.ends_with(".yml") && !path.ends_with(".yaml")) return false;
  return path.substr(0, path.rfind('/') + 1).ends_with("/macros/");
}

Document::Document(std::string uri, FileKind kind, std::string text, int64_t version,
                   Encoding encoding)
    : uri_(std::move(uri)),
      path_(PathOfUri(uri_)),
      kind_(kind),
      has_pieces_(IsMacrosFile(path_)),
      encoding_(encoding) {
  SetText(std::move(text), version);
}

void Document::SetText(std::string text, int64_t version) {
  text_ = std::move(text);
  FindLines();
  Changed(version);
}

void Document::Changed(int64_t version) {
  version_ = version;
  searches_ =
      has_pieces_ ? FindMacroDefinitions(text_, kind_) : FindSearches(text_, kind_, &problem_);
}

void Document::Change(const std::optional<std::pair<Position, Position>>& range,
                      std::string_view text) {
  if (!range) {
    text_ = text;
  } else {
    const size_t begin = OffsetOf(range->first);
    const size_t end = std::max(begin, OffsetOf(range->second));
    text_.replace(begin, end - begin, text);
  }
  FindLines();
}

void Document::FindLines() {
  lines_.assign(1, 0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n') continue;
    if (text_[i] == '\n' || text_[i] == '\r') lines_.push_back(i + 1);
  }
}

// Of a character of so many bytes.
size_t Document::UnitsOf(size_t bytes) const {
  switch (encoding_) {
    case Encoding::kUtf8:
      return bytes;
    case Encoding::kUtf32:
      return 1;
    case Encoding::kUtf16:
      break;
  }
  return bytes == 4 ? 2 : 1;
}

// Without what ends it.
size_t Document::LineEnd(size_t line) const {
  size_t end = line + 1 < lines_.size() ? lines_[line + 1] : text_.size();
  const size_t begin = lines_[line];
  if (line + 1 == lines_.size()) return end;
  if (end > begin && text_[end - 1] == '\n') --end;
  if (end > begin && text_[end - 1] == '\r') --end;
  return end;
}

size_t Document::OffsetOf(Position position) const {
  if (position.line >= lines_.size()) return text_.size();
  size_t at = lines_[position.line];
  const size_t end = LineEnd(position.line);
  size_t units = 0;
  while (at < end && units < position.character) {
    const size_t bytes = BytesOfCharacter(std::string_view(text_).substr(at, end - at));
    // In the middle of the units of a character is before it.
    if (units + UnitsOf(bytes) > position.character) break;
    units += UnitsOf(bytes);
    at += bytes;
  }
  return at;
}

Position Document::PositionOf(size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const auto line = static_cast<size_t>(after - lines_.begin()) - 1;
  Position position{line, 0};
  // What ends a line belongs to it, but has no place of its own.
  const size_t end = std::min(offset, LineEnd(line));
  for (size_t at = lines_[line]; at < end;) {
    const size_t bytes = BytesOfCharacter(std::string_view(text_).substr(at));
    if (at + bytes > end) break;
    position.character += UnitsOf(bytes);
    at += bytes;
  }
  return position;
}

const EmbeddedSearch* Document::SearchAt(size_t file_offset, size_t* offset) const {
  for (const EmbeddedSearch& search : searches_) {
    if (const auto found = search.SearchOffset(file_offset)) {
      *offset = *found;
      return &search;
    }
  }
  return nullptr;
}

}  // namespace spelk::cli::lsp
