// Learning a regular expression from examples of what it is to take out of texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk::commands {

// Where an example stands in a text.
struct Trainer {
  std::string text;
  size_t begin = 0;
  size_t end = 0;
};

// An expression whose group of that name (a group's name) takes the examples out of the trainers,
// out of as many as it can be made to, and takes no counterexample out of them nor out of
// `others`, which are texts without an example, learned from what stands
// before and after and from the kinds of characters. The same trainers give the same expression, at
// a cost that grows with their length alone. NotFound if there is none. There is one trainer at
// least.
absl::StatusOr<std::string> LearnRegex(const std::vector<Trainer>& trainers,
                                       const std::vector<std::string>& others,
                                       const std::vector<std::string>& counterexamples,
                                       std::string_view group);

}  // namespace spelk::commands
