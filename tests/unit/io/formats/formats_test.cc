// What each format becomes, however its bytes come.
#include "io/formats/formats.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "base/status.h"
#include "io/formats/event_xml.h"

namespace spelk::io {
namespace {

// Gives a few bytes at a time.
class Drops final : public ByteSource {
 public:
  Drops(std::string_view text, size_t drop) : text_(text), drop_(drop) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const size_t n = std::min({size, drop_, text_.size() - at_});
    std::memcpy(buffer, text_.data() + at_, n);
    at_ += n;
    return n;
  }
  uint64_t consumed() const override { return at_; }

 private:
  const std::string_view text_;
  const size_t drop_;
  size_t at_ = 0;
};

FormatOptions As(const InputFormat* format) {
  FormatOptions options;
  options.format = format;
  return options;
}

struct Result {
  std::string text;
  std::string error;
  friend bool operator==(const Result&, const Result&) = default;
};

Result ReadIn(std::string_view text, const FormatOptions& options, size_t drop) {
  Result result;
  absl::StatusOr<ByteSourcePtr> source =
      OpenFormat(std::make_unique<Drops>(text, drop), "in", options);
  if (!source.ok()) return {"", std::string(MessageOf(source.status()))};
  char buffer[1000];
  for (;;) {
    const absl::StatusOr<size_t> n = (*source)->Read(buffer, sizeof(buffer));
    if (!n.ok()) result.error = MessageOf(n.status());
    if (!n.ok() || *n == 0) return result;
    result.text.append(buffer, *n);
  }
}

Result ReadAll(std::string_view text, const FormatOptions& options = {}) {
  Result result = ReadIn(text, options, SIZE_MAX);
  for (const size_t drop : {size_t{1}, size_t{3}, size_t{7}, size_t{4096}}) {
    EXPECT_EQ(ReadIn(text, options, drop), result) << drop;
  }
  return result;
}

std::string Read(std::string_view text, const FormatOptions& options = {}) {
  const Result result = ReadAll(text, options);
  EXPECT_EQ(result.error, "");
  return result.text;
}

TEST(FormatOfTest, Recognises) {
  const auto of = [](std::string_view start) { return FormatOf(start, true).name; };
  EXPECT_EQ(of("{\"a\":1}\n{\"a\":2}\n"), "ndjson");
  EXPECT_EQ(of("a heading\n\n{\"a\":1}\n"), "ndjson");
  EXPECT_EQ(of("{\"a\":\"x\n{\"a\":1}\n"), "ndjson");
  EXPECT_EQ(of("{\"a\":1}{\"a\":2}\n"), "json");
  EXPECT_EQ(of("{\"a\":1}{\"a\":2}\n{\"a\":3}\n"), "ndjson");
  EXPECT_EQ(of("{\"a\":1}{\n\"a\":2}\n"), "json");
  EXPECT_EQ(of("{\"results\":[{\"a\":1}]}\n{\"a\":3}\n"), "ndjson");
  // A line with a fault begins no document that ends nowhere.
  EXPECT_EQ(of("{\"a\":[1,2}\n{\"a\":3}\n"), "ndjson");
  EXPECT_EQ(of("{\"a\":{\"b\":1}\n{\"a\":3}\n"), "ndjson");
  EXPECT_EQ(of("{\"a\":1\n,\"b\":2}\n"), "json");
  EXPECT_EQ(of("{\n \"a\": 1\n}\n"), "json");
  EXPECT_EQ(of("[{\"a\":1}]"), "json");
  EXPECT_EQ(of("{\"Records\":[{\"a\":1}]}"), "json");
  EXPECT_EQ(of("{\"preview\":false,\"fields\":[{\"name\":\"a\"}],\"results\":[{\"a\":1}]}"),
            "json");
  // A member of an event that is called so.
  EXPECT_EQ(of("{\"user\":\"ana\",\"results\":[{\"a\":1}]}"), "ndjson");
  EXPECT_EQ(of("[2024-05-01 10:00:00] a line\n"), "text");
  EXPECT_EQ(of("EventID,Image\n1,x\n"), "csv");
  EXPECT_EQ(of("a;b\n1;2\n"), "csv");
  EXPECT_EQ(of("EventID\tImage\n1\tx, y\n"), "tsv");
  EXPECT_EQ(of("<Event xmlns='x'><System/></Event>"), "xml");
  EXPECT_EQ(of("<?xml version='1.0'?>\n<Events><Event>"), "xml");
  EXPECT_EQ(of("<Events/>"), "ndjson");
  EXPECT_EQ(of("<134>Oct 11 22:14:15 host su: failed\n"), "text");
  EXPECT_EQ(of("May 27 09:28:36 ip sshd[5617]: Accepted, x\nMay 27 09:28:36 ip a, b\n"), "text");
  EXPECT_EQ(of("words, and\nmore\n"), "text");
  EXPECT_EQ(of(std::string_view("a\0b", 3)), "ndjson");
  EXPECT_EQ(of("%PDF-1.4\n"), "ndjson");
  EXPECT_EQ(of(""), "ndjson");
  EXPECT_EQ(of("\n \n"), "ndjson");
}

TEST(JsonDocumentsTest, OneObjectALine) {
  EXPECT_EQ(Read("{\n  \"a\": 1,\n  \"b\": {\"c\": \"x  y\"}\n}\n{\n \"a\": 2 }"),
            "{\"a\": 1,\"b\": {\"c\": \"x  y\"}}\n{\"a\": 2 }\n");
  EXPECT_EQ(Read("[{\"a\":\"] } \\\" [\"},\n{\"a\":[1, {\"b\":2}]}\n]\n"),
            "{\"a\":\"] } \\\" [\"}\n{\"a\":[1, {\"b\":2}]}\n");
  EXPECT_EQ(Read("{\"a\":1} {\"a\":2}\n"), "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(Read("[]"), "");
}

TEST(JsonDocumentsTest, AnObjectAroundEvents) {
  EXPECT_EQ(Read("{\"Records\":[{\"a\":1},{\"Records\":[{\"b\":2}]}],\"x\":[{\"y\":1}]}\n"),
            "{\"a\":1}\n{\"Records\":[{\"b\":2}]}\n");
  EXPECT_EQ(
      Read("{\"preview\": false, \"fields\": [{\"name\":\"a\"}],\n \"results\": [\n{\"a\":1}\n], "
           "\"highlighted\": {}}\n{\"results\":[{\"a\":2}]}"),
      "{\"init_offset\":0,\"results\":[{\"a\":1}]}\n{\"init_offset\":0,\"results\":[{\"a\":2}]}\n");
  EXPECT_EQ(Read("{\"results\":[]}\n{\n\"b\":1}", As(&kJsonFormat)), "{\"b\":1}\n");
  // The array of an event is its own.
  EXPECT_EQ(Read("{\n\"user\":\"ana\",\"results\":[{\"a\":1}]}"),
            "{\"user\":\"ana\",\"results\":[{\"a\":1}]}\n");
  EXPECT_EQ(Read("{\n\"results\":\"x\"}"), "{\"results\":\"x\"}\n");
  EXPECT_EQ(Read("{\n\"results\":[1,2]}"), "{\"results\":[1,2]}\n");
}

// What is no object stands on a line of its own, which is told as one that is no event.
// Of a pipe no more than the first line may be there when the format is told.
TEST(JsonDocumentsTest, TheFirstLineTells) {
  EXPECT_EQ(FormatOf("{\"a\":1,\n", false).name, "json");
  EXPECT_EQ(FormatOf(std::string_view("{\"a\":1,\n\0", 10), true).name, "json");
  EXPECT_EQ(FormatOf(std::string_view("{\"a\":1}\n\0", 10), true).name, "ndjson");
}

TEST(JsonDocumentsTest, WhatIsNoEvent) {
  EXPECT_EQ(Read("[{\"a\":1},\nx y\n{\"a\":2}]"), "{\"a\":1}\nx y\n{\"a\":2}\n");
  EXPECT_EQ(Read("{\n\"a\":1"), "{\"a\":1\n");
  EXPECT_EQ(Read("[{\"a\":\"x\ny\"}]"), "{\"a\":\"x y\"}\n");
}

TEST(TableTest, RowsAreEvents) {
  EXPECT_EQ(
      Read("EventID,Image\r\n1,\"x, \"\"y\"\"\"\r\n2,\r\n\r\n3,z"),
      "{\"_raw\":\"1,\\\"x, \\\"\\\"y\\\"\\\"\\\"\",\"EventID\":\"1\",\"Image\":\"x, \\\"y\\\"\"}\n"
      "{\"_raw\":\"2,\",\"EventID\":\"2\"}\n"
      "{\"_raw\":\"3,z\",\"EventID\":\"3\",\"Image\":\"z\"}\n");
  EXPECT_EQ(Read("a\tb\n\"x\ny\"\t2\n"),
            "{\"_raw\":\"\\\"x\\ny\\\"\\t2\",\"a\":\"x\\ny\",\"b\":\"2\"}\n");
  EXPECT_EQ(Read("a;b\n1;2\n"), "{\"_raw\":\"1;2\",\"a\":\"1\",\"b\":\"2\"}\n");
  // A quote within a cell is one; more cells than names; a column without a name.
  EXPECT_EQ(
      Read("a,\n5\" x,2,3\n", As(&kCsvFormat)),
      "{\"_raw\":\"5\\\" x,2,3\",\"a\":\"5\\\" x\",\"column_2\":\"2\",\"EXTRA_FIELD_3\":\"3\"}\n");
  // What is not UTF-8 shows as bytes; an export of Splunk has the text of its events.
  EXPECT_EQ(Read("a,b\n1,\xE9\n"), "{\"_raw\":\"1,\\\\xE9\",\"a\":\"1\",\"b\":\"\\\\xE9\"}\n");
  EXPECT_EQ(Read("_raw,b\nx=1,2\n"), "{\"_raw\":\"x=1\",\"b\":\"2\"}\n");
}

TEST(TableTest, AQuoteThatNothingCloses) {
  std::string text = "a,b\n1,\"x\n";
  for (int i = 0; i < 900'000; ++i) text += "2,3,\n";
  text += "4,5\n";
  const Result result = ReadIn(text, As(&kCsvFormat), SIZE_MAX);
  EXPECT_TRUE(result.text.starts_with("1,\"x\n{\"_raw\":\"2,3,\"")) << result.text.substr(0, 100);
  EXPECT_TRUE(result.text.ends_with("{\"_raw\":\"4,5\",\"a\":\"4\",\"b\":\"5\"}\n"));
  EXPECT_EQ(Read("a,b\n1,\"x\n2,3\n", As(&kCsvFormat)),
            "1,\"x\n{\"_raw\":\"2,3\",\"a\":\"2\",\"b\":\"3\"}\n");
}

TEST(TextTest, LinesAreEvents) {
  EXPECT_EQ(
      Read("one \"1\"\r\n\r\n \t\ntwo\\\xE9\x01\nthree", As(&kTextFormat)),
      "{\"_raw\":\"one \\\"1\\\"\"}\n{\"_raw\":\"two\\\\\\\\xE9\\u0001\"}\n{\"_raw\":\"three\"}\n");
  const std::string wide(100'000, '\xE9');
  EXPECT_EQ(Read("a\xC3\xA9 \xF0\x9F\x98\x80\n", As(&kTextFormat)),
            "{\"_raw\":\"a\xC3\xA9 \xF0\x9F\x98\x80\"}\n");
  const std::string line = Read(wide + "\n" + std::string(70'000, ' ') + "\n", As(&kTextFormat));
  EXPECT_EQ(line.size(), 100'000 * 5 + 12U + 70'000 + 12);
}

TEST(TextTest, Breaks) {
  FormatOptions options = As(&kTextFormat);
  options.breaks.break_only_before = "^\\d+:";
  EXPECT_EQ(Read("x\n1: a\n  b\n2: c\n", options),
            "{\"_raw\":\"x\"}\n{\"_raw\":\"1: a\\n  b\"}\n{\"_raw\":\"2: c\"}\n");
  options.breaks = {.line_breaker = "([\\r\\n]+)\\d+:", .break_only_before = ""};
  EXPECT_EQ(Read("1: a\n  b\r\n\n2: c\n", options),
            "{\"_raw\":\"1: a\\n  b\"}\n{\"_raw\":\"2: c\"}\n");
  options.breaks.line_breaker = ";";
  EXPECT_EQ(Read("a;b;;c", options), "{\"_raw\":\"a\"}\n{\"_raw\":\"b\"}\n{\"_raw\":\"c\"}\n");
  options.breaks.line_breaker = "(";
  EXPECT_NE(ReadAll("a", options).error, "");
  // A break far away.
  options.breaks.line_breaker = "#";
  const std::string far =
      Read(std::string(5'000, 'a') + "#" + std::string(90'000, 'b') + "#c", options);
  EXPECT_EQ(far.size(), 5'000 + 90'000 + 1 + 3 * 12U);
}

constexpr std::string_view kEvent =
    "<Event xmlns='u'><System><EventID Qualifiers='0'>1</EventID><Computer>c</Computer>"
    "<TimeCreated SystemTime='t'/></System><EventData><Data Name='A'>x &amp; y</Data>"
    "<Data Name='B'/><Data>p</Data><Data>q</Data></EventData></Event>";

TEST(XmlTest, EventsAsEvtxDumpNamesThem) {
  std::string out;
  ASSERT_TRUE(AppendXmlEvent(kEvent, RawXml::kOneLine, out));
  EXPECT_TRUE(out.starts_with("{\"_raw\":\"<Event xmlns='u'><System><EventID Qualifiers='0'>1<"))
      << out;
  const size_t event = out.find("\"Event\":");
  ASSERT_NE(event, std::string::npos);
  EXPECT_EQ(
      out.substr(event),
      "\"Event\":{\"#attributes\":{\"xmlns\":\"u\"},\"System\":{\"EventID\":{\"#attributes\":{"
      "\"Qualifiers\":\"0\"},\"#text\":\"1\"},\"Computer\":\"c\",\"TimeCreated\":{\"#attributes\":{"
      "\"SystemTime\":\"t\"}}},\"EventData\":{\"A\":\"x & "
      "y\",\"B\":\"\",\"Data\":{\"#text\":[\"p\","
      "\"q\"]}}}}\n");
  out.clear();
  ASSERT_TRUE(
      AppendXmlEvent("<Event><a>0x000000000000f347</a><b>0x00000000</b><c>0x0012</c></Event>",
                     RawXml::kOneLine, out));
  EXPECT_EQ(out,
            "{\"_raw\":\"<Event><a>0xf347</a><b>0x0</b><c>0x0012</c></Event>\",\"Event\":{"
            "\"a\":\"0xf347\",\"b\":\"0x0\",\"c\":\"0x0012\"}}\n");
  // Line ends of values stay, those of a text are the text's.
  for (const RawXml raw : {RawXml::kOneLine, RawXml::kAsIs}) {
    out.clear();
    ASSERT_TRUE(AppendXmlEvent("<Event><a>x\r\n\ty\r\n</a></Event>", raw, out));
    EXPECT_EQ(out, raw == RawXml::kOneLine
                       ? "{\"_raw\":\"<Event><a>x\\r\\n\\ty\\r\\n</a></Event>\",\"Event\":{\"a\":"
                         "\"x\\r\\n\\ty\\r\\n\"}}\n"
                       : "{\"_raw\":\"<Event><a>x\\r\\n\\ty\\r\\n</a></Event>\",\"Event\":{\"a\":"
                         "\"x\\n\\ty\\n\"}}\n");
  }
  EXPECT_FALSE(AppendXmlEvent("<Event><a></Event>", RawXml::kAsIs, out));
  EXPECT_FALSE(AppendXmlEvent("<Other/>", RawXml::kAsIs, out));
}

TEST(XmlTest, OneOrManyWithOrWithoutARoot) {
  const std::string one = Read(kEvent);
  EXPECT_TRUE(one.starts_with("{\"_raw\":\"<Event xmlns='u'>"));
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), 1);
  const std::string event(kEvent);
  EXPECT_EQ(Read("<?xml version='1.0'?>\n<Events>\n" + event + "\n" + event + "</Events>\n"),
            one + one);
  EXPECT_EQ(Read(event + event + "<Event><x>"), one + one + "<Event><x>\n");
  EXPECT_EQ(Read("<Events>" + event + "<Event a='1'><b></Event>" + event + "</Events>"),
            one + "<Event a='1'><b></Event>\n" + one);
}

TEST(XmlTest, AnElementWithoutAnEnd) {
  const std::string event(kEvent);
  const std::string one = Read(event);
  const std::string text = event + "<Event>" + std::string(2'000'000, 'x') + event;
  EXPECT_EQ(ReadIn(text, {}, SIZE_MAX).text, one + "<Event>" + std::string(193, 'x') + "\n" + one);
}

TEST(Utf16Test, BothOrders) {
  const std::string_view text = "{\"a\":\"x\"}\n";
  for (const bool big : {false, true}) {
    for (const bool mark : {false, true}) {
      std::string wide = mark ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
      for (const char c : text) {
        if (big) wide += '\0';
        wide += c;
        if (!big) wide += '\0';
      }
      EXPECT_EQ(Read(wide), text);
    }
  }
  using namespace std::string_view_literals;
  // A line of a brace alone, which is less than tells the encoding.
  EXPECT_EQ(Read("{\0\n\0}\0\n\0"sv, As(&kLinesFormat)), "{\n}\n");
  // A pair, a half of one, and half a unit.
  EXPECT_EQ(Read("\xFF\xFE"
                 "a\0\x3D\xD8\x00\xDE\x3D\xD8z\0!"sv,
                 As(&kLinesFormat)),
            "a\xF0\x9F\x98\x80\xEF\xBF\xBDz\xEF\xBF\xBD");
}

TEST(LayersTest, OneInAnother) {
  std::string packed(1000, '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string text = "a,b\n1,2\n";
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  EXPECT_EQ(Read(packed), "{\"_raw\":\"1,2\",\"a\":\"1\",\"b\":\"2\"}\n");
  const Result cut = ReadAll(std::string_view(packed).substr(0, packed.size() - 9));
  EXPECT_NE(cut.error.find("truncated"), std::string::npos) << cut.error;
}

}  // namespace
}  // namespace spelk::io
