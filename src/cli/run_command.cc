// Running a search from the command line.
#include "cli/run_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/diagnostics.h"
#include "base/status.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/progress_aware_sink.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "engine/impl.h"
#include "io/compression.h"
#include "io/file_sink.h"
#include "io/terminal_text.h"

namespace spelk::cli {
namespace {

void Complain(std::string_view message) { Say(fmt::format("spelk: {}\n", io::Printable(message))); }

int ExitCodeFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kQuery:
    case ErrorKind::kUnsupported:
      return kUsage;
    case ErrorKind::kInternal:
      return kOurBug;
    default:
      return kInputProblem;
  }
}

// Problems without a place in the query have a code of their own.
std::optional<ErrorCode> CodeFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNotFound:
      return ErrorCode::kMissingFile;
    case ErrorKind::kLimit:
      return ErrorCode::kLimit;
    case ErrorKind::kInput:
      return ErrorCode::kInput;
    default:
      return std::nullopt;
  }
}

int Fail(const Error& error, bool compiling) {
  if (error.details().empty()) {
    const std::optional<ErrorCode> code = CodeFor(error.kind());
    Complain(code ? fmt::format("error {}: {}", CodeText(*code), error.message())
                  : error.message());
  } else {
    Say(error.Render());
  }
  // A macro that is not there is the query's fault, a file that is not there the input's.
  return compiling && error.kind() == ErrorKind::kNotFound ? kUsage : ExitCodeFor(error.kind());
}

int Fail(const absl::Status& status) { return Fail(engine::ToError(status), false); }

bool IsRegularFile(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}

// Standard input, unless nobody would write to it.
absl::StatusOr<Input> InputOf(const QueryText& text, const Query& query) {
  if (!text.inputs.empty()) return Files(text.inputs);
  if (query.generates()) return Input();
  if (IsTerminal(STDIN_FILENO)) {
    return absl::InvalidArgumentError(
        "no input: name files, or pipe events in; example: spelk run 'EventID=1' events.ndjson");
  }
  return File("-");
}

// Where the rows go: a file that appears when all is written, or standard output.
struct Target {
  std::unique_ptr<io::AtomicFile> file;
  std::unique_ptr<io::FileSink> standard;
  io::ByteSink& sink() { return file != nullptr ? file->sink() : *standard; }
};

absl::StatusOr<Target> OpenTarget(const std::string& path) {
  Target target;
  if (path.empty() || path == "-") {
    target.standard = std::make_unique<io::FileSink>(STDOUT_FILENO);
  } else {
    SPELK_ASSIGN_OR_RETURN(target.file, io::AtomicFile::Create(path));
  }
  return target;
}

absl::StatusOr<io::WriterOptions> MakeWriterOptions(const RunArguments& arguments,
                                                    absl::TimeZone zone) {
  io::WriterOptions options;
  const bool standard = arguments.output.empty() || arguments.output == "-";
  const bool terminal = standard && IsTerminal(STDOUT_FILENO);
  options.format = terminal ? io::Format::kTable : io::Format::kNdjson;
  if (!arguments.format.empty()) {
    const std::optional<io::Format> format = io::ParseFormat(arguments.format);
    if (!format) {
      return BadOption("-o", arguments.format,
                       "table, ndjson, json, csv, tsv, markdown, raw or vertical");
    }
    options.format = *format;
  }
  if (arguments.colour != "auto" && arguments.colour != "always" && arguments.colour != "never") {
    return BadOption("--color", arguments.colour, "auto, always or never");
  }
  options.zone = zone;
  options.terminal = terminal;
  options.width = terminal ? TerminalWidth(STDOUT_FILENO) : 0;
  options.colour = arguments.colour == "always" ||
                   (arguments.colour == "auto" && standard && WantsColour(STDOUT_FILENO));
  return options;
}

// Other formats are for other programs; a terminal may get them all the same.
bool ShowsItself(const io::WriterOptions& options) {
  return !options.terminal || options.format == io::Format::kTable ||
         options.format == io::Format::kMarkdown || options.format == io::Format::kVertical;
}
io::Escapes EscapesFor(io::Format format) {
  const bool json = format == io::Format::kNdjson || format == io::Format::kJson;
  return json ? io::Escapes::kJson : io::Escapes::kReadable;
}

void ReportFaults(const Summary& summary) {
  if (summary.malformed == 0) return;
  std::string skipped;
  if (summary.lines > summary.looked_at) {
    skipped =
        fmt::format("; {} skipped by the prefilter", WithCommas(summary.lines - summary.looked_at));
  }
  Say(fmt::format("spelk: {} of {} parsed lines malformed{}\n", WithCommas(summary.malformed),
                  WithCommas(summary.looked_at), skipped));
  for (const InputFault& fault : summary.faults) {
    const std::string place =
        fault.line > 0 ? fmt::format("{}", fault.line) : fmt::format("byte {}", fault.offset);
    Say(fmt::format("  {}:{}: {}\n", io::Printable(fault.source), place, fault.reason));
  }
}

void ReportStats(const Summary& summary, double seconds) {
  Say(fmt::format("{} events read, {} matched, {} malformed, {} rows, {:.2f} s, {}/s\n",
                  WithCommas(summary.lines), WithCommas(summary.matched),
                  WithCommas(summary.malformed), WithCommas(summary.rows), seconds,
                  ReadableBytes(static_cast<double>(summary.bytes) / std::max(seconds, 1e-9))));
}

void ReportInterrupt(const Summary& summary) {
  Say(fmt::format("spelk: interrupted after {}; the rows above are those of what was read\n",
                  ReadableBytes(static_cast<double>(summary.bytes))));
}

