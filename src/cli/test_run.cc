// From cases to results.
#include "cli/test_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include "cli/inner_searches.h"
#include "cli/terminal.h"
#include "spelk/inputs.h"
#include "spelk/pack.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostRows = 100'000;  // That are kept to be compared.

// A folder that goes away with what is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = TemporaryDirectory() + "/spelk-test-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }
  bool Write(const std::string& name, const std::string& text) const {
    const fs::path file = fs::path(path_) / name;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream out(file, std::ios::binary);
    return !path_.empty() && static_cast<bool>(out << text << std::flush);
  }

 private:
  std::string path_;
};

// An engine for all cases with the same knowledge, with the searches that it compiled.
class Shared {
 public:
  explicit Shared(const TestCase& test) {
    SearchArguments arguments = test.arguments;
    for (const auto& [name, text] : test.app_files) {
      if (!folder_.Write(name, text))
        problem_ = "a folder for the files of the test cannot be written";
    }
    if (!test.app_files.empty()) arguments.apps.push_back(folder_.path());
    EngineOptions options = MakeEngineOptions(arguments);
    if (!test.pack.empty()) {
      const Result<Pack> pack = ReadPack(test.pack);
      if (pack.ok()) AddPack(*pack, &options);
      if (!pack.ok()) problem_ = pack.error().message();
    }
    engine_.emplace(std::move(options));
  }

  const std::string& problem() const { return problem_; }
  const Engine& engine() const { return *engine_; }
  std::shared_ptr<const Result<Query>> Compile(const std::string& text, const std::string& name) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<const Result<Query>>& query = queries_[name + "\n" + text];
    if (query == nullptr) {
      query = std::make_shared<const Result<Query>>(engine_->Compile(text, {.name = name}));
    }
    return query;
  }

 private:
  ScratchFolder folder_;
  std::string problem_;
  std::optional<Engine> engine_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Result<Query>>> queries_;
};

std::string RunKeyOf(const TestCase& test) {
  const SearchArguments& a = test.arguments;
  std::string key = test.pack + '\0' + a.zone + (a.no_builtin ? "-" : "+") + a.write_folder;
  for (const auto* list : {&a.apps, &a.macros, &a.lookups}) {
    key += '\0';
    for (const std::string& text : *list) key += text + '\n';
  }
  for (const auto& [name, text] : test.app_files) key += name + '\0' + text + '\0';
  return key;
}

class Suite {
 public:
  explicit Suite(const TestRunOptions& options) : options_(options) {}

  TestResult Run(const TestCase& test) {
    const double start = MonotonicClock();
    TestResult result = RunCase(test);
    if (test.known_gap) {
      result.passed = !result.passed;
      result.message = result.passed ? "" : "passes: take the known gap away";
      result.details.clear();
    }
    result.seconds = MonotonicClock() - start;
    return result;
  }

  std::optional<ExpandedSearch> Expand(const TestCase& test) {
    const std::shared_ptr<Shared> shared = SharedOf(test);
    if (!shared->problem().empty()) return std::nullopt;
    Result<ExpandedSearch> expanded = shared->engine().Expand(test.query, test.query_name);
    if (!expanded.ok()) return std::nullopt;
    PutInInnerSearches(shared->engine(), &*expanded);
    return std::move(*expanded);
  }

 private:
  static TestResult Failed(std::string message, std::string details = "") {
    TestResult result;
    result.message = std::move(message);
    result.details = std::move(details);
    return result;
  }
  static std::string PlaceOf(const ErrorDetail& detail) {
    return fmt::format("{}:{}", detail.line, detail.column);
  }
  static std::string OneLine(const Error& error) {
    return error.details().empty()
               ? error.message()
               : fmt::format("{}: {}", error.code(), error.details()[0].message);
  }

