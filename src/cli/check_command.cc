// Checking a search, or all those of files, folders and packs.
#include "cli/check_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/packs.h"
#include "cli/report.h"
#include "cli/reports.h"
#include "cli/terminal.h"
#include "spelk/pack.h"

namespace spelk::cli {
namespace {

int CodeOfChecks(const std::vector<AnalyticCheck>& checks) {
  int code = kDone;
  for (const AnalyticCheck& check : checks) {
    if (check.verdict == Verdict::kWrong) return kUsage;
    if (check.verdict == Verdict::kUnsupported) code = kAnswerIsNo;
  }
  return code;
}

// Finds what only shows when a plan is optimized as the other options say.
int ExplainSearch(const Pack& pack, const Engine& engine, const RunOptions& options) {
  const Analytic& analytic = pack.analytics.front();
  const Result<Query> query = engine.Compile(analytic.search, {.name = analytic.file});
  if (!query.ok()) return Fail(query.error(), true);
  const Result<std::string> explained = query->Explain(Stage::kOptimized, Input(), options);
  return explained.ok() ? kDone : Fail(explained.error());
}

// One search: what there is to say of it, as `run` says it.
int TellOne(const AnalyticCheck& check) {
  for (const ErrorDetail& detail : check.details) Say(detail.rendered);
  const bool runs = check.verdict == Verdict::kRuns || check.verdict == Verdict::kDiffers;
  if (check.details.empty() && !runs) Complain(check.message);
  return CodeOfChecks({check});
}

}  // namespace

int Check(const CheckArguments& arguments) {
  const bool paths = NamesPacks(arguments.search);
  const Result<Pack> pack =
      paths ? PackOfPaths(arguments.search.positional) : PackOfQuery(arguments.search, "check");
  if (!pack.ok()) return Fail(pack.error(), true);
  EngineOptions options = MakeEngineOptions(arguments.search);
  AddPack(*pack, &options);
  // A search of the command line that asks for a table that is not there cannot run.
  if (!paths) options.empty_tables = arguments.search.empty_tables;
  const Engine engine(options);
  // What is wrong with the other options is told, too.
  const Result<RunOptions> run = MakeRunOptions(arguments.search, engine);
  if (!run.ok()) return Fail(run.error());
  const Result<std::vector<AnalyticCheck>> checks = CheckPack(*pack, engine);
  if (!checks.ok()) return Fail(checks.error(), true);
  ReportProblems(*pack);
  if (!paths && arguments.format.empty()) {
    const int code = TellOne(checks->front());
    return code == kDone ? ExplainSearch(*pack, engine, *run) : code;
  }
  const Result<PackWriteOptions> write = MakeReportOptions(arguments.format, "auto", "");
  if (!write.ok()) return Fail(write.error());
  const std::optional<Error> error =
      WriteReport("", [&](Sink& sink) { return WritePackChecks(*pack, *checks, *write, sink); });
  if (error) return Fail(*error);
  Say(TotalOf(*checks));
  return pack->problems.empty() ? CodeOfChecks(*checks) : kUsage;
}

}  // namespace spelk::cli
