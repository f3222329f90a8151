// Where a search stands in the file that it was read from: YAML in all its forms, .conf files with
// continued lines, JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/lint.h"

namespace spelk::engine::lint {

class FileText {
 public:
  // Nothing if the text does not stand there as it was read: for one that an alias names, or that
  // was put together.
  // Line 0: any. Of equal ones the first from an offset of the file on, or else the first.
  static std::optional<FileText> Find(std::string_view file, size_t line, std::string_view search,
                                      size_t from = 0);

  // The file's offset of a byte of the search.
  size_t OffsetOf(size_t offset) const { return offsets_[offset]; }
  // The file with edits of the search; nothing if they cannot be written there.
  std::optional<std::string> WithEdits(std::string_view file,
                                       const std::vector<LintEdit>& edits) const;

 private:
  enum class Style : unsigned char { kPlain, kSingle, kDouble };
  FileText(Style style, std::vector<size_t> offsets)
      : style_(style), offsets_(std::move(offsets)) {}
  // In double quotes, as the value of a key for searches that begins within a range of the file.
  static std::optional<FileText> FindValue(std::string_view file, size_t begin, size_t end,
                                           std::string_view search);
  static std::optional<std::vector<size_t>> Align(std::string_view file, size_t begin, Style style,
                                                  std::string_view search);

  Style style_;
  std::vector<size_t> offsets_;  // One more than the search has bytes.
};

}  // namespace spelk::engine::lint
