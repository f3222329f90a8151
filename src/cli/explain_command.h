// spelk explain.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct ExplainArguments {
  SearchArguments search;
  std::string stage = "optimized";
  bool analyze = false;
};

// Returns the exit code.
int Explain(const ExplainArguments& arguments);

}  // namespace spelk::cli
