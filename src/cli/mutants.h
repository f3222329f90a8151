// Mutants: searches with one thing changed, which tests should notice.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/test_run.h"

namespace spelk::cli {

struct Mutant {
  size_t offset = 0;  // Of what is changed, in the search.
  size_t length = 0;
  std::string text;  // What stands there instead.
};

// A clause that always holds or never does, or says the opposite; a threshold moved by one; a
// wildcard that takes more or less; the field of another clause. What stands in subsearches and
// macros stays.
std::vector<Mutant> MutantsOf(const SyntaxNode& tree, const std::string& search);

struct MutatedSearch {
  std::string name;
  std::string text;
  size_t mutants = 0;
  std::vector<Mutant> survivors;  // Of which no test tells.
};

// Runs the cases that passed with each mutant of their search.
std::vector<MutatedSearch> RunMutants(const std::vector<TestCase>& cases,
                                      const std::vector<TestResult>& results,
                                      const TestRunOptions& options);
std::string MutantsText(const std::vector<MutatedSearch>& searches, bool colour);

}  // namespace spelk::cli
