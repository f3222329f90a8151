// spelk/embedded.h: searches that stand in files of other kinds, with their places there. Standard
// library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/format.h"

namespace spelk {

struct EmbeddedSearch {
  // A piece of the search that stands in the file as it is, or one character that stands there as
  // an escape of another length.
  struct Piece {
    size_t offset = 0;  // In the search.
    size_t file_offset = 0;
    size_t length = 0;
    size_t file_length = 0;
  };
  enum class Style : uint8_t { kPlain, kBlock, kSingleQuoted, kDoubleQuoted, kContinued };

  std::string name;  // Of the stanza; of YAML the key.
  std::string text;
  std::vector<Piece> pieces;  // In order.
  size_t begin = 0;           // All of the value, in the file.
  size_t end = 0;
  Style style = Style::kPlain;
  std::string indent;  // kBlock: what begins each line of the file.

  // The place in the file of a place in the search; of the end of something the place after its
  // last character, though the next one may stand in another line.
  size_t FileOffset(size_t offset, bool is_end = false) const;
  // And back; nothing for a place outside of the value.
  std::optional<size_t> SearchOffset(size_t file_offset) const;
  // A text as it must be written in the file to stand in the search; nothing if the style cannot
  // hold it.
  std::optional<std::string> InFile(std::string_view text) const;
};

struct FileProblem {
  size_t offset = 0;
  std::string message;
};
// The searches of a file, in its order: of YAML the texts of the keys `search`, and in files of
// tests `query`. Of a file that is broken those before the fault, which `problem` gets, with its
// place in the file.
std::vector<EmbeddedSearch> FindSearches(std::string_view text, FileKind kind,
                                         std::optional<FileProblem>* problem = nullptr);
// The definitions of a file of macros (macros.conf, or YAML with one): pieces of searches, of
// commands or of expressions, which need not be whole ones.
std::vector<EmbeddedSearch> FindMacroDefinitions(std::string_view text,
                                                 FileKind kind = FileKind::kSavedSearches);

}  // namespace spelk
