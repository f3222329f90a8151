// A search laid out anew: one stage a line, nothing changed but blanks and line ends.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "syntax/parse.h"

namespace spelk {

struct Formatting {
  std::string text;            // Without blanks around it.
  std::vector<size_t> breaks;  // Offsets of its line breaks, those within texts and comments left
                               // out.
};

// Fails for a text that does not parse. Words, texts, comments and macros stay as they are, and
// where two words touch they still do, unless the grammar makes no difference there.
absl::StatusOr<Formatting> FormatSource(const Source& source, const ShapeTable& shapes,
                                        const SyntaxLimits& limits, size_t width,
                                        Diagnostics& diagnostics);

// Whether two texts are the same search: the same words and comments in the same order, and equal
// trees. False for one that does not parse.
bool SameSearch(const Source& a, const Source& b, const ShapeTable& shapes,
                const SyntaxLimits& limits);

}  // namespace spelk
