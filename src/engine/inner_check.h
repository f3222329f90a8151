// Checking the searches that a search runs for its rows (map), before there are any.
#pragma once

#include "engine/compile.h"

namespace spelk::engine {

// Adds to the diagnostics what is wrong with them whatever the rows hold, at its place in the
// search. The status is that of the first error.
absl::Status CheckInnerSearches(const Core& core, const CompileOptions& options,
                                Compilation* compilation, FieldTable* fields);

// Compile without that.
absl::Status CompileAlone(const Core& core, std::string_view text, const CompileOptions& options,
                          Compilation* compilation, FieldTable* fields);

}  // namespace spelk::engine
