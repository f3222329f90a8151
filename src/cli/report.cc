// Messages.
#include "cli/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_codes.h"
#include "cli/terminal.h"
#include "spelk/lint.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

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
    Say(fmt::format("  {}:{}: {}\n", Printable(fault.source), place, fault.reason));
  }
}

}  // namespace

void Complain(std::string_view message) { Say(fmt::format("spelk: {}\n", Printable(message))); }

int Fail(const Error& error, bool compiling) {
  if (!error.details().empty()) {
    Say(error.Render());
  } else if (const std::string code = error.code(); code.empty()) {
    Complain(error.message());
  } else {
    Complain(fmt::format("error {}: {}", code, error.message()));
  }
  return compiling && error.kind() == ErrorKind::kNotFound ? kUsage : ExitCodeFor(error.kind());
}

void ReportWarnings(const Query& query) {
  for (const ErrorDetail& warning : query.warnings()) Say(warning.rendered);
}

void ReportCertainFaults(const Query& query) {
  LintOptions options;
  options.on_run_only = true;
  for (const LintFinding& finding : Lint(query, options)) Say(finding.rendered);
}

void ReportWarnings(const Summary& summary) {
  for (const ErrorDetail& warning : summary.warnings) {
    Complain(fmt::format("warning {}: {}", warning.code, warning.message));
    for (const std::string& note : warning.notes) Say(fmt::format("  note: {}\n", Printable(note)));
  }
  ReportFaults(summary);
}

void ReportNoRows(const Why& why) { Say("spelk: " + why.RenderNoRows()); }

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

}  // namespace spelk::cli
