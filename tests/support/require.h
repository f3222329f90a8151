// What a test program cannot go on without.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

namespace spelk::tests {

inline void Require(bool holds, std::string_view what) {
  if (holds) return;
  fmt::print(stderr, "the tests need this: {}\n", what);
  std::abort();
}

}  // namespace spelk::tests
