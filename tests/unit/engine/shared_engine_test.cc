// One engine, its queries and its rows in several threads at once.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/feed_generator.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

constexpr size_t kThreads = 4;

constexpr std::string_view kEngineSearches[] = {
    "EventID=1 | stats count by Hostname",
    "Image=*cmd.exe",
    "[search EventID=4625 | fields Hostname] | table Hostname EventID",
    "eval {Hostname}=1, b=upper(Image) | fields b WS* ws*",
    "rex field=Image \"(?<exe>[^\\\\\\\\]+)$\" | top exe",
    "sort 0 - Size | dedup Hostname | streamstats count",
    "spath | fillnull | eventstats count by User",
    "stats values(User) perc95(Size) by Tags{}",
};

template <class Work>
void InThreads(Work work) {
  std::vector<std::jthread> threads;
  for (size_t t = 0; t < kThreads; ++t) threads.emplace_back([t, &work] { work(t); });
}

std::vector<std::string> Alone(std::string_view text, const Feed& feed) {
  const Engine engine;
  const Result<Query> query = engine.Compile(text);
  EXPECT_TRUE(query.ok()) << query.error().Render();
  return RunAs(*query, &feed, {}, {}).rows;
}

TEST(SharedEngine, CompilesAndRunsInSeveralThreads) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 200, .seed = 3}));
  std::vector<std::vector<std::string>> wanted;
  for (const std::string_view text : kEngineSearches) wanted.push_back(Alone(text, feed));
  InThreads([&](size_t thread) {
    for (size_t round = 0; round < 4; ++round) {
      for (size_t s = 0; s < std::size(kEngineSearches); ++s) {
        const size_t at = (s + 3 * thread) % std::size(kEngineSearches);
        const Result<Query> query = engine.Compile(kEngineSearches[at]);
        ASSERT_TRUE(query.ok()) << query.error().Render();
        Variation variation;
        variation.threads = 1 + thread % 2;
        variation.block_size = 4096;
        const Outcome outcome = RunAs(*query, &feed, {}, variation);
        ASSERT_FALSE(outcome.error) << outcome.error->message();
        EXPECT_EQ(outcome.rows, wanted[at]) << kEngineSearches[at];
      }
    }
  });
}

TEST(SharedEngine, OneQueryRunsInSeveralThreads) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 200, .seed = 4}));
  for (const std::string_view text : kEngineSearches) {
    const Result<Query> query = engine.Compile(text);
    ASSERT_TRUE(query.ok());
    const std::vector<std::string> wanted = RunAs(*query, &feed, {}, {}).rows;
    InThreads([&](size_t) { EXPECT_EQ(RunAs(*query, &feed, {}, {}).rows, wanted) << text; });
  }
}

TEST(SharedEngine, TellsOfTokensHelpAndPlansInSeveralThreads) {
  const Engine engine;
  InThreads([&](size_t) {
    for (int round = 0; round < 20; ++round) {
      for (const std::string_view text : kEngineSearches) {
        const Result<Query> parsed = engine.Compile(text, {.name = "q", .parse_only = true});
        ASSERT_TRUE(parsed.ok());
        EXPECT_TRUE(parsed->Explain(Stage::kTokens).ok());
        const Result<Query> query = engine.Compile(text);
        ASSERT_TRUE(query.ok());
        EXPECT_TRUE(query->Explain(Stage::kOptimized).ok());
        EXPECT_TRUE(engine.LoadPlan(query->SavePlan()).ok());
      }
      EXPECT_TRUE(engine.Help("stats").ok());
      EXPECT_FALSE(engine.Compile("tabel x | nosuch").ok());
    }
  });
}

// Rows that were kept outlive their run and are read by whoever wants.
TEST(SharedEngine, KeptRowsAreReadInSeveralThreads) {
  const Feed feed(GenerateFeed({.events = 150, .seed = 5}));
  std::vector<RowBatch> kept;
  std::vector<std::string> wanted;
  {
    const Engine engine;
    for (const std::string_view text : {"EventID=1", "* | eval a=Size*2, {User}=1", "table *"}) {
      const Result<Query> query = engine.Compile(text);
      ASSERT_TRUE(query.ok());
      RunOptions options;
      options.batch_rows = 16;
      const Result<Summary> done =
          query->Run(feed.As(InputForm::kOne), options, [&](const RowBatch& rows) {
            kept.push_back(rows.Materialize());
            for (size_t row = 0; row < rows.rows(); ++row) {
              rows.AppendJson(row, wanted.emplace_back());
            }
            return Flow::kMore;
          });
      ASSERT_TRUE(done.ok());
    }
  }
  InThreads([&](size_t) {
    size_t at = 0;
    for (const RowBatch& rows : kept) {
      for (size_t row = 0; row < rows.rows(); ++row) {
        std::string text;
        rows.AppendJson(row, text);
        ASSERT_EQ(text, wanted[at++]);
      }
    }
  });
}

