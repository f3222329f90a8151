// Counting by keys: few groups, and as many as there are rows.
#include "exec/group_table.h"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "functions/entry.h"

namespace spelk::bench {
namespace {

const plan::AggregateOps& CountOps() {
  for (const plan::AggregateEntry* entry : functions::AllAggregates()) {
    if (entry->name == "count") return entry->ops();
  }
  std::abort();
}

void CountByKey(benchmark::State& state) {
  constexpr size_t kRows = 100'000;
  const auto groups = static_cast<size_t>(state.range(0));
  std::vector<std::string> keys;
  for (size_t i = 0; i < groups; ++i) keys.push_back("C:\\Windows\\program " + std::to_string(i));
  MemoryBudget budget(size_t{1} << 30U);
  Cancellation cancel;
  exec::RunContext run;
  run.budget = &budget;
  run.cancel = &cancel;
  const exec::GroupLayout layout({&CountOps()});
  for (auto unused : state) {
    exec::GroupTable table(layout, run, "stats");
    const plan::AggregateInput input;
    plan::AggregateMemory memory;
    for (size_t row = 0; row < kRows; ++row) {
      const absl::StatusOr<uint32_t> group = table.Group(keys[row * 7919 % groups]);
      if (!group.ok()) return state.SkipWithError("the table does not fit");
      layout.ops(0).add(table.State(*group, 0), input, memory);
    }
    benchmark::DoNotOptimize(table.size());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRows));
}
BENCHMARK(CountByKey)->ArgName("groups")->Arg(10)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace spelk::bench
