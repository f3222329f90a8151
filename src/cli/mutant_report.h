// What tests notice of mutants, for people and programs.
#pragma once

#include <string>
#include <vector>

#include "cli/mutants.h"

namespace spelk::cli {

// Of all searches, in percent, rounded down; 100 where there are no mutants.
size_t MutationScore(const std::vector<MutatedSearch>& searches);
// A line for each search, and one for each mutant that no test notices.
std::string MutantsText(const std::vector<MutatedSearch>& searches, bool colour);
// An array of objects.
std::string MutantsJson(const std::vector<MutatedSearch>& searches);
// "==" -> "!=", cut where it is long.
std::string ChangeOf(const Mutant& mutant);
// Where a mutant is in the file that the search stands in; in the search itself where the file does
// not have it as it is. Of a macro, where this is defined.
struct MutantPlace {
  std::string file;
  size_t line = 1;
  size_t column = 1;
};
MutantPlace PlaceInFile(const MutatedSearch& search, const Mutant& mutant);

}  // namespace spelk::cli
