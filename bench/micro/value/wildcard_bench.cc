// Wildcards of search terms, and LIKE.
#include "value/wildcard.h"

#include <benchmark/benchmark.h>

#include "micro/events.h"

namespace spelk::bench {
namespace {

template <class Pattern>
void MatchAll(benchmark::State& state, const Pattern& pattern) {
  const std::vector<std::string>& paths = Paths();
  for (auto unused : state) {
    size_t matches = 0;
    for (const std::string& path : paths) matches += pattern.Matches(path) ? 1 : 0;
    benchmark::DoNotOptimize(matches);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * paths.size()));
}

void WildcardAroundText(benchmark::State& state) {
  MatchAll(state, Wildcard("*PowerShell*", Case::kIgnore));
}
BENCHMARK(WildcardAroundText);

void WildcardOfPieces(benchmark::State& state) {
  MatchAll(state, Wildcard("*system32*.exe*-n*", Case::kIgnore));
}
BENCHMARK(WildcardOfPieces);

void LikeContains(benchmark::State& state) { MatchAll(state, LikePattern("%powershell%")); }
BENCHMARK(LikeContains);

void LikeGeneral(benchmark::State& state) { MatchAll(state, LikePattern("%System32%.exe -n 1_")); }
BENCHMARK(LikeGeneral);

}  // namespace
}  // namespace spelk::bench
