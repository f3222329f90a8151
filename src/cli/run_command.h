// spelk run.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct RunArguments {
  SearchArguments search;
  std::string format;  // -o
  std::string output;  // -O
  std::string colour = "auto";
  std::string rows;
  bool stats = false;
  bool quiet = false;
  bool trace = false;
  bool fail_on_hits = false;
  bool fail_if_empty = false;
};

// Returns the exit code.
int Run(const RunArguments& arguments);

}  // namespace spelk::cli
