// The words of a command line: which of them is the search, and which are inputs.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "spelk/result.h"

namespace spelk::cli {

// What the query is and where it came from.
struct QueryText {
  std::string name;
  std::string text;
  std::vector<std::string> inputs;
};

// Takes the search out of the words, or reads it from the file of -f. An error of kind kQuery says
// what is wrong, a file in the place of the search among other things.
Result<QueryText> ReadQuery(const SearchArguments& arguments);

// What may be meant by an input that is not there and looks like a part of a search; empty if
// nothing is.
std::string HintForInputs(const SearchArguments& arguments);

}  // namespace spelk::cli
