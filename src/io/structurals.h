// Where the structure of a JSON text stands: what simdjson calls its first stage, by the same
// method (Langdale and Lemire, "Parsing Gigabytes of JSON per Second"). simdjson has no public door
// to it; here it also looks at the escapes, and leaves UTF-8 to who sees that there is any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace spelk::io {

struct Structurals {
  uint32_t count = 0;
  bool unclosed_string = false;
  bool control_in_string = false;
  bool non_ascii = false;
  // Some backslash, in a string or not, is followed by what JSON does not let follow it.
  bool unknown_escape = false;
};

// Writes the offsets of { } [ ] : , and of the first byte of every string and scalar, and after
// them the size of the text. (0x0C and 0x1A outside of strings count as , and : do.) The
// text is shorter than 4 GiB. `offsets` has StructuralsCapacity() entries.
using FindStructurals = Structurals (*)(std::string_view text, uint32_t* offsets);

constexpr size_t StructuralsCapacity(size_t text_size) { return text_size + 65; }

// The byte is one that JSON lets stand after a backslash, with its digits if it is "u".
bool IsEscape(std::string_view text, size_t at);

struct NamedFinder {
  std::string_view name;
  FindStructurals find;
};
// What this processor can run; the last is the fastest.
std::span<const NamedFinder> StructuralsFinders();

}  // namespace spelk::io
