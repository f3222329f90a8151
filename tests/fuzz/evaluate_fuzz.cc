// Any expression over a few awkward events: it is refused, or it has a value.
#include "fuzz/fuzz.h"
#include "support/feed_generator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  static const Engine engine({.builtin = false});
  static const std::string events = tests::GenerateFeed({.events = 20, .seed = 7});
  const std::string text = fmt::format("eval x={}", fuzz::TextOf(data, size));
  const Result<Query> query = engine.Compile(text);
  if (!query.ok()) {
    fuzz::Require(query.error().kind() != ErrorKind::kInternal, query.error().message());
    return 0;
  }
  bool failed = false;
  (void)fuzz::RowsOf(*query, events, fuzz::SmallRun(), &failed);
  return 0;
}
