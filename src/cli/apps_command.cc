// Listing the files of apps.
#include "cli/apps_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "cli/exit_codes.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "spelk/engine.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string StateOf(const AppReport::File& file) {
  if (!file.read) return "not read";
  if (!file.file.ends_with(".conf")) return "read when it is asked for";
  return fmt::format("{} stanza{}", file.stanzas, file.stanzas == 1 ? "" : "s");
}

// spelk's own, a line for each family of events: "windows/default/props.conf" is of windows.
std::string BuiltinListing(const AppReport& report) {
  struct Family {
    size_t files = 0;
    size_t stanzas = 0;
  };
  std::map<std::string, Family> families;
  for (const AppReport::File& file : report.files) {
    if (!file.builtin) continue;
    Family& family = families[file.file.substr(0, file.file.find('/'))];
    ++family.files;
    family.stanzas += file.stanzas;
  }
  if (families.empty()) return {};
  std::string out = "builtin (part of the program; --no-builtin leaves it out)\n";
  for (const auto& [name, family] : families) {
    out += fmt::format("  {:<36}{} files, {} stanzas\n", name, family.files, family.stanzas);
  }
  return out;
}

std::string Listing(const AppReport& report) {
  std::string out = BuiltinListing(report);
  std::string app;
  for (const AppReport::File& file : report.files) {
    if (file.builtin) continue;
    if (file.app != app) out += fmt::format("{}\n", Printable(file.app));
    app = file.app;
    out += fmt::format("  {:<36}{}\n", Printable(file.file), StateOf(file));
  }
  if (report.problems.empty()) return out;
  out += "could not be read, or has no effect:\n";
  for (const std::string& problem : report.problems) {
    out += fmt::format("  {}\n", Printable(problem));
  }
  return out;
}

}  // namespace

int Apps(const SearchArguments& arguments) {
  const Engine engine(MakeEngineOptions(arguments));
  const Result<AppReport> report = engine.Apps();
  if (!report.ok()) return Fail(report.error(), true);
  Print(Listing(*report));
  const bool any = std::any_of(report->files.begin(), report->files.end(),
                               [](const AppReport::File& file) { return !file.builtin; });
  if (!any) Say("spelk: no apps: name a folder by --app DIR, or several by SPELK_APPS=DIR:DIR\n");
  return report->problems.empty() ? kDone : kAnswerIsNo;
}

}  // namespace spelk::cli
