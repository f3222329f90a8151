// What rows of other searches, and of tables, have to do with there being none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "engine/why/findings.h"
#include "spelk/engine.h"

namespace spelk::engine {

// "; the table users has user=ana, role=admin", of the table that the text of a command names;
// empty if none is known.
std::string RowsOfTable(const std::vector<LookupCount>& tables, std::string_view command);
// Why rows that are there in both searches are in neither, or in both.
void AddDifferences(const FieldProfile& first, const FieldProfile& second, Span span,
                    Findings* findings);
// Keys that no row of a subsearch has.
void AddKeys(std::string_view name, const FieldValues& ours, const FieldValues& theirs, Span span,
             Findings* findings);

}  // namespace spelk::engine
