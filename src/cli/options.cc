// From words to options.
#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>

#include "cli/choices.h"
#include "cli/terminal.h"
#include "spelk/text.h"

namespace spelk::cli {

Error BadOption(std::string_view option, std::string_view value, std::string_view wanted) {
  return {ErrorKind::kQuery,
          fmt::format("{} does not take \"{}\"; it takes {}", option, Printable(value), wanted)};
}

void AddKnowledgeOptions(CLI::App& app, SearchArguments& a) {
  app.add_option(
         "--app", a.apps,
         "A Splunk app folder: macros.conf, props.conf …; may be given several times, after "
         "those of SPELK_APPS")
      ->type_name("DIR")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--lookup", a.lookups,
                 "Lookup tables: NAME=FILE.csv, a file, or a folder of them; may be given several "
                 "times")
      ->type_name("[NAME=]PATH")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--macro", a.macros,
                 "A macro beside those of the apps: name=definition or name(a, b)=definition")
      ->type_name("DEFINITION")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--limits", a.base_limits, "none lifts all limits of rows and values")
      ->type_name("WORD")
      ->capture_default_str();
  app.add_option(
         "--limit", a.limits,
         "Another value of a limit: stanza.name=value as in limits.conf, 0 lifts it; may be "
         "given several times; `spelk help limits` lists them")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--empty-tables", a.empty_tables,
               "Take lookup tables that are not there as empty, with a warning");
  app.add_flag("--no-builtin", a.no_builtin,
               "Without spelk's own knowledge of Windows events and other feeds");
}

void AddSearchOptions(CLI::App& app, SearchArguments& a) {
  app.add_option("-f,--file", a.file, "Read the search from a file")->type_name("FILE.spl");
  app.add_option("words", a.positional,
                 "The search (unless -f gives it), then inputs: files, directories, globs, -")
      ->type_name("");
  AddInputOptions(app, a);
}

void AddInputOptions(CLI::App& app, SearchArguments& a) {
  AddKnowledgeOptions(app, a);
  app.add_option("--allow-write", a.write_folder,
                 "Let outputlookup, outputcsv and collect write files, inside this folder")
      ->type_name("DIR");
  app.add_option("--tz", a.zone, "Time zone of times without one and of calendar functions")
      ->type_name("ZONE")
      ->capture_default_str();
  app.add_option("--earliest", a.earliest,
                 "Leave out events before this time (epoch, ISO, -2h@h …)")
      ->type_name("TIME");
  app.add_option("--latest", a.latest, "Leave out events from this time on")->type_name("TIME");
  app.add_option(
         "--now", a.now,
         "What now() and relative times count from: epoch, ISO or data, the newest event's time")
      ->type_name("TIME");
  app.add_option("--order", a.order, "auto (newest first where it matters), time (always) or input")
      ->type_name("ORDER")
      ->capture_default_str();
  app.add_option("--sourcetype", a.sourcetype, "The sourcetype of events that have none")
      ->type_name("NAME");
  app.add_option("--time-field", a.time_field, "The member that holds the time")->type_name("NAME");
  app.add_option("--time-format", a.time_format, "How the time is written, as for strptime")
      ->type_name("FORMAT");
  app.add_option("--input-format", a.input_format,
                 "How the inputs are written; auto is as their first bytes tell: " +
                     ListOfChoices("--input-format"))
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_option("--line-breaker", a.line_breaker,
                 "Text: what stands between events, by its first group or all of it")
      ->type_name("REGEX");
  app.add_option("--break-only-before", a.break_only_before,
                 "Text: an event begins with each line that matches")
      ->type_name("REGEX");
  app.add_option("--geo", a.geo_database,
                 "A database of addresses in MaxMind's format, for iplocation")
      ->type_name("FILE");
  app.add_flag("--follow", a.follow,
               "At the end of the files wait for what is appended to them, as tail -F does");
  app.add_flag("--strict", a.strict,
               "Look at every line in full and stop at the first that is malformed");
  app.add_option("--threads", a.threads, "Workers; all cores by default")->type_name("N");
  app.add_option("--memory", a.memory,
                 "Memory to use, such as 512MB; sort and stats spill to disk beyond it")
      ->type_name("SIZE");
  app.add_option("--max-line", a.max_line, "Longer lines are no events")->type_name("SIZE");
  app.add_option("--seed", a.seed, "Of random()")->type_name("N");
  app.add_option("--without-pass", a.disabled_passes,
                 "Leave out an optimizer pass; the answer stays the same")
      ->type_name("NAME")
      ->take_all()
      ->allow_extra_args(false);
}

