// Running a search from the command line.
#include "cli/run_command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/progress.h"
#include "cli/progress_aware_sink.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/stages.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "spelk/write.h"

namespace spelk::cli {
namespace {

bool IsRegularFile(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}

// Standard input, unless nobody would write to it.
Result<Input> InputOf(const QueryText& text, const Query& query) {
  if (!text.inputs.empty()) return Files(text.inputs);
  if (query.generates()) return Input();
  if (IsTerminal(STDIN_FILENO)) {
    return Error(ErrorKind::kQuery,
                 "no input: name files, or pipe events in; example: spelk run 'EventID=1' "
                 "events.ndjson");
  }
  return File("-");
}

// Events come when they come.
bool ReadsPipe(const QueryText& text) {
  const bool standard = text.inputs.empty() ||
                        std::find(text.inputs.begin(), text.inputs.end(), "-") != text.inputs.end();
  return standard && !IsRegularFile(STDIN_FILENO);
}

bool IsStandardOutput(const std::string& path) {
  return path.empty() || path == "-" || path == "/dev/stdout" || path == "/dev/fd/1";
}

Result<Format> FormatOf(const RunArguments& arguments, bool terminal) {
  if (arguments.format.empty()) {
    if (IsStandardOutput(arguments.output)) return terminal ? Format::kTable : Format::kNdjson;
    Result<Format> format = FormatOfFile(arguments.output);
    if (format.ok()) return format;
    return Error(ErrorKind::kQuery,
                 fmt::format("{}; -o names the format of a file with another name",
                             format.error().message()));
  }
  if (const std::optional<Format> format = FormatNamed(arguments.format)) return *format;
  return BadOption("-o", arguments.format, FormatNames());
}

// How many rows a table has: on a terminal not more than one can look at.
Result<size_t> RowsToPrint(const RunArguments& arguments, bool terminal) {
  constexpr size_t kOnTerminal = 40;
  if (arguments.rows.empty()) return terminal ? kOnTerminal : 0;
  size_t rows = 0;
  const char* end = arguments.rows.data() + arguments.rows.size();
  const auto [stop, error] = std::from_chars(arguments.rows.data(), end, rows);
  if (error != std::errc() || stop != end) {
    return BadOption("--rows", arguments.rows, "a number of rows, 0 for all");
  }
  return rows;
}

Result<WriteOptions> MakeWriteOptions(const RunArguments& arguments, const QueryText& text) {
  const bool standard = IsStandardOutput(arguments.output);
  const bool terminal = standard && IsTerminal(STDOUT_FILENO);
  const Result<Format> format = FormatOf(arguments, terminal);
  if (!format.ok()) return format.error();
  if (!IsChoice("--color", arguments.colour)) {
    return BadOption("--color", arguments.colour, ListOfChoices("--color"));
  }
  WriteOptions options;
  options.format = *format;
  options.terminal = terminal;
  options.width = terminal ? TerminalWidth(STDOUT_FILENO) : 0;
  const Result<size_t> rows = RowsToPrint(arguments, terminal);
  if (!rows.ok()) return rows.error();
  options.most_rows = *rows;
  options.colour = arguments.colour == "always" ||
                   (arguments.colour == "auto" && standard && WantsColour(STDOUT_FILENO));
  const bool slow = ReadsPipe(text) || arguments.search.follow;
  options.live = terminal && slow;
  options.flush = slow || !IsRegularFile(STDOUT_FILENO);
  return options;
}

// Where the rows go: a file that appears when all is written, or standard output.
struct Target {
  std::optional<FileSink> file;
  std::optional<DescriptorSink> standard;
  Sink& sink() { return file ? static_cast<Sink&>(*file) : *standard; }
};

// Runs the search; the rows are written, and a file is in its place, if there is no error.
std::optional<Error> WriteRows(const Query& query, const Input& input, const RunOptions& options,
                               const WriteOptions& write, Target& target, ProgressLine& progress) {
  ProgressAwareSink alone(target.sink(), progress);
  Sink& sink = write.terminal ? alone : target.sink();
  const Result<Summary> done = query.Write(input, options, write, sink);
  progress.Clear();
  if (!done.ok()) return done.error();
  if (!target.file) return std::nullopt;
  const Result<Flow> committed = target.file->Commit();
  return committed.ok() ? std::nullopt : std::optional(committed.error());
}

// With what may have been meant by an input that is not there.
Error WithHint(const Error& error, const SearchArguments& arguments) {
  const std::string hint =
      error.kind() == ErrorKind::kNotFound ? HintForInputs(arguments) : std::string();
  return hint.empty() ? error : Error(error.kind(), fmt::format("{}; {}", error.message(), hint));
}

}  // namespace

int Run(const RunArguments& arguments) {
  const double start = MonotonicClock();
  const Result<QueryText> text = ReadQuery(arguments.search);
  if (!text.ok()) return Fail(text.error());
  const Engine engine(MakeEngineOptions(arguments.search));
  Result<RunOptions> options = MakeRunOptions(arguments.search, engine);
  if (!options.ok()) return Fail(options.error());
  const Result<Query> query = engine.Compile(text->text, {.name = text->name});
  if (!query.ok()) return Fail(query.error(), true);
  if (!arguments.quiet) {
    ReportWarnings(*query);
    ReportCertainFaults(*query);
  }
  const Result<Input> input = InputOf(*text, *query);
  if (!input.ok()) return Fail(input.error());
  const Result<WriteOptions> write = MakeWriteOptions(arguments, *text);
  if (!write.ok()) return Fail(write.error());
  ProgressLine progress(IsTerminal(STDERR_FILENO) && !write->live);
  Target target;
  if (IsStandardOutput(arguments.output)) {
    target.standard.emplace(STDOUT_FILENO);
  } else {
    Result<FileSink> file = FileSink::Create(arguments.output);
    if (!file.ok()) return Fail(file.error());
    target.file.emplace(std::move(file).value());
  }

  Cancel cancel;
  const InterruptGuard guard(cancel, target.file ? target.file->temporary() : nullptr);
  Summary summary;
  options->cancel = &cancel;
  options->summary = &summary;
  options->count_lines = arguments.stats;
  options->why_no_rows = !arguments.quiet;
  options->measure = arguments.trace;
  options->progress = [&progress](const Progress& at) { progress.Show(at); };
  const std::optional<Error> error = WriteRows(*query, *input, *options, *write, target, progress);
  if (!arguments.quiet) ReportWarnings(summary);
  if (summary.no_rows) ReportNoRows(*summary.no_rows);
  if (arguments.trace) Say(StagesAsText(summary, text->text, false));
  if (arguments.stats) ReportStats(summary, MonotonicClock() - start);
  if (error) return Fail(WithHint(*error, arguments.search));
  if (summary.input_ended) {
    ReportInterrupt(summary);
    return kInterrupted;
  }
  if (arguments.fail_on_hits && summary.rows > 0) return kAnswerIsNo;
  if (arguments.fail_if_empty && summary.rows == 0) return kAnswerIsNo;
  return kDone;
}

}  // namespace spelk::cli
