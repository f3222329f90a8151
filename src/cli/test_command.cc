// Choosing tests, running them, telling how they went.
#include "cli/test_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "cli/choices.h"
#include "cli/coverage_report.h"
#include "cli/exit_codes.h"
#include "cli/mutant_report.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/test_report.h"
#include "cli/test_watch.h"
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

Result<size_t> NumberInside(std::string_view option, const std::string& text, size_t least,
                            size_t most, size_t initial) {
  if (text.empty()) return initial;
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least &&
      number <= most) {
    return number;
  }
  return BadOption(option, text, fmt::format("a number from {} to {}", least, most));
}

bool IsCoverageReport(const std::string& path) {
  return path.empty() || path.ends_with(".html") || path.ends_with(".json");
}

int WriteReportTo(const std::string& text, const std::string& path) {
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

// What the command line asks for, once it is understood.
struct Wanted {
  TestRunOptions run;
  bool covers = false;
  bool mutates = false;
  std::vector<Mutant::Kind> mutations;
  size_t least_coverage = 0;  // In percent.
  size_t least_score = 0;
};

std::optional<Error> CheckWatch(const TestArguments& arguments) {
  if (!arguments.watch) return std::nullopt;
  const std::pair<const char*, bool> others[] = {
      {"--coverage", arguments.coverage || !arguments.coverage_report.empty()},
      {"--mutate", arguments.mutate || !arguments.mutation_report.empty()},
      {"--update", arguments.update},
      {"--list", arguments.list},
      {"--output", !arguments.output.empty()},
      {"--format", arguments.format != "text"}};
  for (const auto& [name, is_given] : others) {
    if (is_given) {
      return Error(ErrorKind::kQuery,
                   fmt::format("--watch runs tests again and again and takes no {}", name));
    }
  }
  return std::nullopt;
}

Result<Wanted> Understand(const TestArguments& arguments) {
  if (!IsChoice("test --format", arguments.format)) {
    return BadOption("--format", arguments.format, ListOfChoices("test --format"));
  }
  if (!IsChoice("--color", arguments.colour)) {
    return BadOption("--color", arguments.colour, ListOfChoices("--color"));
  }
  if (!IsCoverageReport(arguments.coverage_report)) {
    return BadOption("--coverage-report", arguments.coverage_report, "a file .html or .json");
  }
  if (!arguments.mutation_report.empty() && !arguments.mutation_report.ends_with(".json")) {
    return BadOption("--mutation-report", arguments.mutation_report, "a file .json");
  }
  if (const std::optional<Error> error = CheckWatch(arguments)) return *error;
  const std::pair<const char*, const std::string&> folders[] = {{"--data", arguments.data},
                                                                {"--queries", arguments.queries}};
  for (const auto& [option, folder] : folders) {
    std::error_code ignored;
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
      return BadOption(option, folder, "a folder that is there");
    }
  }
  Wanted wanted;
  for (const std::string& name : arguments.mutations) {
    const std::optional<Mutant::Kind> kind = MutantKindOf(name);
    if (!kind) return BadOption("--mutation", name, ListOfChoices("--mutation"));
    wanted.mutations.push_back(*kind);
  }
  const std::tuple<const char*, const std::string&, size_t*> percents[] = {
      {"--min-coverage", arguments.least_coverage, &wanted.least_coverage},
      {"--min-score", arguments.least_score, &wanted.least_score}};
  for (const auto& [option, text, target] : percents) {
    const Result<size_t> number = NumberInside(option, text, 0, 100, 0);
    if (!number.ok()) return number.error();
    *target = *number;
  }
  const Result<size_t> jobs = NumberInside("--jobs", arguments.jobs, 1, 1024, Cores());
  if (!jobs.ok()) return jobs.error();
  wanted.run.jobs = *jobs;
  wanted.run.update = arguments.update;
  wanted.run.colour =
      arguments.colour == "always" || (arguments.colour == "auto" && arguments.output.empty() &&
                                       arguments.format == "text" && WantsColour(STDOUT_FILENO));
  wanted.covers =
      arguments.coverage || !arguments.coverage_report.empty() || !arguments.least_coverage.empty();
  wanted.mutates = arguments.mutate || !arguments.mutation_report.empty() ||
                   !arguments.mutations.empty() || !arguments.least_score.empty();
  return wanted;
}

struct ChosenTests {
  TestFiles files;
  size_t all = 0;  // Tests that there are.
};

ChosenTests LoadChosen(const std::vector<std::string>& paths, const TestArguments& arguments) {
  ChosenTests chosen;
  LoadTests(paths, {arguments.data, arguments.queries}, &chosen.files);
  std::vector<TestCase>& cases = chosen.files.cases;
  chosen.all = cases.size();
  std::erase_if(cases, [&](const TestCase& test) { return !IsChosen(test, arguments); });
  for (TestCase& test : cases) AddKnowledge(arguments.knowledge, &test);
  return chosen;
}

