// Where searches stand in YAML that may be broken, for programs that edit them there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spelk::knowledge {

struct YamlScalar {
  enum class Style : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kBlock };
  std::string key;
  std::string text;
  Style style = Style::kPlain;
  size_t begin = 0;  // In bytes of the file: with its quotes, or from the | or > of a block …
  size_t end = 0;    // … to the line after it.
};

// The texts of the keys `search`, in any map, and of `query` where the document is one of tests. Of
// a text that is no YAML those before the fault, which `problem` gets: its place, and what is
// wrong.
std::vector<YamlScalar> FindSearchScalars(std::string_view text,
                                          std::optional<std::pair<size_t, std::string>>* problem);

// Likewise the text of the key `definition` of the document itself, which is that of a macro.
std::vector<YamlScalar> FindDefinitionScalars(
    std::string_view text, std::optional<std::pair<size_t, std::string>>* problem);

}  // namespace spelk::knowledge
