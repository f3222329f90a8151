// Pairs of a name and a value in a text, as KV_MODE=auto and the extract command find them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/fields/text_fields.h"

namespace spelk::io {

struct KeyValueOptions {
  // Sets of characters: between pairs, and between a name and its value. Without the first, blanks,
  // line ends and `,;&|` stand between pairs; without the second, `=`.
  std::string pair_delimiters = {};
  std::string value_delimiters = {};
  size_t limit = SIZE_MAX;      // Pairs that are taken.
  size_t max_bytes = SIZE_MAX;  // Of the text, so much is looked at.
  bool all_values = false;      // MV_ADD: of a name that is repeated, not only the first value.
  bool clean_keys = true;       // CLEAN_KEYS
  bool escapes = false;         // KV_MODE=auto_escaped: \" and \\ stand for " and \ in quotes.
  bool trim = true;             // KV_TRIM_SPACES: blanks around quoted values are left out.
};

// What the limit and max_bytes left out.
struct KeyValueCuts {
  bool pairs = false;
  bool text = false;
};

// Names are runs of letters, digits and `_.:-@{}$/`, right before the `=`, or stand in quotes. A
// value is what stands in double quotes after the `=`, or in single ones if no `=` is among it
// (what auditd puts into single quotes are pairs), otherwise all up to a delimiter or a quote.
// Empty values give no field. With delimiters of one's own a name is all between two of them, and a
// value that holds a value_delimiter, but in quotes, gives no field. Looks at each byte a fixed
// number of times.
KeyValueCuts FindKeyValues(std::string_view text, const KeyValueOptions& options,
                           TextFields& fields);

}  // namespace spelk::io
