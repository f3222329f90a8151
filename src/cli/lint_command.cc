// Telling what is likely wrong with searches, and mending it.
#include "cli/lint_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/packs.h"
#include "cli/report.h"
#include "cli/reports.h"
#include "cli/terminal.h"
#include "spelk/lint.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

int ListRules() {
  size_t width = 0;
  for (const LintRule& rule : LintRules()) width = std::max(width, rule.name.size());
  std::string out;
  for (const LintRule& rule : LintRules()) {
    out += fmt::format("{}  {:<{}}  {:<7}  {}{}{}\n", rule.id, rule.name, width,
                       NameOf(rule.severity), rule.mends ? "[fix] " : "", rule.title,
                       rule.profile.empty() ? "" : fmt::format(" (profile {})", rule.profile));
  }
  Print(out);
  return kDone;
}

int ExplainRule(const std::string& name) {
  const LintRule* rule = FindLintRule(name);
  if (rule == nullptr) {
    return Fail(Error(
        ErrorKind::kQuery,
        fmt::format("there is no rule \"{}\"; `spelk lint --rules` lists them", Printable(name))));
  }
  Print(ExplainLintRule(*rule));
  return kDone;
}

// In the folder at hand, or in one above it.
std::string FindConfig() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::current_path(error);
  while (!error && !folder.empty()) {
    for (const char* name : {".spelk-lint.yaml", ".spelk-lint.yml"}) {
      const std::filesystem::path file = folder / name;
      std::error_code missing;
      if (std::filesystem::is_regular_file(file, missing)) return file.string();
    }
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return "";
}

Result<LintConfig> MakeConfig(const LintArguments& arguments) {
  const std::string path = arguments.config.empty() ? FindConfig() : arguments.config;
  LintConfig config;
  if (!path.empty()) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::error_code error;
    if (!in || std::filesystem::is_directory(path, error)) {
      return Error(ErrorKind::kQuery, fmt::format("cannot read {}", Printable(path)));
    }
    Result<LintConfig> read = ReadLintConfig(text, path);
    if (!read.ok()) return read.error();
    config = std::move(*read);
  }
  const std::vector<std::string> profiles = LintProfiles();
  for (const std::string& profile : arguments.profiles) {
    if (std::find(profiles.begin(), profiles.end(), profile) == profiles.end()) {
      return BadOption("--profile", profile, fmt::format("{}", fmt::join(profiles, " or ")));
    }
    config.profiles.push_back(profile);
  }
  for (const std::string& name : arguments.disabled) {
    const LintRule* rule = FindLintRule(name);
    if (rule == nullptr) return BadOption("--disable", name, "a rule that --rules lists");
    config.rules[std::string(rule->id)] = std::nullopt;
  }
  return config;
}

// The lines that differ between two texts, as `diff -u` shows them: from the first to the last.
std::string UnifiedDiff(const std::string& path, const std::string& before,
                        const std::string& after) {
  const auto lines_of = [](const std::string& text) {
    std::vector<std::string_view> lines;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size() - 1);
      lines.push_back(std::string_view(text).substr(at, end + 1 - at));
      at = end + 1;
    }
    return lines;
  };
  const std::vector<std::string_view> old = lines_of(before);
  const std::vector<std::string_view> fresh = lines_of(after);
  constexpr size_t kAround = 3;
  std::string out = fmt::format("--- {}\n+++ {}\n", path, path);
  const auto add = [&out](char sign, std::string_view line) {
    out += fmt::format("{}{}{}", sign, line,
                       line.ends_with('\n') ? "" : "\n\\ No newline at end of file\n");
  };
  // Lines of the same number are compared one by one, so that far changes are hunks of their own.
  const bool same = old.size() == fresh.size();
  size_t at = 0;
  while (at < std::max(old.size(), fresh.size())) {
    if (at < old.size() && at < fresh.size() && old[at] == fresh[at]) {
      ++at;
      continue;
    }
    size_t old_end = old.size();
    size_t fresh_end = fresh.size();
    if (same) {
      // Up to where so many lines are alike.
      size_t alike = 0;
      old_end = at;
      for (size_t i = at; i < old.size() && alike < 2 * kAround; ++i) {
        alike = old[i] == fresh[i] ? alike + 1 : 0;
        if (alike == 0) old_end = i + 1;
      }
      fresh_end = old_end;
    } else {
      while (old_end > at && fresh_end > at && old[old_end - 1] == fresh[fresh_end - 1]) {
        --old_end;
        --fresh_end;
      }
    }
    const size_t begin = at - std::min(at, kAround);
    const size_t more = std::min(kAround, old.size() - old_end);
    const auto range = [begin](size_t lines) {
      return lines == 1 ? fmt::format("{}", begin + 1) : fmt::format("{},{}", begin + 1, lines);
    };
    out += fmt::format("@@ -{} +{} @@\n", range(old_end + more - begin),
                       range(fresh_end + more - begin));
    for (size_t i = begin; i < at; ++i) add(' ', old[i]);
    for (size_t i = at; i < old_end; ++i) {
      if (!same || old[i] != fresh[i]) add('-', old[i]);
      if (same && old[i] != fresh[i]) add('+', fresh[i]);
      if (same && old[i] == fresh[i]) add(' ', old[i]);
    }
    if (!same) {
      for (size_t i = at; i < fresh_end; ++i) add('+', fresh[i]);
    }
    for (size_t i = old_end; i < old_end + more; ++i) add(' ', old[i]);
    at = same ? old_end : std::max(old.size(), fresh.size());
  }
  return out;
}

