// The .test files: plain text that holds events, searches and what comes out.
//
//   # A comment: lines that begin with # at the top of a file, of a section or of a search, and
//   # anywhere among events and rows.
//   === events                     The input of the cases that follow. `=== events raw` takes the
//   {"host": "web-1"}              lines as they are, broken ones, blank ones and # included;
//   === events none                takes it away again. Without events a search reads nothing.
//   === events from feed.ndjson    takes those of a file beside the .test file.
//   === file default/macros.conf   A file of the app folder of the cases that follow.
//   [m]
//   definition = host=*
//   === app ../pack                An app folder of the cases that follow, named from the .test
//   file.
//   === search x.spl               The search of the cases that follow and have none: a file
//   beside.
//   === args --tz Europe/Berlin    Options of `spelk run` for the cases that follow.
//   === case keeps-first           The name says the rule. `(known gap: why)` after it: must fail.
//   dedup host | table host        The search; may have many lines.
//   --- events | --- file P        As above, for this case alone.
//   --- args --now 1700000000      These come after those of `=== args`.
//   --- rows                       One JSON object a line, in any order; `--- rows ordered`: in
//   this.
//   {"host": "web-1"}
//   --- columns host user          The order of these columns.
//   --- error E0203 at 1:7         Code and place, each may be left out; below, texts that the
//   dedup has no option            message or a note contains, one a line.
//   --- warning W1102 at 1:1       Likewise, of the compiler or of the run.
//   --- no warnings
//   --- why                        There are no rows; below, texts that the report of this has.
//   --- why detail                 Likewise, of the report over single events (Query::WhyNot).
//   --- spills 300KB               With so little memory rows go to disk, and the answer is the
//   same.
//   --- limit                      With little memory it may fail by name instead.
//   --- input one                  Law 1 leaves the input alone: the answer depends on its files.
//   --- before                     A search of the same run that comes before the case's: below it.
// Golden sections are rewritten by --update:
//   --- message                    The errors, or the warnings, as people see them.
//   --- tokens, ast, plan, optimized, pipeline
//
// The default of --now is `data`, as for packs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::cli {

struct Section {
  std::string kind;      // "rows", "error", "args" …
  std::string argument;  // The rest of the line that begins it.
  std::vector<std::string> lines;
  size_t line = 0;   // Of its beginning in the file, from 1.
  size_t begin = 0;  // Its lines in the file, from 0, without the blank ones at the end.
  size_t end = 0;
};

struct Case {
  std::string name;
  std::optional<std::string> known_gap;
  size_t line = 0;
  std::string query;
  std::optional<std::string> events;  // Nothing: no input.
  bool raw_events = false;            // They may be anything.
  std::map<std::string, std::string> files;
  std::vector<std::string> args;
  std::vector<std::string> before;  // Searches that run before this one.
  bool input_as_is = false;
  bool may_reach_limit = false;
  std::vector<Section> checks;
};

struct FileProblem {
  size_t line = 0;
  std::string message;
};

struct TestFile {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Case> cases;
  std::vector<FileProblem> problems;
  std::vector<std::string> reads;  // Files beside it that it takes events or searches from.
};

TestFile ParseTestFile(std::string path, std::string_view text);

// Blanks part words; "…" and '…' keep them.
std::vector<std::string> SplitWords(std::string_view text);
std::string JoinLines(const std::vector<std::string>& lines);

}  // namespace spelk::cli
