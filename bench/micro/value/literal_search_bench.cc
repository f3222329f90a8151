// The prefilter's search for literals in whole blocks of input.
#include "value/literal_search.h"

#include <benchmark/benchmark.h>

#include "micro/events.h"

namespace spelk::bench {
namespace {

template <class Finder>
void CountAll(benchmark::State& state, const Finder& finder) {
  const std::string_view feed = Feed();
  for (auto unused : state) {
    size_t found = 0;
    for (size_t at = finder.Find(feed); at != std::string_view::npos;
         at = finder.Find(feed, at + 1)) {
      ++found;
    }
    benchmark::DoNotOptimize(found);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * feed.size()));
}

void RareLiteral(benchmark::State& state) { CountAll(state, LiteralFinder("no such text", false)); }
BENCHMARK(RareLiteral);

void CaselessLiteral(benchmark::State& state) { CountAll(state, LiteralFinder("power", true)); }
BENCHMARK(CaselessLiteral);

void SetOfLiterals(benchmark::State& state) {
  CountAll(state, LiteralSet({"5857", "5858", "5861", "wmiprvse", "mimikatz"}, true));
}
BENCHMARK(SetOfLiterals);

}  // namespace
}  // namespace spelk::bench
