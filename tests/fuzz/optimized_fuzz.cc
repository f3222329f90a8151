// Any search over awkward events: the optimized plan, the plain one and a loaded one give the same
// rows.
#include "fuzz/fuzz.h"
#include "support/feed_generator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  static const Engine engine;
  static const std::string events = tests::GenerateFeed({.events = 60, .seed = 3});
  const Result<Query> query = engine.Compile(fuzz::TextOf(data, size));
  if (!query.ok()) {
    fuzz::Require(query.error().kind() != ErrorKind::kInternal, query.error().message());
    return 0;
  }
  const Result<Query> loaded = engine.LoadPlan(query->SavePlan());
  fuzz::Require(loaded.ok(), "a saved plan does not load");
  bool failed = false, other_failed = false;
  RunOptions options = fuzz::SmallRun();
  const std::string optimized = fuzz::RowsOf(*query, events, options, &failed);
  options.batch_rows = 3;
  options.reload_states = true;
  for (const auto& [name, summary] : engine.Passes()) options.disabled_passes.push_back(name);
  const std::string plain = fuzz::RowsOf(*loaded, events, options, &other_failed);
  // A limit may be reached by one and not by the other.
  if (failed || other_failed) return 0;
  fuzz::Require(optimized == plain, "the optimizer changes the rows", optimized + "--\n" + plain);
  return 0;
}
