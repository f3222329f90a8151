// Searches that share a pass over the input: each gives what it gives alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "spelk/engine.h"
#include "support/feed_generator.h"

namespace spelk {
namespace {

using RowTexts = std::vector<std::string>;

// With and without a prefilter, with the same fields and others, with fields of knowledge.
constexpr std::string_view kSharedSearches[] = {
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

RowTexts TextsOfRows(const RowBatch& rows) {
  RowTexts texts;
  for (size_t row = 0; row < rows.rows(); ++row) rows.AppendJson(row, texts.emplace_back());
  return texts;
}

void Append(const RowBatch& rows, RowTexts* all) {
  for (std::string& text : TextsOfRows(rows)) all->push_back(std::move(text));
}

TEST(Together, EachGivesWhatItGivesAlone) {
  const Engine engine;
  const std::string feed = tests::GenerateFeed({.events = 2500, .seed = 11});
  std::vector<Query> queries;
  std::vector<RowTexts> alone;
  for (const std::string_view search : kSharedSearches) {
    Result<Query> query = engine.Compile(search);
    ASSERT_TRUE(query.ok()) << query.error().Render();
    queries.push_back(std::move(query).value());
    RowTexts& rows = alone.emplace_back();
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
        std::vector<RowTexts> together(count);
        ASSERT_TRUE(
            RunTogether(some, Memory(feed), options, [&](size_t query, const RowBatch& batch) {
              Append(batch, &together[query]);
              return Flow::kMore;
            }).ok());
        for (size_t q = 0; q < count; ++q) {
          ASSERT_EQ(together[q], alone[first + q])
              << kSharedSearches[first + q] << " of " << count << ", " << block;
        }
      }
    }
  }
}

// Events of several kinds: by their channel and id, in layouts that name these otherwise, with tags
// of their own, as text.
std::string FeedOfKinds() {
  constexpr std::string_view kChannels[] = {"Security", "Microsoft-Windows-Sysmon/Operational",
                                            "System", "Microsoft-Windows-PowerShell/Operational"};
  constexpr int kIds[] = {1, 3, 11, 4624, 4688, 4104};
  constexpr std::string_view kPrograms[] = {"cmd.exe", "powershell.exe", "wmic.exe"};
  std::string feed;
  for (int i = 0; i < 1200; ++i) {
    const std::string id = std::to_string(kIds[i % 6]);
    const std::string channel(kChannels[i / 6 % 4]);
    const std::string program = "C:\\\\x\\\\" + std::string(kPrograms[i % 7 % 3]);
    const std::string time = "2024-03-12T09:" + std::to_string(10 + i % 50) + ":00Z";
    const std::string data = "\"Image\":\"" + program + "\",\"NewProcessName\":\"" + program +
                             "\",\"CommandLine\":\"x " + std::to_string(i % 40) + "\"";
    switch (i % 5) {
      case 0:
        feed += "{\"winlog\":{\"channel\":\"" + channel + "\",\"event_id\":" + id +
                ",\"event_data\":{" + data + "}},\"@timestamp\":\"" + time + "\"}\n";
        break;
      case 1:
        feed += "{\"EventCode\":\"" + id + "\",\"sourcetype\":\"own\",\"tag\":\"process\"," + data +
                "}\n";
        break;
      case 2:
        feed += "{\"_raw\":\"EventCode=" + id + " Image=cmd.exe tag=process\",\"source\":\"" +
                channel + "\"}\n";
        break;
      default:
        feed += "{\"Channel\":\"" + channel + "\",\"EventID\":" + id + ",\"Hostname\":\"h" +
                std::to_string(i % 3) + "\",\"@timestamp\":\"" + time + "\"," + data + "}\n";
    }
  }
  return feed;
}

// Of each kind of event most searches want nothing, and some want all.
constexpr std::string_view kSearchesOfKinds[] = {
    "EventCode=1 | stats count by host, Image",
    "EventCode=4688 | stats count by sourcetype",
    "EventCode IN (3, 11) | stats count by source, EventCode",
    "NOT EventCode=4104 | stats count by EventCode",
    "EventCode!=1 sourcetype=XmlWinEventLog | stats count by EventCode",
    "EventCode>4000 cmd.exe | stats count by EventCode, source",
    "EventCode=1* | stats count by EventCode",
    "source=\"XmlWinEventLog:Security\" | stats count by EventCode",
    "NOT source=\"XmlWinEventLog:*\" | stats count by sourcetype, EventCode",
    "sourcetype!=own EventCode=1 | stats count by sourcetype",
    "index=main EventCode=1 | stats count by index",
    "NOT index=other EventCode=3 | stats count",
    "tag=process | stats count by EventCode, sourcetype",
    "tag=process tag=report process_name=cmd.exe | stats count by dest",
    "NOT tag=process | stats count by EventCode, sourcetype",
    "tag=process tag!=report | stats count by EventCode",
    "(tag=process OR EventCode=4624) process_name=wmic.exe | stats count by EventCode, tag",
    "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=wmic.exe by "
    "Processes.dest, Processes.process",
    "| tstats count from datamodel=Endpoint.Processes by Processes.process_name",
    "sourcetype=own EventCode=4688 | table EventCode, tag, Image",
    "sourcetype=own EventCode=4688",
    "source=Security EventCode=11 | stats values(*) AS *",
    "EventCode=4624 Channel=Security | eval EventCode=1 | search EventCode=1 | stats count",
};

std::vector<Query> CompiledAll(const Engine& engine, std::span<const std::string_view> searches) {
  std::vector<Query> queries;
  for (const std::string_view search : searches) {
    Result<Query> query = engine.Compile(search);
    EXPECT_TRUE(query.ok()) << search << ": " << query.error().Render();
    if (query.ok()) queries.push_back(std::move(query).value());
  }
  return queries;
}

// Each gives together with the others what it gives alone.
void ExpectTheSameTogether(std::span<const std::string_view> searches, const std::string& feed) {
  const Engine engine;
  const std::vector<Query> queries = CompiledAll(engine, searches);
  ASSERT_EQ(queries.size(), searches.size());
  std::vector<RowTexts> together(queries.size());
  RunOptions options;
  options.block_size = size_t{16} << 10U;
  ASSERT_TRUE(RunTogether(queries, Memory(feed), options, [&](size_t query, const RowBatch& batch) {
                Append(batch, &together[query]);
                return Flow::kMore;
              }).ok());
  for (size_t q = 0; q < queries.size(); ++q) {
    RowTexts alone;
    ASSERT_TRUE(queries[q]
                    .Run(Memory(feed),
                         [&alone](const RowBatch& batch) {
                           Append(batch, &alone);
                           return Flow::kMore;
                         })
                    .ok());
    EXPECT_FALSE(alone.empty()) << searches[q];
    EXPECT_EQ(together[q], alone) << searches[q];
  }
}

TEST(Together, KindsOfEventsChangeNoRows) {
  ExpectTheSameTogether(kSearchesOfKinds, FeedOfKinds());
}

// More than are told apart.
TEST(Together, VeryManyKindsChangeNoRows) {
  std::string feed;
  for (int i = 0; i < 6000; ++i) {
    feed += "{\"Channel\":\"Security\",\"EventID\":" + std::to_string(i * 7919 % 6000) + "}\n";
  }
  constexpr std::string_view kIds[] = {
      "EventCode=1 | stats count",
      "EventCode=5999 | stats count",
      "EventCode=3000 | stats count",
      "NOT EventCode=77 | stats count",
      "EventCode IN (5, 4500) | table EventCode",
      "source=*Security EventCode=599* | stats count by EventCode",
  };
  ExpectTheSameTogether(kIds, feed);
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
