// What a terminal gets to see of text that was made to play with it.
#include "io/terminal_text.h"

#include <gtest/gtest.h>

namespace spelk::io {
namespace {

TEST(ForTerminal, EscapesWhatMovesTheCursor) {
  EXPECT_EQ(ForTerminal("plain, é and 語"), "plain, é and 語");
  EXPECT_EQ(ForTerminal("\x1b[31m\x07\x7f"), "\\x1b[31m\\x07\\x7f");
  EXPECT_EQ(ForTerminal("\xc2\x9b\xe2\x80\xae"), "\\u009b\\u202e");
  EXPECT_EQ(ForTerminal(std::string("a\0b", 3)), "a\\x00b");
}

TEST(ForTerminal, KeepsLinesAndTabs) {
  EXPECT_EQ(ForTerminal("a\tb\r\nc\rd\r"), "a\tb\nc\\x0dd\\x0d");
}

TEST(ForTerminal, StaysJsonInJson) {
  EXPECT_EQ(ForTerminal("{\"a\":\"\x7f\xc2\x85\"}\n", Escapes::kJson),
            "{\"a\":\"\\u007f\\u0085\"}\n");
}

TEST(ForTerminal, ShowsBytesThatAreNoText) {
  EXPECT_EQ(ForTerminal("a\x9b\xff"), "a\\u009b\\u00ff");
}

TEST(Printable, IsOneLine) {
  EXPECT_EQ(Printable("a\n\tb\r\n\x1b"), "a\\x0a\\x09b\\x0d\\x0a\\x1b");
}

TEST(TerminalSink, PassesOn) {
  StringSink seen;
  TerminalSink sink(seen, Escapes::kReadable);
  EXPECT_TRUE(sink.Write("a\x1b").ok());
  EXPECT_TRUE(sink.Flush().ok());
  EXPECT_EQ(seen.text(), "a\\x1b");
}

}  // namespace
}  // namespace spelk::io
