// spelk why.
#pragma once

#include <string>

#include "cli/options.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace spelk::cli {

struct WhyArguments {
  SearchArguments search;
  std::string filter;
  std::string most;
  std::string format = "text";
};

void AddWhyOptions(CLI::App& command, WhyArguments& why);
// Returns the exit code.
int WhyNot(const WhyArguments& arguments);

}  // namespace spelk::cli
