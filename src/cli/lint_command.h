// spelk lint.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace spelk::cli {

struct LintArguments {
  SearchArguments search;
  std::string format = "text";  // -o
  std::string output;           // -O
  std::string colour = "auto";
  std::string config;
  std::vector<std::string> profiles;
  std::vector<std::string> disabled;
  std::vector<std::string> data;
  std::string explain;
  bool rules = false;
  bool fix = false;
  bool diff = false;
};

void AddLintOptions(CLI::App& command, LintArguments& lint);
// Returns the exit code: 1 if a finding is a warning or an error.
int LintSearches(const LintArguments& arguments);

}  // namespace spelk::cli
