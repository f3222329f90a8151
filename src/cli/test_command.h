// spelk test.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace spelk::cli {

struct TestArguments {
  std::vector<std::string> paths;
  SearchArguments knowledge;  // For all cases, before their own.
  std::string data;
  std::string queries;
  std::string name;
  std::vector<std::string> tags;
  std::string format = "text";
  std::string output;
  std::string jobs;
  std::string coverage_report;
  std::string least_coverage;
  std::string colour = "auto";
  bool coverage = false;
  bool mutate = false;
  std::string mutation_report;
  std::vector<std::string> mutations;  // The kinds of changes; all by default.
  std::string least_score;
  bool update = false;
  bool watch = false;
  bool list = false;
  bool verbose = false;
};

void AddTestOptions(CLI::App& command, TestArguments& test);
// Returns the exit code.
int Test(const TestArguments& arguments);

}  // namespace spelk::cli
