// The command line: the words of spelk, their options and their help.
#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/apps_command.h"
#include "cli/check_command.h"
#include "cli/choices.h"
#include "cli/completion.h"
#include "cli/diff_command.h"
#include "cli/exit_codes.h"
#include "cli/explain_command.h"
#include "cli/fields_command.h"
#include "cli/fmt_command.h"
#include "cli/lint_command.h"
#include "cli/lsp_command.h"
#include "cli/pack_command.h"
#include "cli/report.h"
#include "cli/run_command.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/test_command.h"
#include "cli/why_command.h"
#include "spelk/lint.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

constexpr std::string_view kDescription =
    "spelk runs Splunk's Search Processing Language over NDJSON event feeds.\n"
    "Example: spelk run 'EventID=4625 | stats count by TargetUserName' events.ndjson.gz";

// The subcommands that people know of.
std::vector<const CLI::App*> Subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

// Of an option: --earliest, -o.
bool PrintOptionHelp(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : Subcommands(app)) {
    const CLI::Option* option = command->get_option_no_throw(name);
    if (option == nullptr) continue;
    Print(fmt::format("{} {}: {}\n\nAn option of spelk {}.\n", option->get_name(false, true),
                      option->get_type_name(), option->get_description(), command->get_name()));
    return true;
  }
  return false;
}

// Of a subcommand, an option, or a name of SPL.
int PrintHelp(const CLI::App& app, const std::string& name) {
  if (name.starts_with('-') && PrintOptionHelp(app, name)) return kDone;
  for (const CLI::App* command : Subcommands(app)) {
    if (command->get_name() != name) continue;
    Print(command->help("spelk"));
    return kDone;
  }
  if (const LintRule* rule = FindLintRule(name)) {
    Print(ExplainLintRule(*rule));
    return kDone;
  }
  if (name.empty()) {
    std::string list = "Subcommands\n";
    for (const CLI::App* command : Subcommands(app)) {
      list += fmt::format("  {:<16}  {}\n", command->get_name(), command->get_description());
    }
    Print(list + "\n`spelk help SUBCOMMAND` tells its options.\n\n");
  }
  const Engine engine;
  const Result<std::string> text = engine.Help(name);
  if (!text.ok()) {
    Complain(text.error().message());
    return kUsage;
  }
  Print(*text);
  return kDone;
}

int PrintMatrix() {
  Print(Engine().SupportMatrix());
  return kDone;
}

int PrintCompletions(const std::string& prefix) {
  const Engine engine;
  for (const std::string& name : engine.CompleteHelp(prefix)) Print(fmt::format("{}\n", name));
  return kDone;
}

int PrintScript(const std::string& shell, const CLI::App& app) {
  const std::optional<std::string> script = CompletionScript(shell, app);
  if (!script) {
    Complain(fmt::format("there is no completion for \"{}\"; it takes {}", shell,
                         ListOfChoices("shell")));
    return kUsage;
  }
  Print(*script);
  return kDone;
}

// "; did you mean --threads?": the option of a subcommand that is spelled almost alike.
std::string SimilarOption(const CLI::App& command, const std::string& word) {
  if (!word.starts_with("--")) return "";
  std::vector<std::string_view> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const std::string_view typed = std::string_view(word).substr(2);
      if (name.starts_with(typed)) return fmt::format("; did you mean --{}?", name);
      names.push_back(name);
    }
  }
  const std::vector<std::string_view> near = NearestNames(std::string_view(word).substr(2), names);
  return near.empty() ? "" : fmt::format("; did you mean --{}?", near.front());
}

// An option with too few values or too many. CLI11 begins its message with the option's name.
std::string Mismatch(const std::vector<std::string>& words, const std::string& message) {
  const std::string name = message.substr(0, message.find(':'));
  const bool last = !words.empty() && words.back().starts_with('-');
  return fmt::format(fmt::runtime(last ? "{} needs a value" : "{} is given more than once"), name);
}

// What is wrong with a command line, and where it is explained.
int Refuse(const CLI::App& app, const std::vector<std::string>& words,
           const CLI::ParseError& error) {
  const auto parsed = app.get_subcommands();
  const std::string subcommand = parsed.empty() ? "" : " " + parsed.front()->get_name();
  std::string what = error.what();
  if (parsed.empty() && words.empty()) {
    what =
        "a subcommand is missing: run, explain, why, check, lint, fmt, diff, pack, test, "
        "fields, lsp, apps, help or completion";
  } else if (parsed.empty() && words[0].starts_with('-')) {
    what = fmt::format("unexpected \"{}\"", words[0]);
  } else if (parsed.empty()) {
    what = fmt::format("there is no subcommand \"{}\"; a search is run by `spelk run SEARCH`",
                       words[0]);
  } else if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> rest = app.remaining(true);
    what = fmt::format("unexpected \"{}\"", rest.empty() ? "" : rest.front());
    if (!rest.empty()) what += SimilarOption(*parsed.front(), rest.front());
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    what = Mismatch(words, what);
  }
  Say(fmt::format("spelk: {}\n  `spelk{} --help` tells more\n", Printable(what), subcommand));
  return kUsage;
}

