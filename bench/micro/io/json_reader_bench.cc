// Taking members out of lines.
#include "io/json_reader.h"

#include <benchmark/benchmark.h>

#include "io/json_flattener.h"
#include "micro/events.h"

namespace spelk::bench {
namespace {

void Count(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Feed().size()));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * Lines().size()));
}

void ReadMembers(benchmark::State& state, const std::vector<io::PathTree::Name>& names,
                 const io::PathTree::Options& options) {
  const io::PathTree tree(names, options);
  io::JsonReader reader(tree, nullptr);
  std::vector<io::RawValue> slots;
  for (auto unused : state) {
    bool faulty = false;
    for (const std::string_view line : Lines()) {
      slots.assign(names.size(), io::RawValue());
      benchmark::DoNotOptimize(reader.Read(line, slots, &faulty));
    }
  }
  Count(state);
}

void FirstMember(benchmark::State& state) {
  io::PathTree::Options options;
  options.required = 1;
  ReadMembers(state, {{"EventID"}}, options);
}
BENCHMARK(FirstMember);

void FourMembers(benchmark::State& state) {
  ReadMembers(state, {{"EventID"}, {"Image"}, {"CommandLine"}, {"EventTime"}}, {});
}
BENCHMARK(FourMembers);

// What counts what it is given.
class Counter final : public io::FieldTaker {
 public:
  void Take(std::string_view, const io::RawValue&, uint32_t) override { ++taken; }
  size_t taken = 0;
};

void AllMembers(benchmark::State& state) {
  io::JsonFlattener flattener(nullptr);
  Counter counter;
  for (auto unused : state) {
    bool faulty = false;
    for (const std::string_view line : Lines()) flattener.Flatten(line, counter, &faulty);
  }
  benchmark::DoNotOptimize(counter.taken);
  Count(state);
}
BENCHMARK(AllMembers);

}  // namespace
}  // namespace spelk::bench
