// Law 1 over random searches: each gives the same bytes however it is run.
// spelk_random_tests [--searches N] [--seed N] [--show]
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/impl.h"
#include "support/case_runner.h"
#include "support/choices.h"
#include "support/random_events.h"
#include "support/random_searches.h"
#include "support/require.h"
#include "support/run.h"
#include "syntax/ast.h"

namespace spelk::tests {
namespace {

constexpr size_t kSearchesOfAFeed = 12;
constexpr size_t kTogether = 6;
constexpr size_t kVariations = 6;
// Much for these feeds, so that only what grows without bound reaches it.
constexpr size_t kMemory = size_t{256} << 20U;
constexpr size_t kTinyMemory = size_t{4} << 20U;

struct Settings {
  size_t searches = 400;
  uint64_t seed = 1;
  bool show = false;  // Every search before it runs.
};

RunOptions PlainOptions() {
  RunOptions options;
  options.memory = kMemory;
  options.now = 1'700'000'000;
  return options;
}

RandomFeed MakeFeed(Choices& choices) {
  const size_t events = std::array<size_t, 4>{2, 9, 40, 90}[choices.Below(4)];
  switch (choices.Below(4)) {
    case 0:
      return RandomLogs(choices, events);
    case 1:
      return RandomFields(choices, events, true);
    default:
      return RandomFields(choices, events, false);
  }
}

// A point of law 1's matrix. Of a feed with broken lines, a piece may be no feed by itself.
Variation MakeVariation(const std::vector<std::string>& passes, bool split, Choices& choices) {
  Variation made;
  made.threads = choices.OneIn(3) ? choices.Between(2, 8) : 1;
  made.block_size = std::array<size_t, 4>{64, 300, 4096, size_t{1} << 20U}[choices.Below(4)];
  made.batch_rows = std::array<size_t, 3>{1, 3, 2048}[choices.Below(3)];
  if (choices.OneIn(3)) {
    made.without_passes = passes;
  } else if (choices.OneIn(2)) {
    made.without_passes = {passes[choices.Below(passes.size())]};
  }
  if (choices.OneIn(4)) made.memory = kTinyMemory;
  made.input = std::array{InputForm::kOne, InputForm::kGzip, InputForm::kSplit}[choices.Below(3)];
  if (!split && made.input == InputForm::kSplit) made.input = InputForm::kOne;
  made.reload_states = choices.OneIn(3);
  if (choices.OneIn(4)) made.deal_states = choices.Between(2, 6);
  return made;
}

bool IsLimit(const Outcome& outcome) {
  return outcome.error && outcome.error->kind() == ErrorKind::kLimit;
}

// What a run says besides its rows.
std::set<std::string> Warnings(const Outcome& outcome) {
  std::set<std::string> warnings;
  for (const ErrorDetail& warning : outcome.warnings) {
    // How many events a time range left out is told of those that got as far as it.
    if (warning.code == "W0108") continue;
    warnings.insert(warning.code + " " + warning.message.substr(0, warning.message.find(" (")));
  }
  return warnings;
}

// The first difference, or an empty text.
class Checker {
 public:
  Checker(const Engine& engine, const Feed& feed, bool split, uint64_t seed)
      : engine_(engine), feed_(feed), split_(split), seed_(seed) {
    for (const auto& [name, summary] : engine.Passes()) passes_.push_back(name);
  }

  // Nothing if the search is refused.
  std::optional<std::string> Check(const std::string& text) {
    const Result<Query> query = engine_.Compile(text);
    if (!query.ok()) {
      refusal_ = query.error();
      if (refusal_->kind() == ErrorKind::kInternal) return refusal_->message();
      return std::nullopt;
    }
    plain_ = RunAs(*query, &feed_, PlainOptions(), Variation());
    if (plain_.error && plain_.error->kind() == ErrorKind::kInternal) {
      return plain_.error->message();
    }
    std::string difference = CheckCopies(*query);
    if (difference.empty()) difference = CheckVariations(*query);
    if (difference.empty()) difference = CheckRefusals(*query);
    return difference;
  }

