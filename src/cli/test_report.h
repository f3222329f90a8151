// What `spelk test` says, for people and for machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/test_run.h"

namespace spelk::cli {

struct TestReport {
  const std::vector<TestCase>& cases;
  const std::vector<TestResult>& results;
  const std::vector<TestProblem>& problems;
  double seconds = 0;

  size_t failed() const;
};

// In the format "text", "junit", "tap", "json" or "github".
std::string RenderTests(const TestReport& report, std::string_view format, bool colour,
                        bool verbose);

// A text within XML or HTML, in quotes too; what XML cannot write is left out.
std::string ForMarkup(std::string_view text);

}  // namespace spelk::cli
