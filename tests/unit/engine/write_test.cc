// Writing results through the public headers: what the command line writes, an embedder can.
#include "spelk/write.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "spelk/engine.h"

namespace spelk {
namespace {

constexpr std::string_view kWrittenEvents =
    "{\"a\":1,\"b\":\"x, y\"}\n{\"a\":2.50,\"c\":[\"p\",\"q\"]}\n";

Query CompiledSearch(std::string_view text) {
  const Engine engine;
  Result<Query> query = engine.Compile(text);
  EXPECT_TRUE(query.ok()) << query.error().Render();
  return std::move(query).value();
}

std::string WrittenAs(std::string_view search, Format format) {
  MemorySink sink;
  WriteOptions write;
  write.format = format;
  const Result<Summary> done =
      CompiledSearch(search).Write(Memory(kWrittenEvents), RunOptions(), write, sink);
  EXPECT_TRUE(done.ok()) << done.error().message();
  return sink.text();
}

TEST(Write, EveryFormat) {
  constexpr std::string_view kSearch = "* | table a b c{}";
  EXPECT_EQ(WrittenAs(kSearch, Format::kCsv), "a,b,c{}\n1,\"x, y\",\n2.50,,\"p\nq\"\n");
  EXPECT_EQ(WrittenAs(kSearch, Format::kTsv), "a\tb\tc{}\n1\tx, y\t\n2.50\t\tp\\nq\n");
  EXPECT_EQ(WrittenAs(kSearch, Format::kNdjson),
            "{\"a\":1,\"b\":\"x, y\"}\n{\"a\":2.50,\"c{}\":[\"p\",\"q\"]}\n");
  EXPECT_EQ(WrittenAs(kSearch, Format::kJson),
            "[\n{\"a\":1,\"b\":\"x, y\"},\n{\"a\":2.50,\"c{}\":[\"p\",\"q\"]}\n]\n");
  EXPECT_EQ(WrittenAs("a=1 | table a b", Format::kMarkdown),
            "| a | b |\n| --- | --- |\n| 1 | x, y |\n");
  EXPECT_EQ(WrittenAs("a=1", Format::kRaw), "{\"a\":1,\"b\":\"x, y\"}\n");
  EXPECT_EQ(WrittenAs("a=1 | table a b", Format::kTable), "a  b\n─  ────\n1  x, y\n");
  EXPECT_EQ(WrittenAs("a=1 | table a", Format::kVertical),
            "── row 1 ───────────────────────────────\na  1\n");
}

TEST(Write, EventsAsTheyCame) {
  EXPECT_EQ(WrittenAs("a=2.50", Format::kNdjson), "{\"a\":2.50,\"c\":[\"p\",\"q\"]}\n");
  EXPECT_EQ(WrittenAs("*", Format::kCsv), "a,b,c{}\n1,\"x, y\",\n2.50,,\"p\nq\"\n");
}

TEST(Write, NoRowsHaveTheirHeading) {
  EXPECT_EQ(WrittenAs("a=9 | table a b", Format::kCsv), "a,b\n");
  EXPECT_EQ(WrittenAs("a=9 | table a b", Format::kJson), "[]\n");
}

TEST(Write, ASinkMayHaveEnough) {
  size_t calls = 0;
  CallbackSink sink([&calls](std::string_view) {
    ++calls;
    return Flow::kEnough;
  });
  RunOptions options;
  options.batch_rows = 1;
  const Result<Summary> done =
      CompiledSearch("* | table a").Write(Memory(kWrittenEvents), options, WriteOptions(), sink);
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(calls, 1U);
}

TEST(Write, ASinkMayFail) {
  MemorySink sink(3);
  const Result<Summary> done =
      CompiledSearch("* | table a")
          .Write(Memory(kWrittenEvents), RunOptions(), WriteOptions(), sink);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind(), ErrorKind::kLimit);
  EXPECT_EQ(done.error().code(), "E0501");
  EXPECT_EQ(done.error().message(), "the output is longer than 3 bytes");
}

TEST(Write, WhatWasMetIsToldOfFailedRunsToo) {
  MemorySink sink;
  Summary summary;
  RunOptions options;
  options.summary = &summary;
  const Result<Summary> done =
      CompiledSearch("* | table a")
          .Write(Files({"/dev/null", "/nowhere/events.ndjson"}), options, WriteOptions(), sink);
  EXPECT_FALSE(done.ok());
  const Result<Summary> strict = [&] {
    options.strict = true;
    return CompiledSearch("* | table a")
        .Write(Memory("{\"a\":1}\nno\n"), options, WriteOptions(), sink);
  }();
  ASSERT_FALSE(strict.ok());
  EXPECT_EQ(strict.error().kind(), ErrorKind::kInput);
  EXPECT_EQ(summary.malformed, 1U);
}

TEST(Write, WarningsAreRecords) {
  MemorySink sink;
  WriteOptions write;
  write.format = Format::kRaw;
  const Result<Summary> done =
      CompiledSearch("* | table a").Write(Memory(kWrittenEvents), RunOptions(), write, sink);
  ASSERT_TRUE(done.ok());
  ASSERT_EQ(done->warnings.size(), 1U);
  EXPECT_EQ(done->warnings[0].code, "W0109");
  EXPECT_TRUE(done->warnings[0].warning);
  EXPECT_EQ(done->warnings[0].rendered, "warning W0109: " + done->warnings[0].message + "\n");
}

TEST(Write, FormatsByName) {
  EXPECT_EQ(FormatNamed("vertical"), Format::kVertical);
  EXPECT_EQ(FormatNamed("xml"), std::nullopt);
  EXPECT_EQ(FormatOfFile("a/b.CSV").value(), Format::kCsv);
  EXPECT_EQ(FormatOfFile("a.csv/b", Format::kTable).value(), Format::kTable);
  EXPECT_EQ(FormatOfFile(".csv").value(), Format::kNdjson);
  EXPECT_FALSE(FormatOfFile("b.csv.gz").ok());
}

TEST(Write, TimesAsPeopleWriteThem) {
  EngineOptions options;
  options.time_zone = "Europe/Berlin";
  const Engine engine(options);
  EXPECT_EQ(engine.ParseTime("1700000000", 0), 1700000000);
  EXPECT_EQ(engine.ParseTime("2023-11-14T23:13:20", 0), 1700000000);
  EXPECT_EQ(engine.ParseTime("-1h", 7200), 3600);
  EXPECT_EQ(engine.ParseTime("tomorrow", 0), std::nullopt);
}

TEST(Write, BoundsMayBeIso) {
  constexpr std::string_view kTimed = "{\"_time\":1700000000}\n{\"_time\":1700000001}\n";
  RunOptions options;
  options.earliest = "2023-11-14T22:13:21Z";
  const Result<Summary> done = CompiledSearch("*").Run(Memory(kTimed), options, Query::TakeRows());
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->rows, 1U);
}

}  // namespace
}  // namespace spelk
