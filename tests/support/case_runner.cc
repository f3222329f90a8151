// Compiling a case, running it in several ways, and comparing what comes out.
#include "support/case_runner.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/status.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "engine/impl.h"
#include "support/json.h"
#include "support/plan_dump.h"
#include "support/require.h"
#include "support/run.h"

namespace spelk::tests {
namespace {

constexpr size_t kSampledVariations = 8;
constexpr size_t kSampledRefusals = 4;
constexpr size_t kShownRows = 8;

const std::map<std::string, Stage>& GoldenStages() {
  static const std::map<std::string, Stage> kStages = {{"tokens", Stage::kTokens},
                                                       {"ast", Stage::kAst},
                                                       {"plan", Stage::kPlan},
                                                       {"optimized", Stage::kOptimized},
                                                       {"pipeline", Stage::kPipeline}};
  return kStages;
}

bool IsGolden(const Section& section) {
  return section.kind == "message" || GoldenStages().contains(section.kind);
}

std::string ShowRows(const std::vector<std::string>& rows) {
  std::string out;
  for (size_t i = 0; i < rows.size() && i < kShownRows; ++i) out += "\n      " + rows[i];
  if (rows.size() > kShownRows) out += fmt::format("\n      … {} more", rows.size() - kShownRows);
  return out;
}

std::string CompareRows(const Section& section, const std::vector<std::string>& rows) {
  if (rows.size() != section.lines.size()) {
    return fmt::format("{} rows, want {}; got:{}", rows.size(), section.lines.size(),
                       ShowRows(rows));
  }
  std::vector<Json> left;
  for (const std::string& row : rows) {
    std::optional<Json> json = ParseJson(row);
    if (!json) return "a row is not JSON: " + row;
    left.push_back(std::move(*json));
  }
  const bool ordered = section.argument == "ordered";
  for (size_t i = 0; i < section.lines.size(); ++i) {
    const std::optional<Json> want = ParseJson(section.lines[i]);
    if (!want) return "an expected row is not JSON: " + section.lines[i];
    if (ordered) {
      if (!SameRow(*want, left[i])) {
        return fmt::format("row {} is {}, want {}", i + 1, rows[i], section.lines[i]);
      }
      continue;
    }
    const auto hit = std::find_if(left.begin(), left.end(),
                                  [&](const Json& row) { return SameRow(*want, row); });
    if (hit == left.end()) {
      return fmt::format("no row {}; got:{}", section.lines[i], ShowRows(rows));
    }
    left.erase(hit);
  }
  return {};
}

std::string CompareColumns(const Section& section, const std::vector<std::string>& rows) {
  const std::vector<std::string> wanted = SplitWords(section.argument);
  std::vector<std::string> seen;
  for (const std::string& row : rows) {
    const std::optional<Json> json = ParseJson(row);
    if (!json) continue;
    for (const auto& [name, value] : json->members) {
      if (std::find(seen.begin(), seen.end(), name) == seen.end()) seen.push_back(name);
    }
  }
  std::vector<std::string> both, listed;
  for (const std::string& name : wanted) {
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) both.push_back(name);
  }
  for (const std::string& name : seen) {
    if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) listed.push_back(name);
  }
  if (both == listed) return {};
  return fmt::format("columns come as {}, want {}", fmt::join(seen, " "), section.argument);
}

std::string PlaceOf(const ErrorDetail& detail) {
  return fmt::format("{} at {}:{}", detail.code, detail.line, detail.column);
}

std::string NotesOf(const ErrorDetail& detail) {
  std::string text = detail.message;
  for (const std::string& note : detail.notes) text += "\nnote: " + note;
  return text;
}

// Whether a problem has the code and place that a section names, each of which may be missing.
bool HasPlace(const ErrorDetail& detail, const std::string& wanted) {
  const std::string place = PlaceOf(detail);
  return wanted.empty() || wanted == place || wanted == detail.code ||
         (wanted.starts_with("at ") && place.ends_with(" " + wanted));
}

bool HoldsLines(const std::string& text, const std::vector<std::string>& lines) {
  return std::all_of(lines.begin(), lines.end(), [&text](const std::string& line) {
    return text.find(line) != std::string::npos;
  });
}

