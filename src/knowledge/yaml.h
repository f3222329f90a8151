// Yaml: documents of YAML as trees, for files that people write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk::knowledge {

inline constexpr size_t kMostYamlDepth = 64;

struct YamlNode;
using YamlNodePtr = std::shared_ptr<const YamlNode>;  // What an alias names stands in two places.

struct YamlNode {
  enum class Kind : uint8_t { kNull, kText, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;     // Of a scalar; numbers and Booleans as they are written.
  bool quoted = false;  // Or a block: a text, whatever it looks like.
  size_t height = 1;    // Of the tree below it.
  size_t line = 1;      // Where it begins, from 1; of a block (|, >) the line of its first text.
  // Of a scalar: how it is written, its bytes in the text with its quotes or its | or >, of a block
  // up to some line after it; and in which column its key begins, from 0.
  enum class Style : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded };
  Style style = Style::kPlain;
  size_t begin = 0;
  size_t end = 0;
  size_t key_column = 0;
  std::vector<YamlNodePtr> items;
  std::vector<std::pair<std::string, YamlNodePtr>> members;

  // The member of that name; null if there is none, or this is no map.
  const YamlNode* Find(std::string_view name) const;
  // The text of a member; empty if it is no scalar.
  std::string_view Text(std::string_view name) const;
  // The texts of a member that is a list of scalars, or one scalar.
  std::vector<std::string> Texts(std::string_view name) const;
};

inline constexpr size_t kMostYamlBytes = size_t{16} << 20U;  // Of one file.

// All documents of a text. InvalidArgument names file, line and column, what is wrong, and how it
// is mended; ResourceExhausted for one that is too long, too deep or has too many parts.
absl::StatusOr<std::vector<YamlNodePtr>> ReadYaml(std::string_view text, std::string_view file);

}  // namespace spelk::knowledge
