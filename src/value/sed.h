// Sed scripts of rex mode=sed: s/regex/replacement/flags and y/abc/xyz/, one after another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/memory.h"
#include "value/regex.h"

namespace spelk {

// Search Reference, rex, "Sed expression"; props.conf, SEDCMD: a list of commands separated by
// blanks. The character after s or y separates the parts. Immutable.
class SedScript {
 public:
  // InvalidArgument says what is wrong: "unterminated s command", "unknown flag \"x\"".
  static absl::StatusOr<SedScript> Parse(std::string_view text);

 private:
  friend class SedRunner;
  // Text and back references in turn: a piece with a group stands for what the group took.
  struct Piece {
    std::string text;
    int group = -1;
  };
  struct Command {
    std::unique_ptr<Regex> regex;  // Null for y.
    std::vector<Piece> replacement;
    uint64_t first = 1;  // Which match is the first to be replaced.
    bool all = false;    // And all that follow.
    std::vector<std::pair<char32_t, char32_t>> characters;  // Of y.
  };
  static absl::Status SetCharacters(std::string_view from, std::string_view to, Command* command);
  static absl::Status SetReplacement(std::string_view from, std::string_view to, Command* command);
  static absl::Status TakeFlags(std::string_view& text, Command* command);
  std::vector<Command> commands_;
};

// Applies a script; one for each worker.
class SedRunner {
 public:
  // `script` outlives the runner. `budget` may be null.
  SedRunner(const SedScript& script, MemoryBudget* budget);

  // Writes the result to `out` (which keeps its memory) and tells whether anything matched.
  // `limits` counts matches that were given up at the match limit; the command then changes nothing
  // more in this text. ResourceExhausted when a result outgrows the budget.
  absl::StatusOr<bool> Apply(std::string_view text, std::string& out, uint64_t* limits);

 private:
  absl::StatusOr<bool> Substitute(const SedScript::Command& command, RegexMatcher& matcher,
                                  std::string_view text, std::string& out, uint64_t* limits);
  absl::StatusOr<bool> Translate(const SedScript::Command& command, std::string_view text,
                                 std::string& out);
  absl::Status Append(std::string_view text, std::string& out);

  const SedScript& script_;
  std::vector<std::unique_ptr<RegexMatcher>> matchers_;  // Null for y.
  std::string scratch_;
  Reservation reservation_;
};

}  // namespace spelk
