// The cases of `spelk test`, and the files that they stand in.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "cli/test_row.h"

namespace spelk::cli {

// What must come out. All that is given must hold.
struct Expectation {
  std::optional<std::vector<Row>> rows;  // These and no others.
  bool ordered = false;                  // In this order.
  std::vector<Row> contains;             // Rows that have these fields, among others.
  std::optional<uint64_t> least;
  std::optional<uint64_t> most;
  std::vector<std::string> fields;       // Each in one row at least.
  std::optional<std::string> error;      // Its code; empty for any.
  std::vector<std::string> error_texts;  // That it holds.
  std::string error_place;               // "1:7"; empty for any.
  std::vector<std::string> columns;      // In this order, as far as they are there.
  struct Warning {
    std::string code;  // Empty for any.
    std::vector<std::string> texts;
    std::string place;  // "1:7"; empty for any.
  };
  std::vector<Warning> warnings;
  bool no_warnings = false;
  std::string snapshot;  // A file with the rows.
};

struct TestCase {
  std::string file;
  size_t line = 0;
  std::string name;
  std::vector<std::string> tags;
  std::string query;
  std::string query_name;  // For messages.
  // Line and column in that file of a place in the search; none: the file is the search.
  std::function<std::pair<size_t, size_t>(size_t offset)> place;
  std::optional<std::string> events;  // As text.
  size_t events_line = 0;             // Where they stand; 0: they may be broken.
  std::vector<std::string> files;     // Likewise, inputs.
  // For those of their events that have none: of each file in turn, or of none.
  struct EventNames {
    std::string source;
    std::string sourcetype;
  };
  std::vector<EventNames> file_names;
  bool malformed = false;                        // Lines of the files may be broken.
  std::vector<std::string> reads;                // Files that its search or its events come from.
  std::string filter;                            // A search for those of the files that count.
  SearchArguments arguments;                     // Knowledge, time, zone.
  std::map<std::string, std::string> app_files;  // Of an app folder that goes with it.
  std::string pack;        // A tree of detections whose macros and lookups it has; may be empty.
  bool known_gap = false;  // Must fail.
  Expectation expects;
};

struct TestProblem {
  std::string file;
  size_t line = 0;
  std::string message;
};

struct TestFiles {
  std::vector<TestCase> cases;
  std::vector<TestProblem> problems;
};

struct TestSources {
  std::string data;     // A folder with recorded events, for tests that name them by an address.
  std::string queries;  // A folder with searches, for tests of rules that stand elsewhere.
};

// By its name.
bool IsTestFile(const std::string& path);
// Files and folders; of these all .test files, and .yml and .yaml files that are tests.
void LoadTests(const std::vector<std::string>& paths, const TestSources& sources, TestFiles* files);
// One file of each kind.
void LoadYaml(const std::string& path, const std::string& text, bool named,
              const TestSources& sources, TestFiles* files);
void LoadTestFile(const std::string& path, const std::string& text, TestFiles* files);

}  // namespace spelk::cli
