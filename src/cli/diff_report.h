// What `diff` found, in its formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/row_diff.h"

namespace spelk::cli {

// Two searches that belong together, or one without the other.
struct DiffedSearch {
  enum class Outcome : uint8_t {
    kSame,
    kDiffers,
    kOnlyA,
    kOnlyB,
    kFails,  // One of the two does not run, or both do not and are not the same text.
  };
  std::string name;
  std::string id;
  Outcome outcome = Outcome::kSame;
  std::string message;                     // Why it does not run, and which of the two.
  std::unique_ptr<const ResultDiff> rows;  // Where both ran.
};

struct DiffLayout {
  std::string format;    // "table", "ndjson", "json" or "markdown".
  size_t width = 0;      // Of a table; 0: any.
  size_t most_rows = 0;  // Of a table; 0: all.
  bool colour = false;
};

// The rows that differ, one by one.
std::string RenderRows(const ResultDiff& diff, const DiffLayout& layout);
// The searches, with how many of their rows differ.
std::string RenderSearches(const std::vector<DiffedSearch>& searches, const DiffLayout& layout);
// "2 rows only in A, 1 only in B, 3 differ, 40 the same"
std::string TotalOf(const ResultDiff& diff);

}  // namespace spelk::cli
