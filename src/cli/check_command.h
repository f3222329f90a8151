// spelk check.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct CheckArguments {
  SearchArguments search;
  std::string format;  // -o
};

// Returns the exit code: 1 if something is not there yet, 2 if something is wrong.
int Check(const CheckArguments& arguments);

}  // namespace spelk::cli