  std::shared_ptr<Shared> SharedOf(const TestCase& test) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Shared>& shared = shared_[RunKeyOf(test)];
    if (shared == nullptr) shared = std::make_shared<Shared>(test);
    return shared;
  }

  TestResult RunCase(const TestCase& test) {
    const std::shared_ptr<Shared> shared = SharedOf(test);
    if (!shared->problem().empty()) return Failed(shared->problem());
    Result<RunOptions> options = MakeRunOptions(test.arguments, shared->engine());
    if (!options.ok()) return Failed(options.error().message());
    options->threads = 1;
    const auto query = shared->Compile(test.query, test.query_name);
    if (!query->ok()) return JudgeError(test, query->error());
    std::string events = test.events.value_or("");
    Input input;
    if (!test.filter.empty() && (!test.files.empty() || test.events)) {
      const Result<std::string> found = Filtered(test, *shared, *options);
      if (!found.ok()) return Failed(OneLine(found.error()), found.error().Render());
      events = *found;
      if (events.empty()) return Failed("no event is found by the filter");
      input = Memory(events, test.files.empty() ? "events" : test.files.front());
    } else if (!test.files.empty()) {
      input = FilesOf(test);
    } else if (test.events || !(*query)->generates()) {
      input = Memory(events, "events");
    }
    TestResult result = Judge(test, **query, input, *options);
    if (options_.coverage != nullptr) Count(test, *shared, input, *options);
    return result;
  }

  // Runs the search once more to count, unless it would write files once more.
  void Count(const TestCase& test, Shared& shared, const Input& input,
             const RunOptions& options) const {
    const bool file = test.query_name.ends_with(".spl");
    const Result<Coverage::Counted> counted = options_.coverage->TextToCount(
        shared.engine(), file ? test.query_name : test.file, test.query);
    if (!counted.ok()) return;
    const auto query = shared.Compile(counted->text, test.query_name);
    if (!query->ok()) return;
    if (!test.arguments.write_folder.empty() && !(*query)->writes().empty()) return;
    const Result<Summary> done =
        (*query)->Run(input, Coverage::Counting(shared.engine(), options), nullptr);
    if (done.ok()) options_.coverage->Add(counted->key, *done);
  }

  static Input FilesOf(const TestCase& test) {
    std::vector<Input> inputs;
    for (size_t f = 0; f < test.files.size(); ++f) {
      inputs.push_back(File(test.files[f]));
      if (f >= test.file_names.size()) continue;
      const TestCase::EventNames& names = test.file_names[f];
      inputs.back() = Named(inputs.back(), names.source, names.sourcetype);
    }
    return Together(inputs);
  }

  static Result<std::string> Filtered(const TestCase& test, Shared& shared,
                                      const RunOptions& options) {
    const auto filter = shared.Compile(test.filter, "<filter>");
    if (!filter->ok()) return filter->error();
    std::string events;
    const Result<Summary> done =
        (*filter)->Run(test.files.empty() ? Memory(*test.events, "events") : FilesOf(test), options,
                       [&events](const RowBatch& rows) {
                         for (size_t r = 0; r < rows.rows(); ++r) {
                           rows.AppendJson(r, events);
                           events += '\n';
                         }
                         return Flow::kMore;
                       });
    if (!done.ok()) return done.error();
    return events;
  }

  // With places in the file that the search stands in.
  static std::string Rendered(const TestCase& test, const Error& error) {
    std::string text = error.Render();
    if (!test.place) return text;
    size_t from = 0;
    for (const ErrorDetail& detail : error.details()) {
      const std::string said =
          fmt::format("{}:{}:{}: ", test.query_name, detail.line, detail.column);
      const size_t at = text.find(said, from);
      if (at == std::string::npos) continue;
      const auto [line, column] = test.place(detail.offset);
      const std::string meant = fmt::format("{}:{}:{}: ", test.query_name, line, column);
      text.replace(at, said.size(), meant);
      from = at + meant.size();
    }
    return text;
  }

  // Of events that stand in the test, the first line that is no JSON object; 0 if all are.
  static size_t BrokenLine(const TestCase& test) {
    if (test.events_line == 0 || !test.events) return 0;
    std::istringstream lines(*test.events);
    size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (line.front() != '{') return 0;
      if (!ParseRow(line)) return number;
    }
    return 0;
  }

  static TestResult JudgeError(const TestCase& test, const Error& error) {
    const std::string rendered = Rendered(test, error);
    if (!test.expects.error) return Failed(OneLine(error), rendered);
    if (!test.expects.error->empty() && *test.expects.error != error.code()) {
      return Failed(fmt::format("the error is {}, want {}", error.code(), *test.expects.error),
                    rendered);
    }
    const std::string& place = test.expects.error_place;
    const auto is_there = [&place](const ErrorDetail& detail) { return PlaceOf(detail) == place; };
    if (!place.empty() && std::none_of(error.details().begin(), error.details().end(), is_there)) {
      return Failed(fmt::format("the error is {}, want it at {}",
                                error.details().empty() ? "without a place"
                                                        : "at " + PlaceOf(error.details().front()),
                                place),
                    rendered);
    }
    for (const std::string& text : test.expects.error_texts) {
      if (rendered.find(text) != std::string::npos) continue;
      return Failed(fmt::format("the error does not say \"{}\"", text), rendered);
    }
    TestResult result;
    result.passed = true;
    return result;
  }

  TestResult Judge(const TestCase& test, const Query& query, const Input& input,
                   const RunOptions& options) const {
    std::vector<Row> rows;
    uint64_t count = 0;
    std::string broken;
    const Result<Summary> done = query.Run(input, options, [&](const RowBatch& batch) {
      count += batch.rows();
      for (size_t r = 0; r < batch.rows() && rows.size() < kMostRows; ++r) {
        std::string json;
        batch.AppendJson(r, json);
        std::optional<Row> row = ParseRow(json);
        if (row) {
          rows.push_back(std::move(*row));
        } else {
          broken = json;
        }
      }
      return Flow::kMore;
    });
    if (!done.ok()) {
      const size_t line = done.error().kind() == ErrorKind::kInput ? BrokenLine(test) : 0;
      if (line > 0 && !test.expects.error) {
        return Failed(
            fmt::format("line {} of the events, which begin at line {} of the file, is "
                        "broken: it is no JSON object",
                        line, test.events_line));
      }
      return JudgeError(test, done.error());
    }
    if (test.expects.error)
      return Failed(fmt::format("it succeeds with {} rows, want an error", count));
    if (!broken.empty()) return Failed("a row is no JSON object: " + broken);
    if (test.events_line > 0 && test.filter.empty() && !done->faults.empty()) {
      return Failed(
          fmt::format("line {} of the events, which begin at line {} of the file, is "
                      "broken: {}",
                      done->faults.front().line, test.events_line, done->faults.front().reason));
    }
    if (!test.files.empty() && !test.malformed && test.filter.empty() && !done->faults.empty()) {
      const InputFault& fault = done->faults.front();
      return Failed(
          fmt::format("{}:{} is broken: {}; mend the line, or allow it by malformed: true",
                      fault.source, fault.line, fault.reason));
    }
    TestResult result = Compare(test, rows, count);
    if (result.passed) {
      TestResult warnings = CompareWarnings(test, query, *done);
      if (!warnings.passed) result = std::move(warnings);
    }
    if (options_.brief) return result;
    if (!result.passed && count <= 1) result.details += WhyNoRows(query, input, options);
    if (!result.passed && count > 0 && result.details.empty()) result.details = Shown(rows);
    return result;
  }

  // Asked only where it is wanted.
  static std::string WhyNoRows(const Query& query, const Input& input, RunOptions options) {
    options.why_no_rows = true;
    const Result<Summary> done = query.Run(input, options, nullptr);
    return done.ok() && done->no_rows ? done->no_rows->RenderNoRows() : "";
  }

  static TestResult CompareWarnings(const TestCase& test, const Query& query,
                                    const Summary& summary) {
    std::vector<ErrorDetail> warnings = query.warnings();
    warnings.insert(warnings.end(), summary.warnings.begin(), summary.warnings.end());
    std::string all;
    for (const ErrorDetail& warning : warnings) all += warning.rendered;
    if (test.expects.no_warnings && !warnings.empty()) return Failed("there are warnings", all);
    for (const Expectation::Warning& wanted : test.expects.warnings) {
      const auto fits = [&wanted](const ErrorDetail& warning) {
        return (wanted.code.empty() || wanted.code == warning.code) &&
               (wanted.place.empty() || wanted.place == PlaceOf(warning)) &&
               std::all_of(wanted.texts.begin(), wanted.texts.end(), [&](const std::string& text) {
                 return warning.rendered.find(text) != std::string::npos;
               });
      };
      if (std::none_of(warnings.begin(), warnings.end(), fits)) {
        return Failed(fmt::format("the warning {}{} is missing", wanted.code,
                                  wanted.place.empty() ? "" : " at " + wanted.place),
                      all);
      }
    }
    TestResult result;
    result.passed = true;
    return result;
  }

  // The columns that are both asked for and there, in the order of each.
  static std::string CompareColumns(const std::vector<std::string>& wanted,
                                    const std::vector<Row>& rows) {
    std::vector<std::string> seen;
    for (const Row& row : rows) {
      for (const auto& [name, values] : row.fields) {
        if (std::find(seen.begin(), seen.end(), name) == seen.end()) seen.push_back(name);
      }
    }
    std::vector<std::string> both;
    std::vector<std::string> listed;
    for (const std::string& name : wanted) {
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) both.push_back(name);
    }
    for (const std::string& name : seen) {
      if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) listed.push_back(name);
    }
    return both == listed ? "" : fmt::format("columns come as {}", fmt::join(seen, " "));
  }

  static std::string Shown(const std::vector<Row>& rows) {
    constexpr size_t kMost = 5;
    std::string out;
    for (size_t i = 0; i < rows.size() && i < kMost; ++i)
      out += "  " + Printable(rows[i].Json()) + "\n";
    if (rows.size() > kMost) out += fmt::format("  and {} more\n", rows.size() - kMost);
    return out;
  }

  TestResult Compare(const TestCase& test, const std::vector<Row>& rows, uint64_t count) const {
    const Expectation& expects = test.expects;
    if (count > kMostRows && (expects.rows || !expects.snapshot.empty())) {
      return Failed(fmt::format("{} rows; no more than {} are compared", count, kMostRows));
    }
    if (expects.rows) {
      const std::string diff = DiffRows(*expects.rows, rows, expects.ordered, options_.colour);
      if (!diff.empty()) {
        const bool as_set =
            expects.ordered && DiffRows(*expects.rows, rows, false, options_.colour).empty();
        return Failed(as_set ? "the rows are the right ones, in another order"
                      : expects.rows->size() == count
                          ? "the rows differ"
                          : fmt::format("{} rows, want {}", count, expects.rows->size()),
                      diff);
      }
    }
    if (expects.least && count < *expects.least) {
      return Failed(fmt::format("{} rows, want {}{}", count,
                                expects.most == expects.least ? "" : "at least ", *expects.least));
    }
    if (expects.most && count > *expects.most) {
      return Failed(fmt::format("{} rows, want {}{}", count,
                                *expects.most == 0              ? ""
                                : expects.most == expects.least ? ""
                                                                : "at most ",
                                *expects.most == 0 ? "none" : std::to_string(*expects.most)));
    }
    for (const Row& part : expects.contains) {
      if (std::none_of(rows.begin(), rows.end(),
                       [&](const Row& row) { return HasFields(row, part); })) {
        return Failed("a row is missing",
                      DiffRows({part}, Nearest(rows, part), false, options_.colour));
      }
    }
    for (const std::string& field : expects.fields) {
      if (std::none_of(rows.begin(), rows.end(),
                       [&](const Row& row) { return row.Find(field) != nullptr; })) {
        return Failed(fmt::format("no row has the field {}", field));
      }
    }
    if (std::string wrong = CompareColumns(expects.columns, rows); !wrong.empty()) {
      return Failed(std::move(wrong));
    }
    if (!expects.snapshot.empty()) return CompareSnapshot(expects, rows);
    TestResult result;
    result.passed = true;
    return result;
  }

  // The fields of the part, of the rows that have most of them.
  static std::vector<Row> Nearest(const std::vector<Row>& rows, const Row& part) {
    std::vector<Row> nearest;
    for (const Row& row : rows) {
      Row cut;
      size_t equal = 0;
      for (const auto& [name, values] : row.fields) {
        const std::vector<std::string>* wanted = part.Find(name);
        if (wanted == nullptr) continue;
        equal += SameValues(*wanted, values) ? 1U : 0U;
        cut.fields.emplace_back(name, values);
      }
      if (2 * equal >= part.fields.size() && equal > 0) return {cut};
    }
    return nearest;
  }

  TestResult CompareSnapshot(const Expectation& expects, const std::vector<Row>& rows) const {
    TestResult result;
    std::vector<Row> kept;
    std::ifstream in(expects.snapshot, std::ios::binary);
    const bool there = static_cast<bool>(in);
    size_t number = 0;
    std::string broken;
    for (std::string line; std::getline(in, line);) {
      ++number;
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      if (std::optional<Row> row = ParseRow(line)) {
        kept.push_back(std::move(*row));
      } else if (broken.empty()) {
        broken = fmt::format("{}:{} is no row; --update writes it anew", expects.snapshot, number);
      }
    }
    if (!broken.empty() && !options_.update) return Failed(std::move(broken));
    std::string diff = DiffRows(kept, rows, expects.ordered, options_.colour);
    result.passed = there && diff.empty() && broken.empty();
    if (result.passed) return result;
    if (!options_.update) {
      return Failed(fmt::format(fmt::runtime(there ? "the rows differ from {}"
                                                   : "there is no snapshot {}; --update writes it"),
                                expects.snapshot),
                    std::move(diff));
    }
    std::string text;
    for (const Row& row : rows) text += row.Json() + "\n";
    std::ofstream out(expects.snapshot, std::ios::binary);
    if (!(out << text << std::flush))
      return Failed(fmt::format("{} cannot be written", expects.snapshot));
    result.passed = result.updated = true;
    return result;
  }

  const TestRunOptions& options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Shared>> shared_;
};

}  // namespace

std::vector<TestResult> RunTests(const std::vector<TestCase>& cases,
                                 const TestRunOptions& options) {
  Suite suite(options);
  std::vector<TestResult> results(cases.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < cases.size(); i = next++) {
      if (options.cancel != nullptr && options.cancel->input_ended()) return;
      results[i] = suite.Run(cases[i]);
    }
  };
  std::vector<std::jthread> threads;
  const size_t wanted = std::min(std::max<size_t>(1, options.jobs), cases.size());
  for (size_t t = 1; t < wanted; ++t) {
    try {
      threads.emplace_back(work);
    } catch (const std::system_error&) {
      break;  // Fewer give the same results.
    }
  }
  work();
  threads.clear();  // Joins.
  return results;
}

std::vector<std::optional<ExpandedSearch>> ExpandSearches(const std::vector<TestCase>& cases) {
  const TestRunOptions options;
  Suite suite(options);
  std::vector<std::optional<ExpandedSearch>> searches;
  searches.reserve(cases.size());
  for (const TestCase& test : cases) searches.push_back(suite.Expand(test));
  return searches;
}

}  // namespace spelk::cli
