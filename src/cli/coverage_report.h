// What tests cover, for people and programs.
#pragma once

#include <string>
#include <vector>

#include "cli/coverage.h"

namespace spelk::cli {

// A line for each search, and one for each place that no test reached.
std::string CoverageText(const std::vector<CoveredSearch>& searches, bool colour);
// An array of objects.
std::string CoverageJson(const std::vector<CoveredSearch>& searches);
// One page that needs no other: the searches with what was reached in colour.
std::string CoverageHtml(const std::vector<CoveredSearch>& searches);

}  // namespace spelk::cli
