// Text to number and back.
#include "value/number.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace spelk::bench {
namespace {

const std::vector<std::string>& Texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 1000; ++i) {
      made.push_back(i % 3 == 0   ? std::to_string(i * 7919)
                     : i % 3 == 1 ? std::to_string(i) + ".25"
                                  : "0x" + std::to_string(i));
    }
    return made;
  }();
  return texts;
}

void ParseNumbers(benchmark::State& state) {
  for (auto unused : state) {
    double sum = 0;
    for (const std::string& text : Texts()) sum += ParseNumber(text).value_or(Number()).value;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * Texts().size()));
}
BENCHMARK(ParseNumbers);

void FormatDoubles(benchmark::State& state) {
  char buffer[kNumberText];
  for (auto unused : state) {
    size_t bytes = 0;
    for (int i = 0; i < 1000; ++i) bytes += FormatDouble(i / 7.0, buffer).size();
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * 1000));
}
BENCHMARK(FormatDoubles);

}  // namespace
}  // namespace spelk::bench
