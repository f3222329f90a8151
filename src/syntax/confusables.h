// Characters that word processors and web pages put in the place of plain ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace spelk::syntax {

struct Confusable {
  size_t begin = 0;  // Where it stands in the text, and how many bytes it has.
  size_t size = 0;
  std::string what;  // “ (U+201C)
  std::string_view plain;
};

// The first one of the text: a curly quotation mark, a blank that is none, a dash for a minus.
std::optional<Confusable> FindConfusable(std::string_view text);

}  // namespace spelk::syntax