std::optional<Error> WriteMended(const MendedFile& file) {
  Result<FileSink> sink = FileSink::Create(file.path);
  if (!sink.ok()) return sink.error();
  if (const Result<Flow> written = sink->Write(file.after); !written.ok()) return written.error();
  if (const Result<Flow> done = sink->Commit(); !done.ok()) return done.error();
  return std::nullopt;
}

class Session {
 public:
  Session(const LintArguments& arguments, LintOptions options)
      : arguments_(arguments), options_(std::move(options)) {}

  int Run() {
    const bool paths = NamesPacks(arguments_.search);
    Result<Pack> pack = Read(paths);
    if (!pack.ok()) return Fail(pack.error(), true);
    const Engine engine(OptionsOf(*pack));
    if (const Result<AppReport> apps = engine.Apps(); !apps.ok()) return Fail(apps.error());
    // What is wrong with the other options is told, too.
    const Result<RunOptions> run = MakeRunOptions(arguments_.search, engine);
    if (!run.ok()) return Fail(run.error());
    if (const int code = ReadFeed(engine, *run); code != kDone) return code;
    const bool query = !paths && arguments_.search.file.empty();
    if (arguments_.fix || arguments_.diff) {
      const int code = query ? MendQuery(engine, &*pack) : MendFiles(engine, *pack);
      if (code != kDone || arguments_.diff) return code;
      if (!query) pack = Read(paths);
      if (!pack.ok()) return Fail(pack.error(), true);
    }
    return Tell(engine, *pack, query && arguments_.fix);
  }

 private:
  Result<Pack> Read(bool paths) const {
    return paths ? PackOfPaths(arguments_.search.positional)
                 : PackOfQuery(arguments_.search, "lint");
  }

  EngineOptions OptionsOf(const Pack& pack) const {
    EngineOptions options = MakeEngineOptions(arguments_.search);
    AddPack(pack, &options);
    // Of a search of the command line a table that is not there is a mistake.
    if (!NamesPacks(arguments_.search)) options.empty_tables = arguments_.search.empty_tables;
    return options;
  }

  int ReadFeed(const Engine& engine, const RunOptions& run) {
    if (arguments_.data.empty()) return kDone;
    Result<LintFeed> feed = ReadLintFeed(engine, spelk::Files(arguments_.data), run);
    if (!feed.ok()) return Fail(feed.error());
    feed->name = fmt::format("{}", fmt::join(arguments_.data, ", "));
    options_.feed = std::make_shared<const LintFeed>(std::move(*feed));
    return kDone;
  }

  int MendQuery(const Engine& engine, Pack* pack) const {
    std::string& search = pack->analytics.front().search;
    const std::string before = search;
    search = MendSearch(engine, search, options_);
    const bool newline = before.ends_with('\n');
    if (arguments_.diff) {
      const std::string end = newline ? "" : "\n";
      if (search != before)
        Print(UnifiedDiff(pack->analytics.front().file, before + end, search + end));
      return search == before ? kDone : kAnswerIsNo;
    }
    Print(newline ? search : search + "\n");
    return kDone;
  }

