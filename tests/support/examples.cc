// Entries as tests.
#include "support/examples.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "engine/help_topics.h"
#include "engine/impl.h"
#include "plan/entry.h"
#include "support/json.h"

namespace spelk::tests {
namespace {

// An example as the case that it is.
std::optional<Case> CaseOf(const plan::Example& example) {
  Case test;
  test.name = example.title;
  test.query = example.query;
  if (!example.input.empty()) {
    const auto events = SplitJson(example.input);
    if (!events) return std::nullopt;
    test.events = JoinLines(*events);
  }
  if (!example.lookup.empty()) {
    test.files["lookups/users.csv"] = example.lookup;
    test.files["default/transforms.conf"] = "[users]\nfilename = users.csv\n";
  }
  if (example.query.find("saved") != std::string_view::npos) {
    test.files["default/savedsearches.conf"] =
        "[logins]\nsearch = code=$code$ | stats count by user\n"
        "[failures]\nsearch = code=4625 | stats count by user\n";
  }
  if (example.query.find("searchtxn") != std::string_view::npos) {
    test.files["default/transactiontypes.conf"] = "[session]\nfields = id\n";
  }
  const auto rows = SplitJson(example.output);
  if (!rows) return std::nullopt;
  test.checks.push_back({.kind = "rows", .argument = "ordered", .lines = *rows});
  return test;
}

class ExampleRunner {
 public:
  ExampleRunner(const RunnerOptions& options, std::string_view only)
      : runner_(options), only_(only) {}

  // What every entry must have, and its examples.
  template <class Entry>
  void Take(std::string_view kind, const Entry& entry) {
    if (entry.name.find(only_) == std::string_view::npos) return;
    const std::string place = fmt::format("{} {}", kind, entry.name);
    std::vector<std::string> missing;
    if (entry.signature.empty()) missing.push_back("has no signature");
    if (entry.summary.empty()) missing.push_back("has no summary");
    if (entry.examples.empty()) missing.push_back("has no example");
    results_.push_back({place, std::move(missing)});
    for (const plan::Example& example : entry.examples) {
      results_.push_back({fmt::format("{}, example \"{}\"", place, example.title), Run(example)});
    }
  }

  void TakeTopic(const engine::HelpTopic& topic) {
    if (topic.name.find(only_) == std::string_view::npos) return;
    const std::string place = fmt::format("topic {}", topic.name);
    std::vector<std::string> missing;
    if (topic.examples.empty()) missing.push_back("has no example");
    results_.push_back({place, std::move(missing)});
    for (const plan::Example& example : topic.examples) {
      results_.push_back({fmt::format("{}, example \"{}\"", place, example.title), Run(example)});
    }
  }

  void TakeArguments(const plan::CommandEntry& entry) {
    if (entry.name.find(only_) == std::string_view::npos) return;
    std::vector<std::string> problems;
    for (const plan::Argument& argument : entry.arguments) {
      if (argument.summary.empty() || argument.type.empty()) {
        problems.push_back(fmt::format("argument {} lacks its type or summary", argument.name));
      }
    }
    results_.push_back({fmt::format("arguments of {}", entry.name), std::move(problems)});
  }

  std::vector<ExampleResult> Results() { return std::move(results_); }

 private:
  std::vector<std::string> Run(const plan::Example& example) {
    std::optional<Case> test = CaseOf(example);
    if (!test) return {"input and output must be JSON objects, separated by blanks"};
    return runner_.Run(*test);
  }

  CaseRunner runner_;
  std::string_view only_;
  std::vector<ExampleResult> results_;
};

}  // namespace

std::vector<ExampleResult> RunExamples(const RunnerOptions& options, std::string_view only) {
  const Engine engine;
  const plan::Registry& entries = engine.impl()->core.entries();
  ExampleRunner runner(options, only);
  for (const plan::CommandEntry* entry : entries.commands()) {
    runner.Take("command", *entry);
    runner.TakeArguments(*entry);
  }
  for (const plan::FunctionEntry* entry : entries.functions()) runner.Take("function", *entry);
  for (const plan::AggregateEntry* entry : entries.aggregates()) runner.Take("statistic", *entry);
  for (const engine::HelpTopic& topic : engine::HelpTopics()) runner.TakeTopic(topic);
  return runner.Results();
}

}  // namespace spelk::tests