// Why there is nothing to run.
std::optional<Error> NothingIn(const ChosenTests& chosen, const TestArguments& arguments) {
  if (!chosen.files.cases.empty()) return std::nullopt;
  if (chosen.all > 0) return Error(ErrorKind::kQuery, NoneChosen(arguments, chosen.all));
  if (!chosen.files.problems.empty()) return std::nullopt;
  return Error(ErrorKind::kQuery, "there are no tests; they stand in files .test, .yml and .yaml");
}

// Below the tests, and to files.
int TellMore(const TestReport& report, const TestArguments& arguments, bool colour) {
  if (report.coverage != nullptr) {
    const std::string& path = arguments.coverage_report;
    if (arguments.coverage) TellBelow(CoverageText(*report.coverage, colour), arguments);
    if (!path.empty()) {
      const int written = WriteReportTo(
          path.ends_with(".html") ? CoverageHtml(*report.coverage) : CoverageJson(*report.coverage),
          path);
      if (written != kDone) return written;
    }
  }
  if (report.mutants != nullptr) {
    if (arguments.mutation_report.empty() || arguments.mutate) {
      TellBelow(MutantsText(*report.mutants, colour), arguments);
    }
    if (!arguments.mutation_report.empty()) {
      const int written = WriteReportTo(MutantsJson(*report.mutants), arguments.mutation_report);
      if (written != kDone) return written;
    }
  }
  for (const TestReport::Check& check : report.checks) {
    if (!check.message.empty()) {
      TellBelow(fmt::format("FAIL {}: {}\n", check.name, check.message), arguments);
    }
  }
  return kDone;
}

// Of what was asked to be at least so much.
std::vector<TestReport::Check> ChecksOf(const TestReport& report, const Wanted& wanted) {
  std::vector<TestReport::Check> checks;
  const auto add = [&checks](std::string name, size_t percent, size_t least) {
    checks.push_back(
        {std::move(name), percent >= least ? "" : fmt::format("{}%, want {}%", percent, least)});
  };
  if (report.coverage != nullptr && wanted.least_coverage > 0) {
    add("coverage", CoverageScore(*report.coverage), wanted.least_coverage);
  }
  if (report.mutants != nullptr && wanted.least_score > 0) {
    add("mutants noticed", MutationScore(*report.mutants), wanted.least_score);
  }
  return checks;
}

int Interrupted() {
  Say("spelk: interrupted\n");
  return kInterrupted;
}

int RunOnce(const TestArguments& arguments, const Wanted& wanted, const Cancel& cancel) {
  const std::vector<std::string> here = {"."};
  const ChosenTests chosen =
      LoadChosen(arguments.paths.empty() ? here : arguments.paths, arguments);
  const TestFiles& files = chosen.files;
  if (arguments.list) {
    for (const TestCase& test : files.cases) {
      Print(fmt::format("{}:{}: {}\n", Printable(test.file), test.line, Printable(test.name)));
    }
    return files.problems.empty() ? kDone : kUsage;
  }
  if (const std::optional<Error> error = NothingIn(chosen, arguments)) return Fail(*error);
  TestRunOptions options = wanted.run;
  options.cancel = &cancel;
  Coverage coverage;
  if (wanted.covers) options.coverage = &coverage;
  const double start = MonotonicClock();
  const std::vector<TestResult> results = RunTests(files.cases, options);
  if (cancel.input_ended()) return Interrupted();
  TestReport report{files.cases, results, files.problems, MonotonicClock() - start};
  const std::vector<CoveredSearch> covered = coverage.Searches();
  std::vector<MutatedSearch> mutants;
  if (wanted.covers) report.coverage = &covered;
  if (wanted.mutates) {
    mutants = RunMutants(files.cases, results, wanted.mutations, options);
    report.mutants = &mutants;
    if (cancel.input_ended()) return Interrupted();
  }
  report.checks = ChecksOf(report, wanted);
  const int written = WriteReportTo(
      RenderTests(report, arguments.format, options.colour, arguments.verbose), arguments.output);
  if (written != kDone) return written;
  const int told = TellMore(report, arguments, options.colour);
  if (told != kDone) return told;
  if (!files.problems.empty()) return kUsage;
  return report.failed() > 0 || report.failed_checks() > 0 ? kAnswerIsNo : kDone;
}

// Rounds of tests: first all, then those that a change concerns.
class Watch {
 public:
  Watch(const TestArguments& arguments, const TestRunOptions& options, const Cancel& cancel)
      : arguments_(arguments),
        options_(options),
        cancel_(cancel),
        paths_(arguments.paths.empty() ? std::vector<std::string>{"."} : arguments.paths),
        watched_(paths_) {
    options_.cancel = &cancel;
  }

