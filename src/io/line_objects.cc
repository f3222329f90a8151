#include "io/line_objects.h"

#include <algorithm>

namespace spelk::io {
namespace {

// Behind the bracket that closes the first one; npos if there is none.
size_t ObjectEnd(std::string_view line) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool TakeObject(std::string_view* rest, std::string_view* object) {
  constexpr std::string_view kBetween = " \t\r";
  const size_t begin = std::min(rest->find_first_not_of(kBetween), rest->size());
  const std::string_view line = rest->substr(begin);
  if (!line.starts_with('{')) return false;
  const size_t end = ObjectEnd(line);
  if (end == std::string_view::npos) return false;
  const size_t next = line.find_first_not_of(kBetween, end);
  if (next == std::string_view::npos || line[next] != '{') return false;
  *object = line.substr(0, end);
  *rest = line.substr(next);
  return true;
}

}  // namespace spelk::io
