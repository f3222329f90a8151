// Lookup: a table under the name by which searches call it, with how its rows are matched.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spelk::plan {

// How the cells of a column are compared with a value: as texts, as patterns with `*`, as blocks of
// addresses.
enum class LookupMatch : uint8_t { kExact, kWildcard, kCidr };

// transforms.conf, "Lookup tables"; a file without a stanza has the defaults.
struct Lookup {
  std::string name;   // As searches call it.
  std::string table;  // The file or collection with the rows, which several lookups may share.
  std::string place;  // Of the stanza: "my_app/default/transforms.conf:3"; empty for a file.
  bool collection = false;           // Of the KV store: rows have a _key.
  bool empty = false;                // A collection without a file.
  std::string filter;                // Search terms that its rows must meet; empty: none.
  std::vector<std::string> columns;  // Of the table, in its order.
  bool assumed = false;              // There is no such table: it counts as empty.
  bool open = false;                 // The table is still to be written: nobody knows its columns.
  std::vector<std::pair<std::string, LookupMatch>> matches;  // Columns that are not exact.
  bool ignore_case = false;
  uint64_t max_matches = 0;  // For one value; 0 until it is known to be of a file or of a time.
  bool matches_by_limit = false;  // It is the limit's, not the stanza's.
  uint64_t min_matches = 0;
  std::string default_match;  // Given so often that min_matches are reached.
  // A table whose rows hold from a time on: the column with it, and how it is written.
  std::string time_column;
  std::string time_format = "%s.%Q";
  // By how many seconds the event may be later than the row.
  int64_t min_offset = 0;
  int64_t max_offset = 2'000'000'000;

  LookupMatch MatchOf(std::string_view column) const {
    for (const auto& [matched, match] : matches) {
      if (matched == column) return match;
    }
    return LookupMatch::kExact;
  }
};

}  // namespace spelk::plan