bool AnyMatches(const std::vector<ErrorDetail>& details, bool warnings, const Section& section) {
  return std::any_of(details.begin(), details.end(), [&](const ErrorDetail& detail) {
    return detail.warning == warnings && HasPlace(detail, section.argument) &&
           HoldsLines(NotesOf(detail), section.lines);
  });
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string Trimmed(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// What a case came to. The query is there if it compiled, the outcome if it ran.
struct Observed {
  std::optional<Query> query;
  std::optional<Error> error;
  std::vector<ErrorDetail> warnings;
  Outcome outcome;
};

std::string CompareError(const Section& section, const Observed& seen) {
  if (!seen.error) return fmt::format("it succeeds; rows:{}", ShowRows(seen.outcome.rows));
  const Error& error = *seen.error;
  if (error.details().empty()) {
    if (section.argument.empty() && HoldsLines(error.message(), section.lines)) return {};
    return fmt::format("the error is: {}", error.message());
  }
  if (AnyMatches(error.details(), false, section)) return {};
  std::string out = "the errors are:";
  for (const ErrorDetail& detail : error.details()) {
    out += fmt::format("\n      {}: {}", PlaceOf(detail), NotesOf(detail));
  }
  return out;
}

std::string CompareWarning(const Section& section, const Observed& seen) {
  if (AnyMatches(seen.warnings, true, section)) return {};
  if (section.argument.empty()) {
    for (const ErrorDetail& warning : seen.outcome.warnings) {
      if (HoldsLines(warning.rendered, section.lines)) return {};
    }
  }
  std::string out = "the warnings are:";
  for (const ErrorDetail& detail : seen.warnings) {
    out += fmt::format("\n      {}: {}", PlaceOf(detail), NotesOf(detail));
  }
  for (const ErrorDetail& warning : seen.outcome.warnings) out += "\n      " + warning.rendered;
  return out;
}

std::string CompareNoWarnings(const Observed& seen) {
  if (seen.warnings.empty() && seen.outcome.warnings.empty()) return {};
  const ErrorDetail& first = seen.warnings.empty() ? seen.outcome.warnings[0] : seen.warnings[0];
  return "there is a warning: " + first.message;
}

// All that the compiler says, as people see it.
std::string Message(const Observed& seen) {
  if (seen.error) return seen.error->Render();
  std::string text;
  for (const ErrorDetail& warning : seen.warnings) text += warning.rendered;
  for (const ErrorDetail& warning : seen.outcome.warnings) text += warning.rendered;
  return text;
}

// Load(Save(plan)) is the same plan, and prints the same.
std::string CheckSavedPlan(const Engine& engine, const Query& query) {
  const Result<Query> loaded = engine.LoadPlan(query.SavePlan());
  if (!loaded.ok()) return "the saved plan does not load: " + loaded.error().message();
  const std::string saved = DumpPlan(*query.impl().compilation.plan);
  const std::string again = DumpPlan(*loaded->impl().compilation.plan);
  if (saved != again) {
    return fmt::format("the plan and the same saved and loaded differ:\n{}--\n{}", saved, again);
  }
  const Result<std::string> before = query.Explain(Stage::kPlan);
  const Result<std::string> after = loaded->Explain(Stage::kPlan);
  if (before.ok() && after.ok() && *before == *after) return {};
  return fmt::format("the plan and the same saved and loaded differ:\n{}--\n{}",
                     before.ok() ? *before : before.error().message(),
                     after.ok() ? *after : after.error().message());
}

// The tree printed and parsed again is the same tree.
std::string CheckPrintedTree(const Engine& engine, const Query& query) {
  const engine::Core& core = engine.impl()->core;
  const ast::Pipeline& tree = query.impl().compilation.ast;
  const Source printed("printed", Print(tree));
  Diagnostics diagnostics;
  const absl::StatusOr<ast::Pipeline> again =
      Parse(printed, core.entries(), core.limits(), diagnostics);
  if (!again.ok())
    return fmt::format("the tree prints as {}, which does not parse", printed.text());
  const std::string want = Dump(tree, false);
  const std::string got = Dump(*again, false);
  if (want == got) return {};
  return fmt::format("the tree prints as {}, which is another tree:\n{}--\n{}", printed.text(),
                     want, got);
}

}  // namespace

// ---------------------------------------------------------------- folders

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "spelk-tests-XXXXXX";
  Require(::mkdtemp(pattern.data()) != nullptr, "a folder for temporary files");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TemporaryFolder::Write(const std::string& name, std::string_view text) const {
  const std::filesystem::path file = std::filesystem::path(path_) / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// ---------------------------------------------------------------- cases

// What cases with the same files and options share.
struct CaseRunner::Setup {
  TemporaryFolder folder;
  std::optional<Engine> engine;
  RunOptions run;
};

std::shared_ptr<const CaseRunner::Setup> CaseRunner::SetupFor(const Case& test,
                                                              std::string* problem) {
  std::string key = JoinLines(test.args);
  for (const auto& [name, text] : test.files) key += fmt::format("\n{}\n{}", name, text);
  if (const auto known = setups_.find(key); known != setups_.end()) return known->second;
  cli::SearchArguments arguments;
  arguments.now = "data";
  CLI::App app;
  cli::AddSearchOptions(app, arguments);
  try {
    app.parse(std::vector<std::string>(test.args.rbegin(), test.args.rend()));
  } catch (const CLI::ParseError& error) {
    *problem = fmt::format("args: {}", error.what());
    return nullptr;
  }
  auto setup = std::make_shared<Setup>();
  for (const auto& [name, text] : test.files) setup->folder.Write(name, text);
  if (!test.files.empty()) arguments.apps.push_back(setup->folder.path());
  setup->engine.emplace(cli::MakeEngineOptions(arguments));
  Result<RunOptions> run = cli::MakeRunOptions(arguments, *setup->engine);
  if (!run.ok()) {
    *problem = fmt::format("args: {}", run.error().message());
    return nullptr;
  }
  setup->run = std::move(*run);
  if (arguments.memory.empty()) setup->run.memory = RunOptions().memory;
  setups_[key] = setup;
  return setup;
}

// One case on its way.
class CaseRunner::OneCase {
 public:
  OneCase(Case& test, const Setup& setup, const RunnerOptions& options)
      : test_(test), setup_(setup), options_(options) {
    if (test.events) feed_.emplace(*test.events);
  }

  std::vector<std::string> Run() {
    Compile();
    if (seen_.query && NeedsRun()) RunAndVary();
    for (Section& section : test_.checks) CheckSection(section);
    const bool expected = std::any_of(test_.checks.begin(), test_.checks.end(), &ShowsErrors);
    if (seen_.error && !expected) Note(seen_.error->Render());
    return std::move(problems_);
  }

 private:
  static bool ShowsErrors(const Section& section) {
    return section.kind == "error" || section.kind == "message" || section.kind == "tokens" ||
           section.kind == "ast";
  }

  void Note(std::string problem) {
    if (!problem.empty()) problems_.push_back(std::move(problem));
  }

  const Feed* feed() const { return feed_ ? &*feed_ : nullptr; }

  bool NeedsRun() const {
    return std::any_of(test_.checks.begin(), test_.checks.end(), [](const Section& section) {
      return !GoldenStages().contains(section.kind);
    });
  }

  void Compile() {
    for (const std::string& text : test_.before) {
      Result<Query> query = setup_.engine->Compile(text, {.name = "before", .tables = tables_});
      if (!query.ok()) {
        seen_.error = query.error();
        return;
      }
      for (const std::string& table : query->writes()) tables_.push_back(table);
      queries_.push_back(std::move(*query));
    }
    Result<Query> query = setup_.engine->Compile(test_.query, {.name = "query", .tables = tables_});
    if (!query.ok()) {
      seen_.error = query.error();
      return;
    }
    queries_.push_back(*query);
    seen_.query = std::move(*query);
    seen_.warnings = seen_.query->warnings();
    Note(CheckSavedPlan(*setup_.engine, *seen_.query));
    Note(CheckPrintedTree(*setup_.engine, *seen_.query));
  }

  // Law 1: as it is, and in other ways.
  void RunAndVary() {
    seen_.outcome = RunAs(queries_, feed(), setup_.run, Variation());
    seen_.error = seen_.outcome.error;
    const bool split = feed_ && !test_.input_as_is;
    const uint64_t seed = HashOf(test_.name + test_.query);
    // Cases that spill are large, and run in little memory anyway.
    const bool large = std::any_of(test_.checks.begin(), test_.checks.end(),
                                   [](const Section& section) { return section.kind == "spills"; });
    std::vector<Variation> variations;
    size_t refusals = large ? 1 : kSampledRefusals;
    if (options_.whole_matrix) {
      variations = AllVariations(*setup_.engine, split);
      refusals = 2 * seen_.outcome.reservations;
    } else if (!large) {
      variations = SomeVariations(*setup_.engine, split, seed, kSampledVariations);
    }
    for (Variation& refusal : SomeRefusals(seen_.outcome.reservations, seed, refusals)) {
      variations.push_back(std::move(refusal));
    }
    for (const Variation& variation : variations) {
      const Outcome other = RunAs(queries_, feed(), setup_.run, variation);
      Note(Difference(seen_.outcome, other, variation, test_.may_reach_limit));
      if (!problems_.empty()) return;
    }
  }

  // Without a folder for its files the run fails, so it needs them; with one it does not.
  std::string CheckSpills(const Section& section) const {
    const std::optional<size_t> memory = cli::ParseSize(section.argument);
    if (!memory) return "spills takes a size";
    for (const size_t threads : {size_t{1}, size_t{4}}) {
      Variation little;
      little.memory = memory;
      little.threads = threads;
      little.block_size = size_t{4} << 10U;
      RunOptions options = setup_.run;
      const std::string difference =
          Difference(seen_.outcome, RunAs(queries_, feed(), options, little), little, false);
      if (!difference.empty()) return difference;
      options.spill_directory = setup_.folder.path() + "/nowhere";
      if (!RunAs(queries_, feed(), options, little).error) {
        return fmt::format("nothing goes to disk with {} bytes and {} threads", *memory, threads);
      }
    }
    return {};
  }

  std::string CheckWhy(const Section& section) const {
    if (!seen_.query) return "it does not compile";
    const Input input = feed_ ? feed_->As(InputForm::kOne) : Input();
    std::string report;
    if (section.argument == "detail") {
      const Result<Why> why = seen_.query->WhyNot(input, setup_.run);
      report = why.ok() ? why->Render() : why.error().Render();
    } else {
      RunOptions options = setup_.run;
      options.why_no_rows = true;
      const Result<Summary> done = seen_.query->Run(input, options, nullptr);
      if (!done.ok()) return done.error().Render();
      if (!done->no_rows) return fmt::format("{} rows, and no reason for none", done->rows);
      report = done->no_rows->RenderNoRows();
    }
    return HoldsLines(report, section.lines) ? "" : "the report is: " + report;
  }

  void CheckSection(Section& section) {
    if (section.kind == "error") return Note(CompareError(section, seen_));
    if (section.kind == "warning") return Note(CompareWarning(section, seen_));
    if (section.kind == "why") return Note(CheckWhy(section));
    if (section.kind == "no") return Note(CompareNoWarnings(seen_));
    if (section.kind == "message") return CheckGolden(section, Message(seen_));
    if (seen_.error && !ShowsErrors(section)) return;
    if (section.kind == "spills") return Note(CheckSpills(section));
    if (section.kind == "rows") return Note(CompareRows(section, seen_.outcome.rows));
    if (section.kind == "columns") return Note(CompareColumns(section, seen_.outcome.rows));
    CheckGolden(section, Explain(GoldenStages().at(section.kind)));
  }

  std::string Explain(Stage stage) const {
    const bool parse_only = stage == Stage::kTokens || stage == Stage::kAst;
    const Result<Query> query = setup_.engine->Compile(
        test_.query, {.name = "query", .parse_only = parse_only, .tables = tables_});
    if (!query.ok()) return query.error().Render();
    const Input input = feed_ ? feed_->As(InputForm::kOne) : Input();
    const Result<std::string> text = query->Explain(stage, input, setup_.run);
    return text.ok() ? *text : text.error().Render();
  }

  void CheckGolden(Section& section, const std::string& text) {
    const std::vector<std::string> lines = LinesOf(Trimmed(text));
    if (options_.update) {
      section.lines = lines;
    } else if (Trimmed(JoinLines(section.lines)) != Trimmed(text)) {
      Note(fmt::format("{} is:\n{}", section.kind, JoinLines(lines)));
    }
  }

  Case& test_;
  const Setup& setup_;
  const RunnerOptions& options_;
  std::optional<Feed> feed_;
  std::vector<std::string> tables_;  // That the searches before it write.
  std::vector<Query> queries_;       // They, and then its own.
  Observed seen_;
  std::vector<std::string> problems_;
};

std::vector<std::string> CaseRunner::Run(Case& test) {
  std::string problem;
  const std::shared_ptr<const Setup> setup = SetupFor(test, &problem);
  if (setup == nullptr) return {problem};
  return OneCase(test, *setup, options_).Run();
}

std::string Rewritten(const TestFile& file) {
  std::vector<const Section*> goldens;
  for (const Case& test : file.cases) {
    for (const Section& section : test.checks) {
      if (IsGolden(section)) goldens.push_back(&section);
    }
  }
  std::string text;
  size_t line = 0;
  for (const Section* section : goldens) {
    for (; line < section->begin; ++line) text += file.lines[line] + "\n";
    text += JoinLines(section->lines);
    line = section->end;
  }
  for (; line < file.lines.size(); ++line) text += file.lines[line] + "\n";
  return text;
}

}  // namespace spelk::tests