EngineOptions MakeEngineOptions(const SearchArguments& arguments) {
  EngineOptions options;
  options.apps = AppsOfEnvironment();
  options.apps.insert(options.apps.end(), arguments.apps.begin(), arguments.apps.end());
  options.macros = arguments.macros;
  options.builtin = !arguments.no_builtin;
  options.empty_tables = arguments.empty_tables;
  options.time_zone = arguments.zone;
  options.lookups = arguments.lookups;
  options.write_folder = arguments.write_folder;
  options.limits.base = arguments.base_limits;
  options.limits.set = arguments.limits;
  return options;
}

namespace {

// What is wrong with an option, or nothing.
using Problem = std::optional<Error>;

Problem CheckFormat(const SearchArguments& arguments) {
  if (!IsChoice("--input-format", arguments.input_format)) {
    return BadOption("--input-format", arguments.input_format, ListOfChoices("--input-format"));
  }
  if (arguments.line_breaker.empty() || arguments.break_only_before.empty()) return std::nullopt;
  return BadOption("--break-only-before", arguments.break_only_before,
                   "a regular expression where --line-breaker is not given");
}

Problem SetClock(const SearchArguments& arguments, const Engine& engine, RunOptions* options) {
  if (arguments.now == "data") return std::nullopt;
  options->now = WallClock();
  if (arguments.now.empty()) return std::nullopt;
  options->now = engine.ParseTime(arguments.now, WallClock());
  if (options->now) return std::nullopt;
  return BadOption("--now", arguments.now, "epoch seconds, an ISO 8601 time, or data");
}

Problem SetBound(std::string_view option, const std::string& text, const Engine& engine,
                 std::string* bound) {
  *bound = text;
  if (text.empty() || engine.ParseTime(text, 0)) return std::nullopt;
  return BadOption(option, text,
                   "epoch seconds, an ISO 8601 time, now, or a relative time such as -2h@h");
}

// A whole number from `least` to `most`; no text leaves it as it is.
template <class Number>
Problem SetNumber(std::string_view option, const std::string& text, Number least, Number most,
                  Number* number) {
  if (text.empty()) return std::nullopt;
  Number parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc() || end != text.data() + text.size() || parsed < least || parsed > most) {
    return BadOption(option, text, fmt::format("a number from {} to {}", least, most));
  }
  *number = parsed;
  return std::nullopt;
}

Problem SetSize(std::string_view option, const std::string& text, size_t* size) {
  if (text.empty()) return std::nullopt;
  const std::optional<size_t> parsed = ParseSize(text);
  if (!parsed || *parsed == 0) return BadOption(option, text, "a size such as 512MB");
  *size = *parsed;
  return std::nullopt;
}

Problem SetOrder(const SearchArguments& arguments, RunOptions* options) {
  if (arguments.order == "time") {
    options->order = EventOrder::kTime;
  } else if (arguments.order == "input") {
    options->order = EventOrder::kInput;
  } else if (arguments.order != "auto") {
    return BadOption("--order", arguments.order, ListOfChoices("--order"));
  }
  return std::nullopt;
}

}  // namespace

Result<RunOptions> MakeRunOptions(const SearchArguments& arguments, const Engine& engine) {
  RunOptions options;
  options.threads = Cores();
  options.memory = DefaultMemory();
  options.spill_directory = TemporaryDirectory();
  for (const Problem& problem :
       {SetNumber<size_t>("--threads", arguments.threads, 1, 1024, &options.threads),
        SetNumber<uint64_t>("--seed", arguments.seed, 0, UINT64_MAX, &options.seed),
        SetSize("--memory", arguments.memory, &options.memory),
        SetSize("--max-line", arguments.max_line, &options.max_line),
        SetClock(arguments, engine, &options),
        SetBound("--earliest", arguments.earliest, engine, &options.earliest),
        SetBound("--latest", arguments.latest, engine, &options.latest),
        SetOrder(arguments, &options), CheckFormat(arguments)}) {
    if (problem) return *problem;
  }
  options.sourcetype = arguments.sourcetype;
  options.time_field = arguments.time_field;
  options.time_format = arguments.time_format;
  options.format = arguments.input_format;
  options.line_breaker = arguments.line_breaker;
  options.break_only_before = arguments.break_only_before;
  options.geo_database = arguments.geo_database;
  options.follow = arguments.follow;
  options.strict = arguments.strict;
  options.disabled_passes = arguments.disabled_passes;
  return options;
}

}  // namespace spelk::cli
