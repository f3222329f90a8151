// Choosing tests, running them, telling how they went.
#include "cli/test_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

#include "cli/choices.h"
#include "cli/coverage_report.h"
#include "cli/exit_codes.h"
#include "cli/mutants.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/test_report.h"
#include "spelk/text.h"
#include "spelk/write.h"

namespace spelk::cli {
namespace {

bool IsChosen(const TestCase& test, const TestArguments& arguments) {
  if (!arguments.name.empty() && test.name.find(arguments.name) == std::string::npos &&
      test.file.find(arguments.name) == std::string::npos) {
    return false;
  }
  return arguments.tags.empty() ||
         std::any_of(arguments.tags.begin(), arguments.tags.end(), [&test](const std::string& tag) {
           return std::find(test.tags.begin(), test.tags.end(), tag) != test.tags.end();
         });
}

std::string NoneChosen(const TestArguments& arguments, size_t all) {
  std::string by;
  if (!arguments.name.empty()) by = fmt::format("--name {}", Printable(arguments.name));
  for (const std::string& tag : arguments.tags) {
    by += fmt::format("{}--tag {}", by.empty() ? "" : " ", Printable(tag));
  }
  return fmt::format("none of {} {} is chosen by {}; --list without it lists them", all,
                     all == 1 ? "test" : "tests", by);
}

// What is given for all stands before what a case has itself.
void AddKnowledge(const SearchArguments& all, TestCase* test) {
  SearchArguments& own = test->arguments;
  const auto before = [](const std::vector<std::string>& first, std::vector<std::string>* list) {
    list->insert(list->begin(), first.begin(), first.end());
  };
  before(all.apps, &own.apps);
  before(all.macros, &own.macros);
  before(all.lookups, &own.lookups);
  own.no_builtin = own.no_builtin || all.no_builtin;
}

Result<size_t> JobsOf(const std::string& text) {
  size_t jobs = Cores();
  if (text.empty()) return jobs;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  if (error == std::errc() && end == text.data() + text.size() && jobs > 0 && jobs <= 1024)
    return jobs;
  return BadOption("--jobs", text, "a number from 1 to 1024");
}

bool IsCoverageReport(const std::string& path) {
  return path.empty() || path.ends_with(".html") || path.ends_with(".json");
}

int WriteReport(const std::string& text, const std::string& path) {
  if (path.empty() || path == "-") {
    Print(text);
    return kDone;
  }
  Result<FileSink> file = FileSink::Create(path);
  if (!file.ok()) return Fail(file.error());
  for (const Result<Flow>& step : {file->Write(text), file->Commit()}) {
    if (!step.ok()) return Fail(step.error());
  }
  return kDone;
}

// Below the report of the tests, or beside one for programs.
void TellBelow(const std::string& text, const TestArguments& arguments) {
  arguments.format == "text" && arguments.output.empty() ? Print(text) : Say(text);
}

// So, and to a file.
int TellCoverage(const std::vector<CoveredSearch>& searches, const TestArguments& arguments,
                 bool colour) {
  const std::string& path = arguments.coverage_report;
  if (arguments.coverage) TellBelow(CoverageText(searches, colour), arguments);
  if (path.empty()) return kDone;
  return WriteReport(path.ends_with(".html") ? CoverageHtml(searches) : CoverageJson(searches),
                     path);
}

}  // namespace

void AddTestOptions(CLI::App& command, TestArguments& test) {
  command.add_option("paths", test.paths, "Files .test, .yml and .yaml, and folders of them")
      ->type_name("");
  AddKnowledgeOptions(command, test.knowledge);
  command.add_option("--data", test.data, "Recorded events that tests name by an address")
      ->type_name("DIR");
  command
      .add_option("--queries", test.queries,
                  "Searches NAME.spl of rules whose tests stand elsewhere")
      ->type_name("DIR");
  command.add_option("--name", test.name, "Only tests whose name or file holds this")
      ->type_name("TEXT");
  command.add_option("--tag", test.tags, "Only tests with this tag; may be given several times")
      ->type_name("TAG")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("-o,--format", test.format, ListOfChoices("test --format"))
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("-O,--output", test.output, "Write the report to a file")->type_name("FILE");
  command.add_option("--jobs", test.jobs, "How many at once; all cores by default")->type_name("N");
  command.add_option("--color", test.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
  command.add_flag(
      "--coverage", test.coverage,
      "Tell which stages, conditions, values of IN and arms of case() no test reached");
  command
      .add_option("--coverage-report", test.coverage_report,
                  "Write the coverage to a file: .html or .json")
      ->type_name("FILE");
  command.add_flag("--mutate", test.mutate,
                   "Change each search in small ways, and tell which changes no test notices");
  command.add_flag("--update", test.update, "Write the snapshots that differ");
  command.add_flag("--list", test.list, "List the tests, and run none");
  command.add_flag("-v,--verbose", test.verbose, "Name the tests that pass, too");
}

int Test(const TestArguments& arguments) {
  if (!IsChoice("test --format", arguments.format)) {
    return Fail(BadOption("--format", arguments.format, ListOfChoices("test --format")));
  }
  if (!IsChoice("--color", arguments.colour)) {
    return Fail(BadOption("--color", arguments.colour, ListOfChoices("--color")));
  }
  if (!IsCoverageReport(arguments.coverage_report)) {
    return Fail(BadOption("--coverage-report", arguments.coverage_report, "a file .html or .json"));
  }
  const Result<size_t> jobs = JobsOf(arguments.jobs);
  if (!jobs.ok()) return Fail(jobs.error());
  TestFiles files;
  const std::vector<std::string> here = {"."};
  LoadTests(arguments.paths.empty() ? here : arguments.paths, {arguments.data, arguments.queries},
            &files);
  const size_t all = files.cases.size();
  std::erase_if(files.cases, [&](const TestCase& test) { return !IsChosen(test, arguments); });
  for (TestCase& test : files.cases) AddKnowledge(arguments.knowledge, &test);
  if (arguments.list) {
    for (const TestCase& test : files.cases) {
      Print(fmt::format("{}:{}: {}\n", Printable(test.file), test.line, Printable(test.name)));
    }
    return files.problems.empty() ? kDone : kUsage;
  }
  if (files.cases.empty() && all > 0) {
    return Fail(Error(ErrorKind::kQuery, NoneChosen(arguments, all)));
  }
  if (files.cases.empty() && files.problems.empty()) {
    return Fail(
        Error(ErrorKind::kQuery, "there are no tests; they stand in files .test, .yml and .yaml"));
  }
  TestRunOptions options;
  options.jobs = *jobs;
  options.update = arguments.update;
  options.colour =
      arguments.colour == "always" || (arguments.colour == "auto" && arguments.output.empty() &&
                                       arguments.format == "text" && WantsColour(STDOUT_FILENO));
  Coverage coverage;
  const bool covers = arguments.coverage || !arguments.coverage_report.empty();
  if (covers) options.coverage = &coverage;
  const double start = MonotonicClock();
  const std::vector<TestResult> results = RunTests(files.cases, options);
  const TestReport report{files.cases, results, files.problems, MonotonicClock() - start};
  const int written = WriteReport(
      RenderTests(report, arguments.format, options.colour, arguments.verbose), arguments.output);
  if (written != kDone) return written;
  const int told = TellCoverage(coverage.Searches(), arguments, options.colour);
  if (told != kDone) return told;
  if (arguments.mutate) {
    TellBelow(MutantsText(RunMutants(files.cases, results, options), options.colour), arguments);
  }
  if (!files.problems.empty()) return kUsage;
  return report.failed() > 0 ? kAnswerIsNo : kDone;
}

}  // namespace spelk::cli