  const Outcome& plain() const { return plain_; }
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  // The plan that was saved, and the search that was printed.
  std::string CheckCopies(const Query& query) {
    const Result<Query> loaded = engine_.LoadPlan(query.SavePlan());
    if (!loaded.ok()) return "the saved plan does not load: " + loaded.error().message();
    std::string difference = Compare(RunAs(*loaded, &feed_, PlainOptions(), {}), {});
    if (!difference.empty()) return "saved and loaded: " + difference;
    RunOptions counting = PlainOptions();
    counting.count = true;
    difference = Compare(RunAs(query, &feed_, counting, {}), {});
    if (!difference.empty()) return "with counters: " + difference;
    const std::string printed = Print(query.impl().compilation.ast);
    // Which numbers random() gives depends on its place in the text.
    if (printed.find("random(") != std::string::npos) return {};
    const Result<Query> again = engine_.Compile(printed);
    if (!again.ok()) return printed + " does not compile: " + again.error().message();
    difference = Compare(RunAs(*again, &feed_, PlainOptions(), {}), {});
    return difference.empty() ? difference : "printed as " + printed + ": " + difference;
  }

  std::string CheckVariations(const Query& query) {
    Choices choices(seed_);
    Variation farthest;
    farthest.block_size = 64;
    farthest.batch_rows = 1;
    farthest.without_passes = passes_;
    std::vector<Variation> variations{farthest};
    while (variations.size() < kVariations)
      variations.push_back(MakeVariation(passes_, split_, choices));
    for (const Variation& variation : variations) {
      std::string difference = Compare(RunAs(query, &feed_, PlainOptions(), variation), variation);
      if (!difference.empty()) return difference;
    }
    return {};
  }

  // One reservation, or all from some on, are refused: the run fails by name or gives the same.
  std::string CheckRefusals(const Query& query) {
    for (const Variation& refusal : SomeRefusals(plain_.reservations, seed_, 2)) {
      std::string difference = Compare(RunAs(query, &feed_, PlainOptions(), refusal), refusal);
      if (!difference.empty()) return difference;
    }
    return {};
  }

  std::string Compare(const Outcome& other, const Variation& variation) const {
    // A limit of a command may be reached by one plan, when another has enough rows before.
    if (IsLimit(plain_) || IsLimit(other)) return {};
    std::string difference = Difference(plain_, other, variation, true);
    if (!difference.empty() || other.error || plain_.error) return difference;
    if (Warnings(plain_) == Warnings(other)) return {};
    return fmt::format("the warnings differ with {}", variation.Describe());
  }

  const Engine& engine_;
  const Feed& feed_;
  const bool split_;
  const uint64_t seed_;
  std::vector<std::string> passes_;
  Outcome plain_;
  std::optional<Error> refusal_;
};

// ---------------------------------------------------------------- what differs, made small

using Commands = std::vector<std::string>;

std::string CheckAgain(const Engine& engine, const Commands& commands, const std::string& text,
                       bool split, uint64_t seed) {
  const Feed feed(text);
  Checker checker(engine, feed, split, seed);
  return checker.Check(JoinCommands(commands)).value_or("");
}

void DropCommands(const Engine& engine, const std::string& text, bool split, uint64_t seed,
                  Commands* commands) {
  for (size_t i = 0; i < commands->size() && commands->size() > 1;) {
    Commands fewer = *commands;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (CheckAgain(engine, fewer, text, split, seed).empty()) {
      ++i;
    } else {
      *commands = fewer;
      i = 0;
    }
  }
}

std::string DropLines(const Engine& engine, const Commands& commands, bool split, uint64_t seed,
                      std::string text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.erase(0, end);
  }
  const auto join = [](const std::vector<std::string>& all) {
    std::string joined;
    for (const std::string& line : all) joined += line;
    return joined;
  };
  for (size_t size = lines.size() / 2; size > 0; size /= 2) {
    for (size_t i = 0; i < lines.size();) {
      std::vector<std::string> fewer = lines;
      const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(i);
      fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, fewer.size() - i)));
      if (CheckAgain(engine, commands, join(fewer), split, seed).empty()) {
        i += size;
      } else {
        lines = std::move(fewer);
      }
    }
  }
  return join(lines);
}

void Report(const Engine& engine, Commands commands, const RandomFeed& feed, uint64_t seed,
            const std::string& first) {
  const std::string whole = JoinCommands(commands);
  const bool split = !feed.broken;
  DropCommands(engine, feed.text, split, seed, &commands);
  const std::string text = DropLines(engine, commands, split, seed, feed.text);
  const std::string difference = CheckAgain(engine, commands, text, split, seed);
  fmt::print("FAIL {}\n    {}\n    at first: {}\n    {}\n    events:\n{}\n", JoinCommands(commands),
             difference, whole, first, text);
}

