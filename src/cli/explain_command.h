// spelk explain and spelk check.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct ExplainArguments {
  SearchArguments search;
  std::string stage = "optimized";
};

// Each returns the exit code.
int Explain(const ExplainArguments& arguments);
// Finds all that Explain finds, and prints nothing else.
int Check(const SearchArguments& arguments);

}  // namespace spelk::cli
