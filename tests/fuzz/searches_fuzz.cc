// Random searches over random events, both drawn from the bytes: the same rows however they run.
#include <span>

#include "fuzz/fuzz.h"
#include "support/choices.h"
#include "support/random_events.h"
#include "support/random_searches.h"

namespace {

using spelk::Engine;
using spelk::Query;
using spelk::RunOptions;

const Engine& TheEngine() {
  static const Engine engine;
  return engine;
}

// The other ways to run it: small pieces without passes, and states that are dealt and loaded.
RunOptions Piecemeal() {
  RunOptions options = spelk::fuzz::SmallRun();
  options.block_size = 64;
  options.batch_rows = 3;
  for (const auto& [name, summary] : TheEngine().Passes()) options.disabled_passes.push_back(name);
  return options;
}
RunOptions Dealt() {
  RunOptions options = spelk::fuzz::SmallRun();
  options.block_size = 200;
  options.deal_states = 3;
  options.reload_states = true;
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  tests::Choices choices(std::span(data, size));
  const size_t events = choices.Between(1, 8);
  const tests::RandomFeed feed = choices.OneIn(3)
                                     ? tests::RandomLogs(choices, events)
                                     : tests::RandomFields(choices, events, choices.OneIn(3));
  const std::string text = tests::JoinCommands(tests::RandomSearch(choices, feed));
  const Result<Query> query = TheEngine().Compile(text);
  if (!query.ok()) {
    fuzz::Require(query.error().kind() != ErrorKind::kInternal, query.error().message(), text);
    return 0;
  }
  const Result<Query> loaded = TheEngine().LoadPlan(query->SavePlan());
  fuzz::Require(loaded.ok(), "a saved plan does not load", text);
  bool failed = false;
  const std::string plain = fuzz::RowsOf(*query, feed.text, fuzz::SmallRun(), &failed);
  if (failed) return 0;
  for (const RunOptions& options : {Piecemeal(), Dealt()}) {
    bool other_failed = false;
    const std::string other = fuzz::RowsOf(*loaded, feed.text, options, &other_failed);
    // A limit may be reached by one and not by the other.
    if (other_failed) continue;
    fuzz::Require(plain == other, "the rows differ",
                  text + "\n" + feed.text + "\n--\n" + plain + "--\n" + other);
  }
  return 0;
}
