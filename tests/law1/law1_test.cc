// Law 1 over whole feeds: each search gives the same bytes however it is run.
// spelk_law1_tests [--full|--short] QUERIES.spl [FEED…]: made-up feeds, and the files. --full tries
// all ways, --short fewer, and on fewer events: for sanitizers.
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/input.h"
#include "support/feed_generator.h"
#include "support/require.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

// How much is tried.
struct Extent {
  bool all_variations = false;
  size_t sampled_variations = 10;
  size_t events = 1500;
};
constexpr Extent kShort = {.sampled_variations = 4, .events = 600};

struct NamedFeed {
  std::string name;
  Feed feed;
};

std::string ReadFeed(const std::string& path) {
  io::Input input;
  input.path = path;
  absl::StatusOr<io::ByteSourcePtr> source = io::Open(input);
  Require(source.ok(), path);
  std::string text;
  std::vector<char> buffer(size_t{1} << 16U);
  while (true) {
    const absl::StatusOr<size_t> size = (*source)->Read(buffer.data(), buffer.size());
    Require(size.ok(), path);
    if (*size == 0) return text;
    text.append(buffer.data(), *size);
  }
}

std::vector<NamedFeed> Feeds(const std::vector<std::string>& files, size_t events) {
  std::vector<NamedFeed> feeds;
  feeds.push_back({"no events", Feed("")});
  feeds.push_back({"awkward feed", Feed(GenerateFeed({.events = events, .seed = 1}))});
  feeds.push_back(
      {"tidy feed", Feed(GenerateFeed({.events = 2 * events, .seed = 2, .awkward = false}))});
  for (const std::string& file : files) feeds.push_back({file, Feed(ReadFeed(file))});
  return feeds;
}

// The first difference, or an empty text.
std::string Check(const Engine& engine, const std::string& text, const NamedFeed& feed,
                  const Extent& extent) {
  const Result<Query> query = engine.Compile(text);
  if (!query.ok()) return query.error().Render();
  const RunOptions options;
  const Outcome plain = RunAs(*query, &feed.feed, options, Variation());
  if (plain.error) return plain.error->Render();
  const std::vector<Variation> variations =
      extent.all_variations
          ? AllVariations(engine, true)
          : SomeVariations(engine, true, HashOf(text + feed.name), extent.sampled_variations);
  for (const Variation& variation : variations) {
    const Outcome other = RunAs(*query, &feed.feed, options, variation);
    std::string difference = Difference(plain, other, variation, true);
    if (!difference.empty()) return difference;
  }
  return {};
}

// All searches in one pass, each of which must give what it gives alone.
std::vector<std::string> CheckTogether(const Engine& engine, const std::vector<std::string>& texts,
                                       const NamedFeed& feed) {
  std::vector<Query> queries;
  std::vector<Outcome> alone;
  for (const std::string& text : texts) {
    Result<Query> query = engine.Compile(text);
    if (!query.ok()) continue;  // Told of already.
    alone.push_back(RunAs(*query, &feed.feed, {}, {}));
    queries.push_back(std::move(*query));
  }
  std::vector<std::string> problems;
  for (const size_t threads : {size_t{1}, size_t{8}}) {
    Variation variation;
    variation.threads = threads;
    variation.block_size = threads == 1 ? size_t{1} << 20U : size_t{4} << 10U;
    const std::vector<Outcome> together = RunTogetherAs(queries, feed.feed, {}, variation);
    for (size_t q = 0; q < queries.size(); ++q) {
      const std::string difference = Difference(alone[q], together[q], variation, true);
      if (!difference.empty())
        problems.push_back(texts[q] + ", together with others: " + difference);
    }
  }
  return problems;
}

int Main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  Extent extent;
  if (!words.empty() && words[0] == "--full") extent.all_variations = true;
  if (!words.empty() && words[0] == "--short") extent = kShort;
  if (!words.empty() && words[0].starts_with("--")) words.erase(words.begin());
  Require(!words.empty(), "a file of queries");
  const Engine engine;
  size_t passed = 0, failed = 0;
  const std::vector<std::string> queries = ReadQueries(words[0]);
  for (const NamedFeed& feed : Feeds({words.begin() + 1, words.end()}, extent.events)) {
    for (const std::string& text : queries) {
      const std::string difference = Check(engine, text, feed, extent);
      difference.empty() ? ++passed : ++failed;
      if (!difference.empty()) fmt::print("FAIL {}: {}\n    {}\n", feed.name, text, difference);
    }
    const std::vector<std::string> problems = CheckTogether(engine, queries, feed);
    problems.empty() ? ++passed : ++failed;
    for (const std::string& problem : problems) fmt::print("FAIL {}: {}\n", feed.name, problem);
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main(argc, argv); }