// ---------------------------------------------------------------- the searches

class RandomTest {
 public:
  explicit RandomTest(const Settings& settings) : settings_(settings), choices_(settings.seed) {
    folder_.Write("made_up.csv", RandomTable());
    EngineOptions options;
    options.lookups = {"made_up=" + folder_.path() + "/made_up.csv"};
    engine_.emplace(std::move(options));
  }

  int Run() {
    while (ran_ + refused_ < settings_.searches) {
      const RandomFeed feed = MakeFeed(choices_);
      const Feed forms(feed.text);
      queries_.clear();
      plain_.clear();
      for (size_t i = 0; i < kSearchesOfAFeed; ++i) CheckOne(feed, forms);
      CheckTogether(feed, forms);
    }
    ShowRefusals();
    // What the binder refuses tests nothing.
    const bool enough = refused_ * 3 < ran_ + refused_ && with_rows_ * 2 > ran_;
    if (!enough) fmt::print("FAIL too few of the searches run, or give rows\n");
    fmt::print("{} searches ran, {} with rows, {} failed by name, {} were refused\n", ran_,
               with_rows_, errors_, refused_);
    fmt::print("{} passed, {} failed\n", ran_ - failed_, failed_ + (enough ? 0 : 1));
    return failed_ == 0 && enough ? 0 : 1;
  }

 private:
  void CheckOne(const RandomFeed& feed, const Feed& forms) {
    const Commands commands = RandomSearch(choices_, feed);
    const uint64_t seed = choices_.Below(1U << 30U);
    const std::string text = JoinCommands(commands);
    if (settings_.show) fmt::print("{}\n", text);
    Checker checker(*engine_, forms, !feed.broken, seed);
    const std::optional<std::string> difference = checker.Check(text);
    if (!difference) {
      ++refused_;
      ++refusals_[checker.refusal()->message()];
      return;
    }
    ++ran_;
    if (checker.plain().error) ++errors_;
    if (!checker.plain().rows.empty()) ++with_rows_;
    if (!difference->empty()) {
      ++failed_;
      Report(*engine_, commands, feed, seed, *difference);
    } else if (queries_.size() < kTogether && !checker.plain().error) {
      queries_.push_back(*engine_->Compile(text));
      plain_.push_back({text, checker.plain()});
    }
  }

  // Several in one pass over the events: each gives what it gives alone.
  void CheckTogether(const RandomFeed& feed, const Feed& forms) {
    Variation variation;
    variation.threads = choices_.OneIn(2) ? 1 : 4;
    variation.block_size = choices_.OneIn(2) ? 300 : size_t{1} << 20U;
    const std::vector<Outcome> together = RunTogetherAs(queries_, forms, PlainOptions(), variation);
    for (size_t q = 0; q < together.size(); ++q) {
      const std::string difference = Difference(plain_[q].second, together[q], variation, false);
      if (difference.empty()) continue;
      ++failed_;
      fmt::print("FAIL {}\n    together with others: {}\n    the others:\n", plain_[q].first,
                 difference);
      for (const auto& [text, outcome] : plain_) fmt::print("      {}\n", text);
      fmt::print("    events:\n{}\n", feed.text);
    }
  }

  void ShowRefusals() const {
    if (!settings_.show) return;
    for (const auto& [message, count] : refusals_) fmt::print("{:5} {}\n", count, message);
  }

  const Settings settings_;
  Choices choices_;
  TemporaryFolder folder_;
  std::optional<Engine> engine_;
  std::vector<Query> queries_;
  std::vector<std::pair<std::string, Outcome>> plain_;
  std::map<std::string, size_t> refusals_;
  size_t ran_ = 0, refused_ = 0, with_rows_ = 0, errors_ = 0, failed_ = 0;
};

int Main(int argc, char** argv) {
  // What was found is told at once.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--show") {
      settings.show = true;
      continue;
    }
    Require(i + 1 < argc, "a number after " + std::string(word));
    uint64_t number = 0;
    const std::string_view text = argv[++i];
    Require(std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc(),
            "a number after an option");
    if (word == "--searches") settings.searches = number;
    if (word == "--seed") settings.seed = number;
  }
  return RandomTest(settings).Run();
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main(argc, argv); }