// A full disk shows when the rest of the text is written.
int Flushed(int code) {
  if (code == kDone && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && errno != EPIPE) {
    Say(fmt::format("spelk: cannot write the output: {}\n", std::strerror(errno)));
    return kInputProblem;
  }
  return code;
}

void AddRunOptions(CLI::App& command, RunArguments& run) {
  AddSearchOptions(command, run.search);
  command.add_option("-o,--format", run.format, ListOfChoices("--format"))->type_name("FORMAT");
  command
      .add_option("-O,--output", run.output, "Write to a file, which appears when it is complete")
      ->type_name("FILE");
  command.add_option("--color", run.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
  command
      .add_option("--rows", run.rows,
                  "Rows that a table shows, the others are counted; 0 for all, by default 40 on a "
                  "terminal")
      ->type_name("N");
  command.add_flag("--stats", run.stats,
                   "Say at the end what was read, how long it took and how fast it was");
  command.add_flag("--trace", run.trace,
                   "Say at the end how many rows each stage gave, how large, and in what time");
  command.add_flag("-q,--quiet", run.quiet,
                   "Say no more than errors: no warnings, and not why there are no rows");
  command.add_flag("--fail-on-hits", run.fail_on_hits, "Exit with 1 if there are rows");
  command.add_flag("--fail-if-empty", run.fail_if_empty, "Exit with 1 if there are none");
}

void AddExplainOptions(CLI::App& command, ExplainArguments& explain) {
  AddSearchOptions(command, explain.search);
  command.add_option("--stage", explain.stage, ListOfChoices("--stage"))
      ->type_name("STAGE")
      ->capture_default_str();
  command.add_flag("--analyze", explain.analyze,
                   "Run the search, and tell the rows, time and bytes of each stage, and what each "
                   "part of a condition gave");
}

void AddCheckOptions(CLI::App& command, CheckArguments& check) {
  AddSearchOptions(command, check.search);
  command.add_option("-o,--format", check.format, ListOfChoices("check --format"))
      ->type_name("FORMAT");
}

void AddPackOptions(CLI::App& command, PackArguments& pack) {
  command.add_option("action", pack.action, ListOfChoices("action"))->required()->type_name("");
  command
      .add_option("words", pack.search.positional,
                  "The pack, then inputs: files, directories, globs, -")
      ->type_name("");
  AddInputOptions(command, pack.search);
  command.add_option("-o,--format", pack.format, ListOfChoices("pack --format"))
      ->type_name("FORMAT");
  command
      .add_option("-O,--output", pack.output, "Write to a file, which appears when it is complete")
      ->type_name("FILE");
  command.add_option("--color", pack.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
  command.add_option("--rows", pack.rows, "Rows of each analytic that json, ndjson and html show")
      ->type_name("N");
  command
      .add_option("--match", pack.match,
                  "Only the analytics of this name (* for anything), id or technique")
      ->type_name("WHAT");
  command.add_option("--layer", pack.layer, "Write a layer of the ATT&CK Navigator, too")
      ->type_name("FILE");
  command.add_flag("--schedule", pack.schedule,
                   "Each analytic sees the time range that its schedule gives it");
  command.add_flag("--fail-on-hits", pack.fail_on_hits, "Exit with 1 if an analytic has rows");
}

int Main(int argc, char** argv) {
  CLI::App app{std::string(kDescription), "spelk"};
  app.set_version_flag("--version", fmt::format("spelk {}", Version()));
  app.require_subcommand(1);

  // Declaring options takes a good part of a short search, so only those of its own subcommand are.
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  const bool is_search = wanted == "run" || wanted == "explain" || wanted == "why" ||
                         wanted == "check" || wanted == "lint" || wanted == "fmt" ||
                         wanted == "diff" || wanted == "pack" || wanted == "test";
  const auto declares = [&](std::string_view name) { return !is_search || wanted == name; };

  RunArguments run;
  CLI::App* run_command = app.add_subcommand("run", "Run a search over events");
  if (declares("run")) AddRunOptions(*run_command, run);

  ExplainArguments explain;
  CLI::App* explain_command = app.add_subcommand("explain", "Show what a search becomes");
  if (declares("explain")) AddExplainOptions(*explain_command, explain);

  WhyArguments why;
  CLI::App* why_command =
      app.add_subcommand("why", "Tell what drops an event: each stage, and what conditions gave");
  if (declares("why")) AddWhyOptions(*why_command, why);

  CheckArguments check;
  CLI::App* check_command = app.add_subcommand(
      "check", "Say what is wrong with a search, or with those of files and packs");
  if (declares("check")) AddCheckOptions(*check_command, check);

  LintArguments lint;
  CLI::App* lint_command = app.add_subcommand(
      "lint", "Say what is likely wrong with searches although they may run, and mend it");
  if (declares("lint")) AddLintOptions(*lint_command, lint);

  FmtArguments format;
  CLI::App* fmt_command = app.add_subcommand(
      "fmt", "Format searches: one stage a line, in files .spl, YAML and savedsearches.conf");
  if (declares("fmt")) AddFmtOptions(*fmt_command, format);

  DiffArguments diff;
  CLI::App* diff_command = app.add_subcommand(
      "diff", "Compare what two searches, or two packs, give over the same events");
  if (declares("diff")) AddDiffOptions(*diff_command, diff);

  PackArguments pack;
  CLI::App* pack_command =
      app.add_subcommand("pack", "List, check or run a pack of published searches, in one pass");
  if (declares("pack")) AddPackOptions(*pack_command, pack);

  RunArguments fields;
  CLI::App* fields_command = app.add_subcommand(
      "fields", "Say what events hold: for each field how many have it, and its values");
  if (declares("fields")) {
    AddRunOptions(*fields_command, fields);
    fields_command->get_option("words")->description("The inputs, as for spelk run");
  }

  TestArguments test;
  CLI::App* test_command = app.add_subcommand(
      "test", "Run tests of searches: YAML, .test files, contentctl's and Sigma's");
  if (declares("test")) AddTestOptions(*test_command, test);

  LspArguments server;
  CLI::App* server_command =
      app.add_subcommand("lsp", "Serve an editor: problems, completion and help as one writes");
  if (declares("lsp")) AddLspOptions(*server_command, server);

  SearchArguments apps;
  CLI::App* apps_command = app.add_subcommand(
      "apps", "List what is read of the app folders, and what could not be read");
  if (declares("apps")) AddKnowledgeOptions(*apps_command, apps);

  std::string help_name;
  CLI::App* help_command =
      app.add_subcommand("help", "Explain a command, function, topic, option or code of a message");
  help_command->add_option("name", help_name, "The name; without one all are listed")
      ->type_name("");
  bool matrix = false;
  help_command->add_flag("--matrix", matrix, "Print what of Splunk's language runs here");
  help_command->allow_extras();  // `help --tz` asks about the option.

  std::string shell;
  CLI::App* completion_command =
      app.add_subcommand("completion", "Print a completion script: bash, zsh or fish");
  completion_command->add_option("shell", shell, ListOfChoices("shell"))->required()->type_name("");

  std::string prefix;
  CLI::App* complete_command = app.add_subcommand("complete", "")->group("");
  complete_command->add_option("prefix", prefix, "");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return Refuse(app, {argv + 1, argv + argc}, error);
  }
  if (run_command->parsed()) return Run(run);
  if (explain_command->parsed()) return Explain(explain);
  if (why_command->parsed()) return WhyNot(why);
  if (check_command->parsed()) return Check(check);
  if (lint_command->parsed()) return LintSearches(lint);
  if (fmt_command->parsed()) return Fmt(format);
  if (diff_command->parsed()) return Diff(diff);
  if (test_command->parsed()) return Test(test);
  if (pack_command->parsed()) return RunPackCommand(pack);
  if (fields_command->parsed()) return Fields(std::move(fields));
  if (server_command->parsed()) return RunLanguageServer(server);
  if (apps_command->parsed()) return Apps(apps);
  if (help_command->parsed()) {
    if (matrix) return PrintMatrix();
    const std::vector<std::string> rest = help_command->remaining();
    return PrintHelp(app, help_name.empty() && !rest.empty() ? rest.front() : help_name);
  }
  if (completion_command->parsed()) return PrintScript(shell, app);
  return PrintCompletions(prefix);
}

// Nested searches are taken apart by recursion, whose depth is bounded with a usual stack in mind.
int WithEnoughStack(const std::function<int()>& run) {
  constexpr size_t kStack = size_t{8} << 20U;
  struct rlimit limit {};
  const bool small = ::getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < kStack;
  if (!small) return run();
  struct Task {
    const std::function<int()>& run;
    int code = kDone;
  } task{run};
  const auto start = [](void* argument) -> void* {
    auto& started = *static_cast<Task*>(argument);
    started.code = started.run();
    return nullptr;
  };
  pthread_attr_t attributes;
  int error = ::pthread_attr_init(&attributes);
  if (error == 0) {
    pthread_t thread{};
    error = ::pthread_attr_setstacksize(&attributes, kStack);
    if (error == 0) error = ::pthread_create(&thread, &attributes, start, &task);
    ::pthread_attr_destroy(&attributes);
    if (error == 0) {
      ::pthread_join(thread, nullptr);
      return task.code;
    }
  }
  Say(fmt::format(
      "spelk: error E0501: the stack is limited to {} bytes, and the system gives no more threads: "
      "{}\n",
      static_cast<size_t>(limit.rlim_cur), std::strerror(error)));
  return kInputProblem;
}

}  // namespace
}  // namespace spelk::cli

int main(int argc, char** argv) {
  spelk::cli::PrepareForTrouble();
  return spelk::cli::WithEnoughStack(
      [argc, argv] { return spelk::cli::Flushed(spelk::cli::Main(argc, argv)); });
}