absl::Status RunQuery(const Query& query, const Input& input, const RunOptions& options,
                      const io::WriterOptions& writer, Target& target, ProgressLine& progress,
                      Summary* summary) {
  SPELK_ASSIGN_OR_RETURN(engine::RunRequest request, engine::MakeRequest(input, options));
  request.form = FormFor(writer.format);
  // Rows of a slow pipe are seen as they come.
  const bool flush = request.input_is_pipe || !IsRegularFile(STDOUT_FILENO);
  ProgressAwareSink alone(target.sink(), progress);
  io::ByteSink& sink = writer.terminal ? alone : target.sink();
  io::TerminalSink shown(sink, EscapesFor(writer.format));
  OutputSink taker(writer, ShowsItself(writer) ? sink : shown, flush);
  std::vector<Summary> summaries;
  const absl::Status status =
      engine::Run(query.impl().engine->core, {{query.impl().compilation.plan.get(), &taker}},
                  request, &summaries);
  if (!summaries.empty()) *summary = std::move(summaries[0]);
  SPELK_RETURN_IF_ERROR(status);
  return target.file != nullptr ? target.file->Commit() : absl::OkStatus();
}

}  // namespace

int Run(const RunArguments& arguments) {
  const double start = MonotonicClock();
  absl::StatusOr<QueryText> text = ReadQuery(arguments.search);
  if (!text.ok()) return Fail(text.status());
  absl::StatusOr<RunOptions> options = MakeRunOptions(arguments.search);
  if (!options.ok()) return Fail(options.status());
  const Engine engine(MakeEngineOptions(arguments.search));
  Result<Query> query = engine.Compile(text->text, {.name = text->name});
  if (!query.ok()) return Fail(query.error(), true);
  for (const ErrorDetail& warning : query->warnings()) Say(warning.rendered);
  const absl::StatusOr<Input> input = InputOf(*text, *query);
  if (!input.ok()) return Fail(input.status());
  const absl::StatusOr<io::WriterOptions> writer =
      MakeWriterOptions(arguments, engine.impl()->core.zone());
  if (!writer.ok()) return Fail(writer.status());
  ProgressLine progress(IsTerminal(STDERR_FILENO));
  absl::StatusOr<Target> target = OpenTarget(arguments.output);
  if (!target.ok()) return Fail(target.status());

  Cancel cancel;
  const char* temporary = target->file == nullptr ? nullptr : target->file->temporary();
  const InterruptGuard guard(cancel.impl()->cancellation, temporary);
  options->cancel = &cancel;
  options->count_lines = arguments.stats;
  options->progress = [&progress](const Progress& at) { progress.Show(at); };
  Summary summary;
  const absl::Status status =
      RunQuery(*query, *input, *options, *writer, *target, progress, &summary);
  progress.Clear();
  for (const std::string& warning : summary.warnings) Complain(warning);
  ReportFaults(summary);
  if (arguments.stats) ReportStats(summary, MonotonicClock() - start);
  if (!status.ok()) return Fail(status);
  if (summary.input_ended) {
    ReportInterrupt(summary);
    return kInterrupted;
  }
  if (arguments.fail_on_hits && summary.rows > 0) return kAnswerIsNo;
  if (arguments.fail_if_empty && summary.rows == 0) return kAnswerIsNo;
  return kDone;
}

int Explain(const ExplainArguments& arguments) {
  constexpr std::pair<std::string_view, Stage> kStages[] = {{"tokens", Stage::kTokens},
                                                            {"ast", Stage::kAst},
                                                            {"plan", Stage::kPlan},
                                                            {"optimized", Stage::kOptimized},
                                                            {"pipeline", Stage::kPipeline}};
  std::optional<Stage> stage;
  for (const auto& [name, known] : kStages) {
    if (arguments.stage == name) stage = known;
  }
  if (!stage) {
    Complain(fmt::format(
        "--stage does not take \"{}\"; it takes tokens, ast, plan, optimized or pipeline",
        arguments.stage));
    return kUsage;
  }
  const absl::StatusOr<QueryText> text = ReadQuery(arguments.search);
  if (!text.ok()) return Fail(text.status());
  const absl::StatusOr<RunOptions> options = MakeRunOptions(arguments.search);
  if (!options.ok()) return Fail(options.status());
  const Engine engine(MakeEngineOptions(arguments.search));
  const bool parse_only = *stage == Stage::kTokens || *stage == Stage::kAst;
  const Result<Query> query =
      engine.Compile(text->text, {.name = text->name, .parse_only = parse_only});
  if (!query.ok()) return Fail(query.error(), true);
  for (const ErrorDetail& warning : query->warnings()) Say(warning.rendered);
  const Input input = text->inputs.empty() ? Input() : Files(text->inputs);
  const Result<std::string> explained = query->Explain(*stage, input, *options);
  if (!explained.ok()) return Fail(explained.error(), false);
  Print(IsTerminal(STDOUT_FILENO) ? io::ForTerminal(*explained) : *explained);
  return kDone;
}

int Check(const SearchArguments& arguments) {
  const absl::StatusOr<QueryText> text = ReadQuery(arguments);
  if (!text.ok()) return Fail(text.status());
  if (!text->inputs.empty()) {
    return Fail(absl::InvalidArgumentError(
        fmt::format("unexpected \"{}\"; check reads no input", text->inputs.front())));
  }
  const Engine engine(MakeEngineOptions(arguments));
  const Result<Query> query = engine.Compile(text->text, {.name = text->name, .parse_only = true});
  if (!query.ok()) return Fail(query.error(), true);
  for (const ErrorDetail& warning : query->warnings()) Say(warning.rendered);
  return kDone;
}

}  // namespace spelk::cli
