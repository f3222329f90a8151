// The program that runs .test files and the examples of the entries; ctest calls it once per file.
// spelk_spl_tests [--update] [--full] [--only TEXT] FILE.test… | --examples
#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/case_runner.h"
#include "support/examples.h"

namespace spelk::tests {
namespace {

struct Arguments {
  RunnerOptions runner;
  std::string only;
  bool examples = false;
  std::vector<std::string> files;
};

// Counts and reports.
struct Tally {
  size_t passed = 0;
  size_t failed = 0;

  void Add(const std::string& place, const std::vector<std::string>& problems) {
    problems.empty() ? ++passed : ++failed;
    for (const std::string& problem : problems) fmt::print("FAIL {}\n    {}\n", place, problem);
  }
};

// A known gap must fail, or its mark is out of date.
std::vector<std::string> RunExpectingGap(CaseRunner& runner, Case& test) {
  std::vector<std::string> problems = runner.Run(test);
  if (!test.known_gap) return problems;
  if (problems.empty()) return {"passes: take the known gap away"};
  return {};
}

bool Write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  return static_cast<bool>(out << text << std::flush);
}

void RunFile(const std::string& path, const Arguments& arguments, Tally* tally) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  if (!in || !(text << in.rdbuf())) return tally->Add(path, {"cannot be read, or is empty"});
  TestFile file = ParseTestFile(path, text.str());
  for (const FileProblem& problem : file.problems) {
    tally->Add(fmt::format("{}:{}", path, problem.line), {problem.message});
  }
  CaseRunner runner(arguments.runner);
  for (Case& test : file.cases) {
    if (test.name.find(arguments.only) == std::string::npos) continue;
    tally->Add(fmt::format("{}:{}: {}", path, test.line, test.name), RunExpectingGap(runner, test));
  }
  if (!arguments.runner.update) return;
  const std::string rewritten = Rewritten(file);
  if (rewritten == text.str()) return;
  if (!Write(path, rewritten)) return tally->Add(path, {"cannot be rewritten"});
  fmt::print("rewritten {}\n", path);
}

bool ParseArguments(int argc, char** argv, Arguments* arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--update") {
      arguments->runner.update = true;
    } else if (word == "--full") {
      arguments->runner.whole_matrix = true;
    } else if (word == "--examples") {
      arguments->examples = true;
    } else if (word == "--only" && i + 1 < argc) {
      arguments->only = argv[++i];
    } else if (word.starts_with('-')) {
      fmt::print(stderr,
                 "spelk_spl_tests [--update] [--full] [--only TEXT] FILE.test… | --examples\n");
      return false;
    } else {
      arguments->files.emplace_back(word);
    }
  }
  return true;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!ParseArguments(argc, argv, &arguments)) return 2;
  Tally tally;
  if (arguments.examples) {
    for (const ExampleResult& result : RunExamples(arguments.runner, arguments.only)) {
      tally.Add(result.place, result.problems);
    }
  }
  for (const std::string& file : arguments.files) RunFile(file, arguments, &tally);
  fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main(argc, argv); }
