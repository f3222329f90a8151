// What tests cover, for people and programs.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/coverage.h"

namespace spelk::cli {

// Line and column of an offset, both from 1; columns are code points.
std::pair<size_t, size_t> PlaceOf(const std::string& text, size_t offset);

// Of all searches, in percent, rounded down; 100 where there is nothing to reach.
size_t CoverageScore(const std::vector<CoveredSearch>& searches);
// A line for each search, and one for each place that no test reached.
std::string CoverageText(const std::vector<CoveredSearch>& searches, bool colour);
// An array of objects.
std::string CoverageJson(const std::vector<CoveredSearch>& searches);
// One page that needs no other: the searches with what was reached in colour.
std::string CoverageHtml(const std::vector<CoveredSearch>& searches);

}  // namespace spelk::cli
