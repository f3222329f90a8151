// Many searches in one pass over the input, as a pack of detections has them.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "micro/events.h"
#include "spelk/engine.h"

namespace spelk::bench {
namespace {

// Each asks for a text of its own, and a few events match.
std::vector<Query> Detections(const Engine& engine, size_t count) {
  std::vector<Query> queries;
  for (size_t i = 0; i < count; ++i) {
    Result<Query> query =
        engine.Compile("EventID=1 Image=*cmd.exe CommandLine=\"*arg" + std::to_string(i % 300) +
                       " *word" + std::to_string(i) + "*\" | stats count by Hostname, User, Image");
    if (query.ok()) queries.push_back(std::move(query).value());
  }
  return queries;
}

void SearchesTogether(benchmark::State& state) {
  const Engine engine;
  const std::vector<Query> queries = Detections(engine, static_cast<size_t>(state.range(0)));
  const std::string_view feed = Feed();
  RunOptions options;
  options.threads = 1;
  for (auto unused : state) {
    const auto done = RunTogether(queries, Memory(feed), options,
                                  [](size_t, const RowBatch&) { return Flow::kMore; });
    if (!done.ok()) state.SkipWithError("a search failed");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * feed.size()));
}
BENCHMARK(SearchesTogether)->Arg(1)->Arg(4)->Arg(16)->Arg(64)->Arg(256);

// All read the same columns of all events.
void StatisticsTogether(benchmark::State& state) {
  const Engine engine;
  std::vector<Query> queries;
  for (int64_t i = 0; i < state.range(0); ++i) {
    Result<Query> query = engine.Compile("eval n=" + std::to_string(i) +
                                         " | stats count by Hostname, CommandLine, n");
    if (query.ok()) queries.push_back(std::move(query).value());
  }
  const std::string_view feed = Feed();
  RunOptions options;
  options.threads = 1;
  for (auto unused : state) {
    const auto done = RunTogether(queries, Memory(feed), options,
                                  [](size_t, const RowBatch&) { return Flow::kMore; });
    if (!done.ok()) state.SkipWithError("a search failed");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * feed.size()));
}
BENCHMARK(StatisticsTogether)->Arg(1)->Arg(16);

}  // namespace
}  // namespace spelk::bench
