// A feed that looks like Windows event logs and holds what is awkward: the same bytes for the same
// seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace spelk::tests {

struct FeedOptions {
  size_t events = 1000;
  uint64_t seed = 1;
  // Times out of order and repeated, absent, empty and null fields, numbers as text, multivalues,
  // nested objects, escapes, letters beyond ASCII, broken lines. Without: tidy events, as for
  // benchmarks.
  bool awkward = true;
};

std::string GenerateFeed(const FeedOptions& options);

}  // namespace spelk::tests
