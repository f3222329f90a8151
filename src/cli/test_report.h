// What `spelk test` says, for people and for machines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/mutants.h"
#include "cli/test_run.h"

namespace spelk::cli {

struct TestReport {
  const std::vector<TestCase>& cases;
  const std::vector<TestResult>& results;
  const std::vector<TestProblem>& problems;
  double seconds = 0;
  // Where they were asked for.
  const std::vector<CoveredSearch>* coverage = nullptr;
  const std::vector<MutatedSearch>* mutants = nullptr;
  // What must hold of all tests together: --min-coverage, --min-score.
  struct Check {
    std::string name;
    std::string message;  // Empty: it holds.
  };
  std::vector<Check> checks = {};

  size_t failed() const;  // Cases.
  size_t failed_checks() const;
};

// In the format "text", "junit", "tap", "json" or "github".
std::string RenderTests(const TestReport& report, std::string_view format, bool colour,
                        bool verbose);

// What is not UTF-8, or no character of XML, becomes U+FFFD.
std::string AsUtf8(std::string_view text);
// A text within XML or HTML, in quotes too; what XML cannot write is left out.
std::string ForMarkup(std::string_view text);

}  // namespace spelk::cli
