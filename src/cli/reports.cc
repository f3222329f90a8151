// Formats by name and by file; totals.
#include "cli/reports.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "cli/choices.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

bool IsNoFile(const std::string& path) { return path.empty() || path == "-"; }

std::optional<PackFormat> FormatOfName(const std::string& path) {
  constexpr std::pair<std::string_view, PackFormat> kEndings[] = {
      {".html", PackFormat::kHtml},     {".htm", PackFormat::kHtml},
      {".csv", PackFormat::kCsv},       {".json", PackFormat::kJson},
      {".ndjson", PackFormat::kNdjson}, {".jsonl", PackFormat::kNdjson},
      {".md", PackFormat::kMarkdown},   {".sarif", PackFormat::kSarif},
      {".txt", PackFormat::kTable}};
  for (const auto& [ending, format] : kEndings) {
    if (path.ends_with(ending)) return format;
  }
  return std::nullopt;
}

}  // namespace

bool LooksLikePack(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  constexpr std::array<std::string_view, 6> kEndings = {".spl",  ".yml",   ".yaml",
                                                        ".conf", ".jsonl", ".json"};
  return S_ISDIR(info.st_mode) ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&path](std::string_view ending) { return path.ends_with(ending); });
}

Result<PackWriteOptions> MakeReportOptions(const std::string& format, const std::string& colour,
                                           const std::string& output) {
  const bool standard = IsNoFile(output);
  const bool terminal = standard && IsTerminal(STDOUT_FILENO);
  PackWriteOptions options;
  options.terminal = terminal;
  options.width = terminal ? TerminalWidth(STDOUT_FILENO) : 0;
  if (!IsChoice("--color", colour)) {
    return BadOption("--color", colour, ListOfChoices("--color"));
  }
  options.colour =
      colour == "always" || (colour == "auto" && standard && WantsColour(STDOUT_FILENO));
  if (format.empty()) {
    options.format =
        standard ? PackFormat::kTable : FormatOfName(output).value_or(PackFormat::kNdjson);
    return options;
  }
  const std::optional<PackFormat> named = PackFormatNamed(format);
  if (!named) {
    return BadOption("-o", format, "table, ndjson, json, csv, markdown, html, navigator or sarif");
  }
  options.format = *named;
  return options;
}

std::optional<Error> WriteReport(const std::string& output,
                                 const std::function<Result<Flow>(Sink& sink)>& write) {
  if (IsNoFile(output)) {
    DescriptorSink sink(STDOUT_FILENO);
    const Result<Flow> written = write(sink);
    return written.ok() ? std::nullopt : std::optional(written.error());
  }
  Result<FileSink> file = FileSink::Create(output);
  if (!file.ok()) return file.error();
  const Result<Flow> written = write(*file);
  if (!written.ok()) return written.error();
  const Result<Flow> committed = file->Commit();
  return committed.ok() ? std::nullopt : std::optional(committed.error());
}

void ReportProblems(const Pack& pack) {
  for (const std::string& problem : pack.problems) Complain(problem);
}

std::string TotalOf(const std::vector<AnalyticCheck>& checks) {
  const auto count = [&checks](Verdict verdict) {
    return std::count_if(checks.begin(), checks.end(), [verdict](const AnalyticCheck& check) {
      return check.verdict == verdict;
    });
  };
  return fmt::format("{} search{}: {} run, {} run with differences, {} unsupported, {} wrong\n",
                     checks.size(), checks.size() == 1 ? "" : "es", count(Verdict::kRuns),
                     count(Verdict::kDiffers), count(Verdict::kUnsupported),
                     count(Verdict::kWrong));
}

}  // namespace spelk::cli
