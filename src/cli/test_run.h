// Running the cases of `spelk test`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/coverage.h"
#include "cli/test_case.h"

namespace spelk::cli {

struct TestResult {
  bool passed = false;
  bool updated = false;  // Its snapshot was written.
  double seconds = 0;
  std::string message;  // What is wrong, in one line,
  std::string details;  // and at length: rows that differ, why there are none.
};

struct TestRunOptions {
  size_t jobs = 1;
  bool update = false;  // Write snapshots instead of comparing them.
  bool colour = false;
  bool brief = false;            // Only whether they pass; not why they do not.
  Coverage* coverage = nullptr;  // Each case runs once more, for this.
  // When its input is ended no more cases begin, and the results are not to be told.
  const Cancel* cancel = nullptr;
};

// One process, several threads; each search is compiled once. The results are in the order of the
// cases.
std::vector<TestResult> RunTests(const std::vector<TestCase>& cases, const TestRunOptions& options);

// The search of each case with its macros put in, by the knowledge of the case; nothing where that
// fails.
std::vector<std::optional<ExpandedSearch>> ExpandSearches(const std::vector<TestCase>& cases);

}  // namespace spelk::cli
