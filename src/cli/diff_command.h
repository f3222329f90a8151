// spelk diff.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace spelk::cli {

struct DiffArguments {
  SearchArguments search;  // Its words are the two searches and the inputs.
  std::string format;      // -o
  std::string output;      // -O
  std::string colour = "auto";
  std::string rows;
  std::string match;
  std::vector<std::string> ignored;
  std::vector<std::string> keys;
  bool ordered = false;
};

void AddDiffOptions(CLI::App& command, DiffArguments& diff);
// Returns the exit code.
int Diff(const DiffArguments& arguments);

}  // namespace spelk::cli
