// The prefilter's search for literals in whole blocks of input.
#include "value/literal_search.h"

#include <benchmark/benchmark.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "micro/events.h"
#include "value/literal_index.h"

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

std::vector<LiteralFinder> Finders(std::initializer_list<std::string_view> literals) {
  std::vector<LiteralFinder> finders;
  for (const std::string_view literal : literals) finders.emplace_back(literal, true);
  return finders;
}

void PairOfLiterals(benchmark::State& state) {
  CountAll(state, LiteralSet(Finders({"5858", "\\u00"})));
}
BENCHMARK(PairOfLiterals);

void SetOfLiterals(benchmark::State& state) {
  CountAll(state, LiteralSet(Finders({"5857", "5858", "5861", "wmiprvse", "mimikatz"})));
}
BENCHMARK(SetOfLiterals);

void MemberName(benchmark::State& state) { CountAll(state, LiteralFinder("Image", false, true)); }
BENCHMARK(MemberName);

void IndexOfLiterals(benchmark::State& state) {
  std::vector<LiteralFinder> finders = Finders({"5857", "5858", "5861", "wmiprvse", "mimikatz"});
  for (int number = 0; number < 300; ++number) {
    finders.emplace_back("no such text " + std::to_string(number), true);
  }
  const LiteralIndex index(std::move(finders));
  const std::string_view feed = Feed();
  for (auto unused : state) {
    size_t found = 0;
    index.ForEach(
        feed, 0, feed.size(), [](uint32_t) { return false; }, [&found](uint32_t) { ++found; });
    benchmark::DoNotOptimize(found);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * feed.size()));
}
BENCHMARK(IndexOfLiterals);

}  // namespace
}  // namespace spelk::bench
