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
  std::string colour = "auto";
  bool coverage = false;
  bool mutate = false;
  bool update = false;
  bool list = false;
  bool verbose = false;
};

void AddTestOptions(CLI::App& command, TestArguments& test);
// Returns the exit code.
int Test(const TestArguments& arguments);

}  // namespace spelk::cli
