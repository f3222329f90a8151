// Regular expressions over the values of a field, with the JIT and without.
#include "value/regex.h"

#include <benchmark/benchmark.h>

#include "micro/events.h"

namespace spelk::bench {
namespace {

void MatchAll(benchmark::State& state, std::string_view pattern) {
  const absl::StatusOr<Regex> regex = Regex::Compile(pattern, state.range(0) != 0);
  if (!regex.ok()) return state.SkipWithError("the expression does not compile");
  RegexMatcher matcher(*regex);
  const std::vector<std::string>& paths = Paths();
  for (auto unused : state) {
    size_t matches = 0;
    for (const std::string& path : paths) matches += matcher.Match(path) == MatchResult::kYes;
    benchmark::DoNotOptimize(matches);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * paths.size()));
}

void RegexAlternatives(benchmark::State& state) {
  MatchAll(state, R"((?i)powershell|cmd\.exe|wmic)");
}
BENCHMARK(RegexAlternatives)->ArgName("jit")->Arg(1)->Arg(0);

void RegexCapture(benchmark::State& state) { MatchAll(state, R"(\\(?<name>[^\\]+\.exe) -n \d+)"); }
BENCHMARK(RegexCapture)->ArgName("jit")->Arg(1)->Arg(0);

}  // namespace
}  // namespace spelk::bench