  int Run() {
    do {
      watched_.BeforeLoading();
      ChosenTests chosen = LoadChosen(paths_, arguments_);
      const std::set<std::string> changed = watched_.AfterLoading(chosen.files);
      Round(std::move(chosen), changed);
    } while (watched_.Wait(cancel_));
    return Interrupted();
  }

 private:
  static std::string KeyOf(const TestCase& test) {
    return fmt::format("{}\n{}\n{}", test.file, test.line, test.name);
  }
  static std::string TextOf(const std::vector<TestProblem>& problems) {
    std::string text;
    for (const TestProblem& each : problems) {
      text += fmt::format("{}:{}: {}\n", each.file, each.line, each.message);
    }
    return text;
  }

  void Round(ChosenTests chosen, const std::set<std::string>& changed) {
    TestFiles& files = chosen.files;
    std::map<std::string, bool> passed;  // What is not run again is as it was.
    for (const TestCase& test : files.cases) {
      const auto before = passed_.find(KeyOf(test));
      if (before != passed_.end()) passed.insert(*before);
    }
    const size_t all = files.cases.size();
    if (!first_) {
      std::erase_if(files.cases, [&](const TestCase& test) { return !DependsOn(test, changed); });
    }
    const bool same_problems = TextOf(files.problems) == problems_;
    if (!first_ && files.cases.empty() && same_problems && passed.size() == passed_.size()) return;
    const double start = MonotonicClock();
    const std::vector<TestResult> results = RunTests(files.cases, options_);
    if (cancel_.input_ended()) return;
    for (size_t i = 0; i < results.size(); ++i) {
      passed[KeyOf(files.cases[i])] = results[i].passed;
    }
    // Only a person looks at it: the screen is theirs.
    if (IsTerminal(STDOUT_FILENO)) Print("\x1b[H\x1b[2J\x1b[3J");
    if (!first_) Print(fmt::format("changed: {}\n", NamesOf(changed)));
    const TestReport report{files.cases, results, files.problems, MonotonicClock() - start};
    Print(RenderTests(report, "text", options_.colour, arguments_.verbose));
    const auto good = static_cast<size_t>(
        std::count_if(passed.begin(), passed.end(), [](const auto& each) { return each.second; }));
    if (files.cases.size() < all) {
      Print(fmt::format("of all: {} passed, {} failed\n", good, passed.size() - good));
    }
    if (const std::optional<Error> error = NothingIn(chosen, arguments_); error && all == 0) {
      Print(error->message() + "\n");
    }
    Print(fmt::format("watching {} files; Ctrl-C ends it\n", watched_.size()));
    (void)std::fflush(stdout);
    passed_ = std::move(passed);
    problems_ = TextOf(files.problems);
    first_ = false;
  }

  static std::string NamesOf(const std::set<std::string>& files) {
    constexpr size_t kMost = 3;
    std::string names;
    size_t shown = 0;
    for (const std::string& file : files) {
      if (shown++ == kMost) return names + fmt::format(" and {} more", files.size() - kMost);
      names += (names.empty() ? "" : ", ") + Printable(file);
    }
    return names;
  }

  const TestArguments& arguments_;
  TestRunOptions options_;
  const Cancel& cancel_;
  const std::vector<std::string> paths_;
  WatchedFiles watched_;
  std::map<std::string, bool> passed_;
  std::string problems_;
  bool first_ = true;
};

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
  command
      .add_option("--min-coverage", test.least_coverage,
                  "Exit with 1 if less than so many percent are covered")
      ->type_name("PERCENT");
  command.add_flag("--mutate", test.mutate,
                   "Change each search in small ways, and tell which changes no test notices");
  command
      .add_option("--mutation", test.mutations,
                  "Only changes of this kind: " + ListOfChoices("--mutation") +
                      "; may be given several times")
      ->type_name("KIND")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--mutation-report", test.mutation_report,
                  "Write what is noticed to a file .json")
      ->type_name("FILE");
  command
      .add_option("--min-score", test.least_score,
                  "Exit with 1 if the tests notice less than so many percent of the changes")
      ->type_name("PERCENT");
  command.add_flag("--update", test.update, "Write the snapshots that differ");
  command.add_flag("--watch", test.watch, "Stay, and run again what a file that changes concerns");
  command.add_flag("--list", test.list, "List the tests, and run none");
  command.add_flag("-v,--verbose", test.verbose, "Name the tests that pass, too");
}

int Test(const TestArguments& arguments) {
  Result<Wanted> wanted = Understand(arguments);
  if (!wanted.ok()) return Fail(wanted.error());
  Cancel cancel;
  const InterruptGuard guard(cancel, nullptr);
  if (arguments.watch) return Watch(arguments, wanted->run, cancel).Run();
  return RunOnce(arguments, *wanted, cancel);
}

}  // namespace spelk::cli
