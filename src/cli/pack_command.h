// spelk pack list | show | check | run.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct PackArguments {
  std::string action;
  SearchArguments search;  // Its words are the pack and the inputs.
  std::string format;      // -o
  std::string output;      // -O
  std::string colour = "auto";
  std::string rows;
  std::string match;
  std::string layer;
  bool schedule = false;
  bool fail_on_hits = false;
};

// Returns the exit code.
int RunPackCommand(const PackArguments& arguments);

}  // namespace spelk::cli