  int MendFiles(const Engine& engine, const Pack& pack) const {
    const Result<std::vector<MendedFile>> files = MendPack(pack, engine, options_);
    if (!files.ok()) return Fail(files.error());
    size_t searches = 0;
    bool any = false;
    for (const MendedFile& file : *files) {
      for (const std::string& problem : file.problems) Complain(problem);
      if (file.before == file.after) continue;
      any = true;
      searches += file.searches;
      if (arguments_.diff) {
        Print(UnifiedDiff(file.path, file.before, file.after));
      } else if (const std::optional<Error> error = WriteMended(file)) {
        return Fail(*error);
      }
    }
    if (!arguments_.diff && any) {
      Say(fmt::format("spelk: mended {} search{}\n", searches, searches == 1 ? "" : "es"));
    }
    return arguments_.diff && any ? kAnswerIsNo : kDone;
  }

  // `aside`: standard output holds the mended search.
  int Tell(const Engine& engine, const Pack& pack, bool aside) const {
    const Result<std::vector<LintResult>> results = LintPack(pack, engine, options_);
    if (!results.ok()) return Fail(results.error());
    ReportProblems(pack);
    size_t counts[3] = {0, 0, 0};
    for (const LintResult& result : *results) {
      for (const LintFinding& finding : result.findings) {
        ++counts[static_cast<size_t>(finding.severity)];
        if (aside) Say(finding.rendered);
      }
    }
    LintWriteOptions write;
    write.format = *LintFormatNamed(arguments_.format);
    const bool standard = arguments_.output.empty() || arguments_.output == "-";
    write.colour = arguments_.colour == "always" ||
                   (arguments_.colour == "auto" && standard && WantsColour(STDOUT_FILENO));
    if (!aside) {
      const std::optional<Error> error = WriteReport(
          arguments_.output, [&](Sink& sink) { return WriteLint(pack, *results, write, sink); });
      if (error) return Fail(*error);
    }
    const auto number = [](size_t count, std::string_view what) {
      return fmt::format("{} {}{}", WithCommas(count), what, count == 1 ? "" : "s");
    };
    if (pack.analytics.size() > 1) {
      Say(fmt::format("{} searches: {}, {}, {}\n", WithCommas(pack.analytics.size()),
                      number(counts[2], "error"), number(counts[1], "warning"),
                      number(counts[0], "info")));
    }
    if (!pack.problems.empty()) return kUsage;
    return counts[1] + counts[2] > 0 ? kAnswerIsNo : kDone;
  }

  const LintArguments& arguments_;
  LintOptions options_;
};

}  // namespace

void AddLintOptions(CLI::App& command, LintArguments& lint) {
  AddSearchOptions(command, lint.search);
  command.get_option("words")->description("The search, or files, folders and packs");
  command.add_option("-o,--format", lint.format, ListOfChoices("lint --format"))
      ->type_name("FORMAT")
      ->capture_default_str();
  command
      .add_option("-O,--output", lint.output, "Write to a file, which appears when it is complete")
      ->type_name("FILE");
  command.add_option("--color", lint.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
  command
      .add_option("--config", lint.config,
                  "Which rules are on; by default .spelk-lint.yaml of this folder or one above it")
      ->type_name("FILE");
  command.add_option("--profile", lint.profiles, "Switch the rules of a profile on: escu")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--disable", lint.disabled, "Switch a rule off; may be repeated")
      ->type_name("RULE")
      ->allow_extra_args(false);
  command
      .add_option("--data", lint.data,
                  "Events whose fields searches are held against; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command.add_flag("--fix", lint.fix,
                   "Mend what is safe to mend, in the files; of a search print the mended one");
  command.add_flag("--diff", lint.diff,
                   "Show what --fix would change, and exit with 1 if anything");
  command.add_flag("--rules", lint.rules, "List the rules");
  command.add_option("--explain", lint.explain, "Explain a rule")->type_name("RULE");
}

int LintSearches(const LintArguments& arguments) {
  if (arguments.rules) return ListRules();
  if (!arguments.explain.empty()) return ExplainRule(arguments.explain);
  if (!IsChoice("lint --format", arguments.format)) {
    return Fail(BadOption("--format", arguments.format, ListOfChoices("lint --format")));
  }
  if (!IsChoice("--color", arguments.colour)) {
    return Fail(BadOption("--color", arguments.colour, ListOfChoices("--color")));
  }
  Result<LintConfig> config = MakeConfig(arguments);
  if (!config.ok()) return Fail(config.error());
  LintOptions options;
  options.config = std::move(*config);
  return Session(arguments, std::move(options)).Run();
}

}  // namespace spelk::cli
