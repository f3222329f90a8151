// Packs on the command line.
#include "cli/pack_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/packs.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/reports.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "spelk/pack.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::vector<std::string> InputsOf(const PackArguments& arguments) {
  const std::vector<std::string>& words = arguments.search.positional;
  return {words.begin() + 1, words.end()};
}

std::vector<size_t> Chosen(const Pack& pack, const std::string& match) {
  std::vector<size_t> chosen;
  for (size_t a = 0; a < pack.analytics.size(); ++a) {
    if (match.empty() || Matches(pack.analytics[a], match)) chosen.push_back(a);
  }
  return chosen;
}

// Nothing of the pack has the name, id or technique that was asked for.
int NothingMatches(const std::string& match) {
  return Fail(BadCall(fmt::format(
      "--match: no analytic has the name, id or technique \"{}\"; `spelk pack list` has them all",
      Printable(match))));
}

// ---------------------------------------------------------------- list and show

int List(const PackArguments& arguments, const Pack& pack) {
  const std::vector<size_t> chosen = Chosen(pack, arguments.match);
  if (chosen.empty()) return NothingMatches(arguments.match);
  const Result<PackWriteOptions> write =
      MakeReportOptions(arguments.format, arguments.colour, arguments.output);
  if (!write.ok()) return Fail(write.error());
  const std::optional<Error> error = WriteReport(
      arguments.output, [&](Sink& sink) { return WritePackList(pack, chosen, *write, sink); });
  if (error) return Fail(*error);
  ReportProblems(pack);
  return kDone;
}

void AddLine(std::string_view name, const std::string& text, std::string* out) {
  if (!text.empty()) *out += fmt::format("{:<17}{}\n", name, text);
}

std::string ShownAnalytic(const Analytic& analytic) {
  std::string out = fmt::format("{}\n", analytic.name);
  AddLine("id", analytic.id, &out);
  AddLine("type", analytic.type, &out);
  AddLine("ATT&CK", fmt::format("{}", fmt::join(analytic.mitre, ", ")), &out);
  AddLine("data", fmt::format("{}", fmt::join(analytic.data, ", ")), &out);
  AddLine("false positives", analytic.false_positives, &out);
  if (!analytic.earliest.empty() || !analytic.latest.empty()) {
    AddLine("schedule", fmt::format("{} to {}", analytic.earliest, analytic.latest), &out);
  }
  AddLine("file",
          analytic.line > 0 ? fmt::format("{}:{}", analytic.file, analytic.line) : analytic.file,
          &out);
  AddLine("no search", analytic.problem, &out);
  if (!analytic.description.empty()) out += fmt::format("\n{}\n", analytic.description);
  out += fmt::format("\n{}{}", analytic.search, analytic.search.ends_with('\n') ? "" : "\n");
  return out;
}

int Show(const PackArguments& arguments, const Pack& pack) {
  const std::vector<size_t> chosen = Chosen(pack, arguments.match);
  if (chosen.empty()) return NothingMatches(arguments.match);
  if (!arguments.format.empty()) return List(arguments, pack);
  std::string out;
  for (const size_t index : chosen) {
    if (!out.empty()) out += "\n";
    out += ShownAnalytic(pack.analytics[index]);
  }
  Print(IsTerminal(STDOUT_FILENO) ? ForTerminal(out) : out);
  return kDone;
}

// ---------------------------------------------------------------- check and run

Result<RunOptions> RunOptionsOf(const PackArguments& arguments, const Engine& engine) {
  SearchArguments search = arguments.search;
  // Packs are run over what was recorded at some time.
  if (search.now.empty()) search.now = "data";
  Result<RunOptions> options = MakeRunOptions(search, engine);
  if (options.ok()) options->clock = &MonotonicClock;
  return options;
}

Pack WithChosen(const Pack& pack, const std::string& match) {
  Pack chosen = pack;
  chosen.analytics.clear();
  for (const size_t index : Chosen(pack, match)) {
    chosen.analytics.push_back(pack.analytics[index]);
  }
  return chosen;
}

int CheckAll(const PackArguments& arguments, const Pack& whole) {
  const Pack pack = WithChosen(whole, arguments.match);
  if (pack.analytics.empty()) return NothingMatches(arguments.match);
  EngineOptions engine_options = MakeEngineOptions(arguments.search);
  AddPack(pack, &engine_options);
  const Engine engine(engine_options);
  Result<RunOptions> options = RunOptionsOf(arguments, engine);
  if (!options.ok()) return Fail(options.error());
  const Result<PackWriteOptions> write =
      MakeReportOptions(arguments.format, arguments.colour, arguments.output);
  if (!write.ok()) return Fail(write.error());
  Result<std::vector<AnalyticCheck>> checks = CheckPack(pack, engine);
  if (!checks.ok()) return Fail(checks.error(), true);
  const std::vector<std::string> inputs = InputsOf(arguments);
  if (!inputs.empty()) {
    ProgressLine progress(IsTerminal(STDERR_FILENO));
    options->progress = [&progress](const Progress& at) { progress.Show(at); };
    const Result<Summary> counted =
        CountPackEvents(pack, engine, Files(inputs), *options, &*checks);
    progress.Clear();
    if (!counted.ok()) return Fail(counted.error());
    ReportWarnings(*counted);
  }
  const std::optional<Error> error = WriteReport(
      arguments.output, [&](Sink& sink) { return WritePackChecks(pack, *checks, *write, sink); });
  if (error) return Fail(*error);
  ReportProblems(pack);
  Say(TotalOf(*checks));
  const bool all = std::all_of(checks->begin(), checks->end(), [](const AnalyticCheck& check) {
    return check.verdict == Verdict::kRuns || check.verdict == Verdict::kDiffers;
  });
  return all && pack.problems.empty() ? kDone : kAnswerIsNo;
}