// Rows of a run that is not over yet, too: whoever takes them may divide them among threads.
TEST(SharedEngine, RowsAreWrittenInSeveralThreads) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 150, .seed = 6}));
  const Result<Query> query = engine.Compile("* | eval a=Size*2");
  ASSERT_TRUE(query.ok());
  const std::vector<std::string> wanted = RunAs(*query, &feed, {}, {}).rows;
  size_t seen = 0;
  const Result<Summary> done = query->Run(feed.As(InputForm::kOne), {}, [&](const RowBatch& rows) {
    InThreads([&](size_t) {
      for (size_t row = 0; row < rows.rows(); ++row) {
        std::string text;
        rows.AppendJson(row, text);
        ASSERT_EQ(text, wanted[seen + row]);
      }
    });
    seen += rows.rows();
    return Flow::kMore;
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(seen, wanted.size());
}

TEST(SharedEngine, CursorsArePulledInSeveralThreads) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 300, .seed = 7}));
  const Result<Query> query = engine.Compile("* | eval a=Size*2 | table Hostname a");
  ASSERT_TRUE(query.ok());
  const size_t wanted = RunAs(*query, &feed, {}, {}).rows.size();
  InThreads([&](size_t thread) {
    RunOptions options;
    options.batch_rows = 7;
    Result<Cursor> cursor = query->Open(feed.As(InputForm::kOne), options);
    ASSERT_TRUE(cursor.ok());
    size_t rows = 0;
    for (;;) {
      const Result<std::optional<RowBatch>> batch = cursor->Next();
      ASSERT_TRUE(batch.ok());
      if (!batch->has_value()) break;
      rows += (*batch)->rows();
      if (thread == 0 && rows > 50) return;  // Given up half-way.
    }
    EXPECT_EQ(rows, wanted);
  });
}

TEST(SharedEngine, ARunIsStoppedFromAnotherThread) {
  const Engine engine;
  const Result<Query> query =
      engine.Compile("| makeresults count=1000000000000 | eval a=1 | stats count");
  ASSERT_TRUE(query.ok());
  for (const bool at_once : {false, true}) {
    Cancel cancel;
    RunOptions options;
    options.cancel = &cancel;
    std::optional<Result<Summary>> done;
    {
      const std::jthread thread([&] { done = query->Run(Input(), options, Query::TakeRows()); });
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      at_once ? cancel.Stop() : cancel.EndInput();
    }
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(done->ok(), !at_once);
    if (at_once) {
      EXPECT_EQ(done->error().kind(), ErrorKind::kCancelled);
    } else {
      EXPECT_TRUE((*done)->input_ended);
    }
  }
}

// N searches in one pass give what each gives alone.
TEST(SharedEngine, SearchesTogetherGiveWhatEachGivesAlone) {
  const Engine engine;
  const Feed feed(GenerateFeed({.events = 400, .seed = 8}));
  std::vector<Query> queries;
  std::vector<std::vector<std::string>> wanted;
  for (const std::string_view text : kEngineSearches) {
    Result<Query> query = engine.Compile(text);
    ASSERT_TRUE(query.ok());
    wanted.push_back(RunAs(*query, &feed, {}, {}).rows);
    queries.push_back(std::move(*query));
  }
  for (const size_t threads : {size_t{1}, size_t{4}}) {
    Variation variation;
    variation.threads = threads;
    variation.block_size = 4096;
    const std::vector<Outcome> together = RunTogetherAs(queries, feed, {}, variation);
    ASSERT_EQ(together.size(), queries.size());
    for (size_t q = 0; q < queries.size(); ++q) {
      ASSERT_FALSE(together[q].error) << together[q].error->message();
      EXPECT_EQ(together[q].rows, wanted[q]) << kEngineSearches[q];
    }
  }
}

}  // namespace
}  // namespace spelk::tests
