// Cases of .test files, whose format tests/support knows more of than is taken here.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "cli/test_case.h"
#include "cli/test_file.h"

namespace spelk::cli {
namespace {

// "E0203 at 1:7": both may be left out.
std::string PlaceIn(const std::string& argument) {
  if (argument.starts_with("at ")) return argument.substr(3);
  const size_t at = argument.find(" at ");
  return at == std::string::npos ? "" : argument.substr(at + 4);
}

// The options of a case are those of `spelk run`.
bool SetArguments(const Case& from, TestCase* test, TestFiles* files) {
  CLI::App app;
  AddSearchOptions(app, test->arguments);
  try {
    app.parse(std::vector<std::string>(from.args.rbegin(), from.args.rend()));
  } catch (const CLI::ParseError& error) {
    files->problems.push_back({test->file, test->line, fmt::format("args: {}", error.what())});
    return false;
  }
  return true;
}

bool SetRows(const Section& section, TestCase* test, TestFiles* files) {
  std::vector<Row>& rows = test->expects.rows.emplace();
  test->expects.ordered = section.argument == "ordered";
  for (size_t i = 0; i < section.lines.size(); ++i) {
    std::optional<Row> row = ParseRow(section.lines[i]);
    if (!row) {
      files->problems.push_back(
          {test->file, section.line,
           fmt::format("row {} is no JSON object: {}", i + 1, section.lines[i])});
      return false;
    }
    rows.push_back(std::move(*row));
  }
  return true;
}

bool SetCheck(const Section& section, TestCase* test, TestFiles* files) {
  if (section.kind == "rows") return SetRows(section, test, files);
  if (section.kind == "error") {
    test->expects.error = section.argument.substr(0, section.argument.find(' '));
    if (test->expects.error->starts_with("at")) test->expects.error->clear();
    test->expects.error_texts = section.lines;
    test->expects.error_place = PlaceIn(section.argument);
    return true;
  }
  if (section.kind == "warning") {
    std::string code = section.argument.substr(0, section.argument.find(' '));
    if (code.starts_with("at")) code.clear();
    test->expects.warnings.push_back({std::move(code), section.lines, PlaceIn(section.argument)});
    return true;
  }
  if (section.kind == "no") return test->expects.no_warnings = true;
  if (section.kind == "columns") {
    test->expects.columns = SplitWords(section.argument);
    return true;
  }
  files->problems.push_back(
      {test->file, section.line,
       fmt::format("--- {} is of the tests of spelk itself; others have rows, columns, error, "
                   "warning and no warnings",
                   section.kind)});
  return false;
}

}  // namespace

void LoadTestFile(const std::string& path, const std::string& text, TestFiles* files) {
  const TestFile parsed = ParseTestFile(path, text);
  for (const FileProblem& problem : parsed.problems) {
    files->problems.push_back({path, problem.line, problem.message});
  }
  for (const Case& from : parsed.cases) {
    TestCase test;
    test.file = path;
    test.line = from.line;
    test.name = from.name;
    test.known_gap = from.known_gap.has_value();
    test.query = from.query;
    test.query_name = from.name;
    test.reads = parsed.reads;
    test.events = from.events;
    if (!from.raw_events) test.events_line = from.line;
    test.app_files = from.files;
    test.arguments.now = "data";
    bool good = SetArguments(from, &test, files);
    if (!from.before.empty()) {
      files->problems.push_back({path, from.line, "--- before is of the tests of spelk itself"});
      good = false;
    }
    for (const Section& section : from.checks) good = good && SetCheck(section, &test, files);
    if (good) files->cases.push_back(std::move(test));
  }
}

}  // namespace spelk::cli
