// spelk/format.h: searches laid out anew: one stage a line, with nothing changed but blanks and
// line ends. Standard library only.
//
//   spelk::Result<std::string> text = spelk::FormatSearch(engine, "index=a|stats count by x");
//   // "index=a\n| stats count by x"
//
// Words, texts in quotes, comments and macros stay as they are. What is given back was parsed, and
// is the same search as what was given; if it were not, that would be an error of kind kInternal.
// To format twice gives the same as once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/engine.h"
#include "spelk/result.h"

namespace spelk {

struct FormatOptions {
  size_t width = 100;  // Lines are no longer than this where they can be broken.
};

// Without blanks around it; lines end as in `text`. A search that does not parse is an error.
Result<std::string> FormatSearch(const Engine& engine, std::string_view text,
                                 const FormatOptions& options = {},
                                 const std::string& name = "<query>");

// Where searches stand in a file.
enum class FileKind : uint8_t {
  kSearch,         // The file is one.
  kYaml,           // The values of `search` and `query` of detections and tests.
  kSavedSearches,  // The settings `search` of savedsearches.conf.
};
// By the name: .yml and .yaml, savedsearches.conf; any other is a search.
FileKind FileKindOf(std::string_view path);

struct FormattedFile {
  std::string text;  // Of the whole file, whose other bytes are as they were.
  size_t searches = 0;
  size_t changed = 0;
  struct Problem {
    size_t line = 1;  // Where the search begins in the file.
    Error error;
  };
  std::vector<Problem> problems;  // Searches that stay as they are, and why.
};

// An error is of the file as a whole: it is no YAML, no text.
Result<FormattedFile> FormatFile(const Engine& engine, std::string_view text,
                                 const std::string& path, FileKind kind,
                                 const FormatOptions& options = {});

// The lines that differ, as patches show them, with three around each; empty if there are none.
std::string UnifiedDiff(std::string_view before, std::string_view after,
                        std::string_view before_name, std::string_view after_name);

}  // namespace spelk
