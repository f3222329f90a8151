// Every way to find the structure of a text, against one that looks at each byte.
#include "io/structurals.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace spelk::io {
namespace {

struct FoundBytes {
  std::vector<uint32_t> offsets;
  Structurals faults;
};

bool IsOperator(char c) {
  return std::string_view("{}[]:,\x0C\x1A").find(c) != std::string_view::npos;
}
bool IsJsonBlank(char c) { return std::string_view(" \t\n\r").find(c) != std::string_view::npos; }

FoundBytes OneByOne(std::string_view text) {
  FoundBytes found;
  bool in_string = false;
  bool in_scalar = false;
  bool escapes_next = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool escaped = escapes_next;
    const char c = text[at];
    found.faults.non_ascii |= (c & 0x80) != 0;
    if (escaped) found.faults.unknown_escape |= !IsEscape(text, at);
    escapes_next = c == '\\' && !escaped;
    const bool quote = c == '"' && !escaped;
    if (in_string) {
      found.faults.control_in_string |= static_cast<unsigned char>(c) < 0x20;
      in_string = !quote;
      in_scalar = !quote && !IsOperator(c) && !IsJsonBlank(c);
      continue;
    }
    if (quote || IsOperator(c) || (!IsJsonBlank(c) && !in_scalar)) {
      if (!quote || !in_scalar) found.offsets.push_back(static_cast<uint32_t>(at));
    }
    in_string = quote;
    in_scalar = !quote && !IsOperator(c) && !IsJsonBlank(c);
  }
  found.faults.unclosed_string = in_string;
  found.faults.unknown_escape |= escapes_next;
  found.faults.count = static_cast<uint32_t>(found.offsets.size());
  found.offsets.push_back(static_cast<uint32_t>(text.size()));
  return found;
}

void CompareWays(const std::string& text) {
  const FoundBytes wanted = OneByOne(text);
  // Nothing around the text is looked at: sanitizers see it where the text is all of its memory.
  const std::vector<char> exact(text.begin(), text.end());
  for (const NamedFinder& finder : StructuralsFinders()) {
    SCOPED_TRACE(finder.name);
    SCOPED_TRACE(testing::PrintToString(text));
    std::vector<uint32_t> offsets(StructuralsCapacity(text.size()));
    const Structurals found = finder.find({exact.data(), exact.size()}, offsets.data());
    ASSERT_EQ(found.count, wanted.faults.count);
    offsets.resize(found.count + 1);
    EXPECT_EQ(offsets, wanted.offsets);
    EXPECT_EQ(found.unclosed_string, wanted.faults.unclosed_string);
    EXPECT_EQ(found.control_in_string, wanted.faults.control_in_string);
    EXPECT_EQ(found.non_ascii, wanted.faults.non_ascii);
    EXPECT_EQ(found.unknown_escape, wanted.faults.unknown_escape);
  }
}

TEST(Structurals, OfTextsWrittenByHand) {
  CompareWays("");
  CompareWays(" ");
  CompareWays(R"({"a":1,"b":[true,null,-1.5e3],"c":{"d":"x\\\"y"}})");
  CompareWays("{\"a\" : \"b\"c, \"d\x01\" : \"\xC3\xA4\" \x0C \x1A}");
  CompareWays(std::string(200, '{') + std::string(200, '}'));
  CompareWays(std::string(64, '\\'));
  CompareWays(std::string(65, '\\'));
}

// Every byte, alone, in a string and behind a backslash.
TEST(Structurals, OfEveryByte) {
  for (int c = 0; c < 256; ++c) {
    const std::string byte(1, static_cast<char>(c));
    CompareWays(byte);
    CompareWays("{\"a\":\"" + byte + "\"," + byte + "1" + byte + "}");
    CompareWays("\"\\" + byte + "12ab\"");
  }
}

TEST(Structurals, OfEscapesAtEveryPlaceOfABlock) {
  for (size_t at = 0; at < 140; ++at) {
    for (const size_t slashes : {1U, 2U, 3U, 64U, 65U}) {
      for (const char* end : {"n", "\"", "/", "u12aF", "u12", "u12ag", "q", "x", "U", " ", ""}) {
        CompareWays(std::string(at, '.') + std::string(slashes, '\\') + end);
        CompareWays(std::string(at, '.') + std::string(slashes, '\\') + end + "...");
      }
    }
  }
}

// Few kinds of bytes, so that they meet in every way.
TEST(Structurals, OfRandomTexts) {
  std::mt19937 random(7);
  const std::string alphabet("\"\"\\\\{}[]:,  \tatu0\x01\xC3", 19);
  for (int i = 0; i < 20000; ++i) {
    std::string text(random() % 300, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    CompareWays(text);
  }
}

}  // namespace
}  // namespace spelk::io
