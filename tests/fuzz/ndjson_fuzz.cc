// Any bytes as a feed: the rows are JSON, and they do not depend on blocks, batches or passes.
#include "fuzz/fuzz.h"
#include "support/json.h"

namespace {

using spelk::Engine;
using spelk::Query;
using spelk::RunOptions;

const Engine& TheEngine() {
  static const Engine engine;
  return engine;
}

const std::vector<Query>& Queries() {
  static const std::vector<Query> queries = [] {
    std::vector<Query> compiled;
    for (const char* text : {"search *", "EventID=1 OR Image=*cmd* | eval x=EventID+1",
                             "where len(a)>0 OR isnull(b) | table a b _time host"}) {
      compiled.push_back(*TheEngine().Compile(text));
    }
    return compiled;
  }();
  return queries;
}

void RequireJson(std::string_view rows) {
  while (!rows.empty()) {
    const size_t end = rows.find('\n');
    spelk::fuzz::Require(spelk::tests::ParseJson(rows.substr(0, end)).has_value(),
                         "a row is not JSON", rows.substr(0, end));
    rows.remove_prefix(end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view events = spelk::fuzz::TextOf(data, size);
  for (const Query& query : Queries()) {
    bool failed = false;
    RunOptions options = spelk::fuzz::SmallRun();
    const std::string plain = spelk::fuzz::RowsOf(query, events, options, &failed);
    RequireJson(plain);
    options.block_size = 16;
    options.batch_rows = 1;
    for (const auto& [name, summary] : TheEngine().Passes())
      options.disabled_passes.push_back(name);
    bool other_failed = false;
    const std::string other = spelk::fuzz::RowsOf(query, events, options, &other_failed);
    spelk::fuzz::Require(failed == other_failed && plain == other,
                         "blocks or passes change the rows", plain + "--\n" + other);
  }
  return 0;
}
