// Writes a generated feed to standard output: spelk_make_feed BYTES
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "support/feed_generator.h"

int main(int argc, char** argv) {
  constexpr size_t kEventsAtOnce = 100'000;
  size_t bytes = 0;
  const std::string_view word = argc == 2 ? argv[1] : "";
  if (std::from_chars(word.data(), word.data() + word.size(), bytes).ec != std::errc()) {
    fmt::print(stderr, "spelk_make_feed BYTES\n");
    return 2;
  }
  size_t written = 0;
  for (uint64_t seed = 1; written < bytes; ++seed) {
    const std::string part =
        spelk::tests::GenerateFeed({.events = kEventsAtOnce, .seed = seed, .awkward = false});
    if (std::fwrite(part.data(), 1, part.size(), stdout) != part.size()) return 1;
    written += part.size();
  }
  return 0;
}