Result<size_t> RowsOfReport(const PackArguments& arguments, PackFormat format) {
  constexpr size_t kOfHtml = 20;
  if (arguments.rows.empty()) return format == PackFormat::kHtml ? kOfHtml : 0;
  size_t rows = 0;
  const char* end = arguments.rows.data() + arguments.rows.size();
  const auto [stop, error] = std::from_chars(arguments.rows.data(), end, rows);
  if (error != std::errc() || stop != end) {
    return BadOption("--rows", arguments.rows, "a number of rows");
  }
  return rows;
}

Result<Input> PackInput(const std::vector<std::string>& inputs) {
  if (!inputs.empty()) return Files(inputs);
  if (IsTerminal(STDIN_FILENO)) {
    return BadCall(
        "no input: name files after the pack, or pipe events in; example: spelk pack "
        "run queries/wmi events.ndjson");
  }
  return File("-");
}

void ReportTotal(const PackReport& report) {
  const auto with = [&report](AnalyticStatus status) {
    return std::count_if(
        report.results.begin(), report.results.end(),
        [status](const AnalyticResult& result) { return result.status == status; });
  };
  Say(fmt::format("{} analytics: {} fired ({} rows), {} refused, {} failed; {} read in {:.2f} s\n",
                  report.results.size(), report.hits(), WithCommas(report.summary.rows),
                  with(AnalyticStatus::kRefused), with(AnalyticStatus::kFailed),
                  ReadableBytes(static_cast<double>(report.summary.bytes)), report.seconds));
}

int RunAll(const PackArguments& arguments, const Pack& pack) {
  if (Chosen(pack, arguments.match).empty()) return NothingMatches(arguments.match);
  EngineOptions engine_options = MakeEngineOptions(arguments.search);
  AddPack(pack, &engine_options);
  const Engine engine(engine_options);
  Result<RunOptions> run = RunOptionsOf(arguments, engine);
  if (!run.ok()) return Fail(run.error());
  const Result<PackWriteOptions> write =
      MakeReportOptions(arguments.format, arguments.colour, arguments.output);
  if (!write.ok()) return Fail(write.error());
  if (write->format == PackFormat::kSarif) {
    return Fail(BadOption("-o", arguments.format, RunFormatNames()));
  }
  const Result<size_t> rows = RowsOfReport(arguments, write->format);
  if (!rows.ok()) return Fail(rows.error());
  const Result<Input> input = PackInput(InputsOf(arguments));
  if (!input.ok()) return Fail(input.error());

  ProgressLine progress(IsTerminal(STDERR_FILENO));
  Cancel cancel;
  const InterruptGuard guard(cancel, nullptr);
  PackRunOptions options;
  options.run = *run;
  options.run.cancel = &cancel;
  options.run.progress = [&progress](const Progress& at) { progress.Show(at); };
  options.rows = *rows;
  options.places = write->format == PackFormat::kHtml || write->format == PackFormat::kJson ||
                   write->format == PackFormat::kNdjson;
  options.schedule = arguments.schedule;
  options.match = arguments.match;
  const Result<PackReport> report = RunPack(pack, engine, *input, options);
  progress.Clear();
  if (!report.ok()) return Fail(report.error());
  std::optional<Error> error = WriteReport(
      arguments.output, [&](Sink& sink) { return WritePackReport(pack, *report, *write, sink); });
  if (!error && !arguments.layer.empty()) {
    error = WriteReport(arguments.layer, [&](Sink& sink) {
      return WritePackReport(pack, *report, {.format = PackFormat::kNavigator}, sink);
    });
  }
  if (error) return Fail(*error);
  ReportProblems(pack);
  ReportWarnings(report->summary);
  ReportTotal(*report);
  if (report->summary.input_ended) {
    ReportInterrupt(report->summary);
    return kInterrupted;
  }
  return arguments.fail_on_hits && report->hits() > 0 ? kAnswerIsNo : kDone;
}

}  // namespace

int RunPackCommand(const PackArguments& arguments) {
  if (!IsChoice("action", arguments.action)) {
    return Fail(BadCall(fmt::format("pack does not take \"{}\"; it takes {}",
                                    Printable(arguments.action), ListOfChoices("action"))));
  }
  if (arguments.search.positional.empty()) {
    return Fail(BadCall("no pack was given; example: spelk pack list queries/wmi"));
  }
  const Result<Pack> pack = ReadPack(arguments.search.positional.front());
  if (!pack.ok()) return Fail(pack.error(), true);
  const bool reads = arguments.action == "check" || arguments.action == "run";
  if (!reads && arguments.search.positional.size() > 1) {
    return Fail(BadCall(fmt::format("unexpected \"{}\"; pack {} reads no input",
                                    Printable(arguments.search.positional[1]), arguments.action)));
  }
  if (arguments.action == "list") return List(arguments, *pack);
  if (arguments.action == "show") return Show(arguments, *pack);
  return arguments.action == "check" ? CheckAll(arguments, *pack) : RunAll(arguments, *pack);
}

}  // namespace spelk::cli
