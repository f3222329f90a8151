// Searches that share a pass over the input: each gives what it gives alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "spelk/engine.h"
#include "support/feed_generator.h"

namespace spelk {
namespace {

using Rows = std::vector<std::string>;

// With and without a prefilter, with the same fields and others, with fields of knowledge.
constexpr std::string_view kSearches[] = {
    "EventID=5858 | stats count by Hostname",
    "EventID=4624 OR EventID=4625 | table Hostname ProcessId RecordNumber",
    "powershell | stats count by Image",
    "CASE(CMD) | stats count",
    "Image=*cmd.exe User=ana | table Image User Size",
    "stats count by User, Image",
    "stats count by sourcetype, source, host",
    "where like(lower(Image), \"%powershell%\") | stats count by User",
    "regex Image=\"WmiPrvSE\\.exe$\" | stats dc(ProcessId) by Hostname",
    "dedup User Size | table User Size",
    "stats count",
    "where RecordNumber=77 | table RecordNumber Hostname",
    "nothing_of_the_kind",
    "Tags{}=t1 | stats values(Tags{}) by a.b",
    "EventCode=1 | stats count by process_name, dest",
};

Rows Texts(const RowBatch& rows) {
  Rows texts;
  for (size_t row = 0; row < rows.rows(); ++row) rows.AppendJson(row, texts.emplace_back());
  return texts;
}

void Append(const RowBatch& rows, Rows* all) {
  for (std::string& text : Texts(rows)) all->push_back(std::move(text));
}

TEST(Together, EachGivesWhatItGivesAlone) {
  const Engine engine;
  const std::string feed = tests::GenerateFeed({.events = 2500, .seed = 11});
  std::vector<Query> queries;
  std::vector<Rows> alone;
  for (const std::string_view search : kSearches) {
    Result<Query> query = engine.Compile(search);
    ASSERT_TRUE(query.ok()) << query.error().Render();
    queries.push_back(std::move(query).value());
    Rows& rows = alone.emplace_back();
    ASSERT_TRUE(queries.back()
                    .Run(Memory(feed),
                         [&rows](const RowBatch& batch) {
                           Append(batch, &rows);
                           return Flow::kMore;
                         })
                    .ok());
  }
  // A few are looked for one by one, many through an index.
  for (const size_t count : {size_t{2}, size_t{4}, size_t{5}, queries.size()}) {
    for (const size_t block : {size_t{4} << 10U, size_t{1} << 20U}) {
      RunOptions options;
      options.threads = 2;
      options.block_size = block;
      for (size_t first = 0; first + count <= queries.size(); ++first) {
        const auto begin = queries.begin() + static_cast<std::ptrdiff_t>(first);
        const std::vector<Query> some(begin, begin + static_cast<std::ptrdiff_t>(count));
        std::vector<Rows> together(count);
        ASSERT_TRUE(
            RunTogether(some, Memory(feed), options, [&](size_t query, const RowBatch& batch) {
              Append(batch, &together[query]);
              return Flow::kMore;
            }).ok());
        for (size_t q = 0; q < count; ++q) {
          ASSERT_EQ(together[q], alone[first + q])
              << kSearches[first + q] << " of " << count << ", " << block;
        }
      }
    }
  }
}

// Lines are counted once for all of them.
TEST(Together, EachNamesTheLineThatIsMalformed) {
  const Engine engine;
  std::string feed = tests::GenerateFeed({.events = 500, .seed = 3});
  const auto line = 1 + static_cast<uint64_t>(std::count(feed.begin(), feed.end(), '\n'));
  const uint64_t offset = feed.size();
  feed += "{\"a\":\"x\n{\"a\":\"y\"}\n";
  std::vector<Query> queries;
  for (const std::string_view search : {"stats count", "stats count by User", "table a"}) {
    Result<Query> query = engine.Compile(search);
    ASSERT_TRUE(query.ok()) << query.error().Render();
    queries.push_back(std::move(query).value());
  }
  RunOptions options;
  options.threads = 2;
  options.block_size = size_t{4} << 10U;
  const Result<std::vector<Summary>> summaries = RunTogether(
      queries, Memory(feed), options, [](size_t, const RowBatch&) { return Flow::kMore; });
  ASSERT_TRUE(summaries.ok()) << summaries.error().Render();
  ASSERT_EQ(summaries.value().size(), queries.size());
  for (const Summary& summary : summaries.value()) {
    EXPECT_EQ(summary.malformed, summary.faults.size());
    ASSERT_FALSE(summary.faults.empty());
    EXPECT_EQ(summary.faults.back().line, line);
    EXPECT_EQ(summary.faults.back().offset, offset);
  }
}

}  // namespace
}  // namespace spelk
