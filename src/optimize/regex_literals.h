// What text a regular expression cannot match without.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::optimize {

struct RegexLiterals {
  // Every match contains all stretches of at least one alternative.
  std::vector<std::vector<std::string>> alternatives;
  bool ignore_case = false;
};

// Reads enough of PCRE2's syntax to be sure; nothing where it is not. Groups and classes are
// skipped, as if any text could stand there.
std::optional<RegexLiterals> LiteralsOfRegex(std::string_view pattern);

}  // namespace spelk::optimize
