// Patterns of field names: fields src_*, rename *_ip AS *_address.
#pragma once

#include <string_view>

namespace spelk {

// Exact case, `*` is any run of characters; a leading `*` does not take names that begin with `_`.
bool FieldPatternTakes(std::string_view pattern, std::string_view name);

}  // namespace spelk
