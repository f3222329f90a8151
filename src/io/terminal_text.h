// Text on its way to a terminal: control characters, and what turns the direction of text, are
// shown as escapes, so that no event can play with the terminal.
#pragma once

#include <string>
#include <string_view>

#include "io/byte_sink.h"

namespace spelk::io {

// How an escape is written: for people, or as in JSON, where it means the same.
enum class Escapes : uint8_t { kReadable, kJson };

// Newlines and tabs stay; a carriage return before a newline goes.
std::string ForTerminal(std::string_view text, Escapes escapes = Escapes::kReadable);

// Text in a message: likewise, on one line.
std::string Printable(std::string_view text);

// For formats whose writers care for other programs only. Texts are handed over whole.
class TerminalSink final : public ByteSink {
 public:
  TerminalSink(ByteSink& sink, Escapes escapes) : sink_(sink), escapes_(escapes) {}
  absl::Status Write(std::string_view bytes) override {
    return sink_.Write(ForTerminal(bytes, escapes_));
  }
  absl::Status Flush() override { return sink_.Flush(); }

 private:
  ByteSink& sink_;
  const Escapes escapes_;
};

}  // namespace spelk::io
