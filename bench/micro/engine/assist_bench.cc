// What an editor asks at each keystroke, of a search of 60 lines: it should take well below 5 ms.
#include <benchmark/benchmark.h>

#include <optional>
#include <string>

#include "spelk/assist.h"
#include "spelk/engine.h"
#include "spelk/lint.h"

namespace spelk::bench {
namespace {

// As detections are written: a base search of many terms, evals, a subsearch, statistics.
std::string SixtyLines() {
  std::string text =
      "index=win source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1\n";
  for (int i = 0; i < 18; ++i) {
    text += "    OR (Image=\"*\\\\tool" + std::to_string(i) + ".exe\" CommandLine=\"* -arg" +
            std::to_string(i) + " *\")\n";
  }
  text += "| fillnull value=unknown user, dest\n";
  for (int i = 0; i < 16; ++i) {
    const std::string n = std::to_string(i);
    text += "| eval score" + n + "=if(like(CommandLine, \"%word" + n +
            "%\") AND match(Image, \"(?i)name" + n + "\"), len(CommandLine)+" + n + ", 0)\n";
  }
  text += "| rex field=CommandLine \"(?<first>\\S+)\\s+(?<second>\\S+)\"\n";
  text +=
      "| join type=left user\n    [ search index=win EventCode=4624\n    | stats latest(src) AS "
      "src BY user ]\n";
  for (int i = 0; i < 8; ++i) {
    const std::string n = std::to_string(i);
    text += "| where score" + n + ">=0 OR isnotnull(first)\n";
  }
  text += "| stats count min(_time) AS firstTime max(_time) AS lastTime values(CommandLine) AS\n";
  text += "    CommandLine dc(dest) AS hosts BY user Image ParentImage\n";
  for (int i = 0; i < 6; ++i) {
    text += "| eval note" + std::to_string(i) + "=user.\" on \".hosts\n";
  }
  text +=
      "| sort - count\n| head 100\n| table user Image hosts count firstTime lastTime CommandLine";
  return text;
}

void Problems(benchmark::State& state) {
  const Engine engine;
  const std::string text = SixtyLines();
  if (!FindProblems(engine, text).empty()) state.SkipWithError("the search is wrong");
  for (auto unused : state) benchmark::DoNotOptimize(FindProblems(engine, text));
}
BENCHMARK(Problems)->Unit(benchmark::kMicrosecond);

// While a word of its middle is half written.
void ProblemsOfAHalfWrittenSearch(benchmark::State& state) {
  const Engine engine;
  std::string text = SixtyLines();
  text.insert(text.find("| rex"), "| eval x=if(len(\n");
  for (auto unused : state) benchmark::DoNotOptimize(FindProblems(engine, text));
}
BENCHMARK(ProblemsOfAHalfWrittenSearch)->Unit(benchmark::kMicrosecond);

void LintFindings(benchmark::State& state) {
  const Engine engine;
  const std::string text = SixtyLines();
  for (auto unused : state) benchmark::DoNotOptimize(Lint(engine, text, {}));
}
BENCHMARK(LintFindings)->Unit(benchmark::kMicrosecond);

// All that the language server computes when a letter was typed: parse, bind, lint.
void Keystroke(benchmark::State& state) {
  const Engine engine;
  const std::string text = SixtyLines();
  for (auto unused : state) {
    std::optional<Query> query;
    benchmark::DoNotOptimize(FindProblems(engine, text, {}, &query));
    if (query) benchmark::DoNotOptimize(Lint(*query, {}));
  }
}
BENCHMARK(Keystroke)->Unit(benchmark::kMicrosecond);

void CompletionOfAField(benchmark::State& state) {
  const Engine engine;
  std::string text = SixtyLines();
  text += " | where ";
  for (auto unused : state) {
    benchmark::DoNotOptimize(Complete(engine, text, text.size(), {}));
  }
}
BENCHMARK(CompletionOfAField)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace spelk::bench
