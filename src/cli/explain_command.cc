// Looking at searches without running them.
#include "cli/explain_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/report.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::optional<Stage> StageNamed(std::string_view name) {
  constexpr std::pair<std::string_view, Stage> kStages[] = {{"tokens", Stage::kTokens},
                                                            {"ast", Stage::kAst},
                                                            {"plan", Stage::kPlan},
                                                            {"optimized", Stage::kOptimized},
                                                            {"pipeline", Stage::kPipeline}};
  for (const auto& [known, stage] : kStages) {
    if (known == name) return stage;
  }
  return std::nullopt;
}

// The stage as text, or the exit code of what was wrong, which was said.
struct ExplainedText {
  std::string text;
  int code = kDone;
};

ExplainedText ExplainStage(const SearchArguments& arguments, const QueryText& text, Stage stage) {
  const Engine engine(MakeEngineOptions(arguments));
  const Result<RunOptions> options = MakeRunOptions(arguments, engine);
  if (!options.ok()) return {"", Fail(options.error())};
  const bool parse_only = stage == Stage::kTokens || stage == Stage::kAst;
  const Result<Query> query =
      engine.Compile(text.text, {.name = text.name, .parse_only = parse_only});
  if (!query.ok()) return {"", Fail(query.error(), true)};
  ReportWarnings(*query);
  const Input input = text.inputs.empty() ? Input() : Files(text.inputs);
  const Result<std::string> explained = query->Explain(stage, input, *options);
  if (!explained.ok()) return {"", Fail(explained.error())};
  return {*explained};
}

// Runs the search and tells what its stages did.
ExplainedText Analyze(const SearchArguments& arguments, const QueryText& text) {
  const Engine engine(MakeEngineOptions(arguments));
  Result<RunOptions> options = MakeRunOptions(arguments, engine);
  if (!options.ok()) return {"", Fail(options.error())};
  const Result<Query> query = engine.Compile(text.text, {.name = text.name});
  if (!query.ok()) return {"", Fail(query.error(), true)};
  ReportWarnings(*query);
  options->measure = true;
  options->why_no_rows = true;
  const Input input = text.inputs.empty() ? Input() : Files(text.inputs);
  const Result<Summary> done = query->Run(input, *options, nullptr);
  if (!done.ok()) return {"", Fail(done.error())};
  ReportWarnings(*done);
  if (done->no_rows) ReportNoRows(*done->no_rows);
  return {StagesAsText(*done, text.text, true)};
}

}  // namespace

int Explain(const ExplainArguments& arguments) {
  const std::optional<Stage> stage = StageNamed(arguments.stage);
  if (!stage) {
    return Fail(BadOption("--stage", arguments.stage, ListOfChoices("--stage")));
  }
  const Result<QueryText> text = ReadQuery(arguments.search);
  if (!text.ok()) return Fail(text.error());
  const ExplainedText explained = arguments.analyze ? Analyze(arguments.search, *text)
                                                    : ExplainStage(arguments.search, *text, *stage);
  Print(IsTerminal(STDOUT_FILENO) ? ForTerminal(explained.text) : explained.text);
  return explained.code;
}

}  // namespace spelk::cli
