// The examples of the entries are tests, and an entry must say what it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/case_runner.h"

namespace spelk::tests {

struct ExampleResult {
  std::string place;  // "command tail, example 1: …"
  std::vector<std::string> problems;
};

// All entries whose name contains `only`.
std::vector<ExampleResult> RunExamples(const RunnerOptions& options, std::string_view only);

}  // namespace spelk::tests
