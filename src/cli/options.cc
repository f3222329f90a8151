// From words to options.
#include "cli/options.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "base/status.h"
#include "cli/terminal.h"
#include "syntax/parse.h"
#include "value/number.h"
#include "value/relative_time.h"
#include "value/timestamp.h"

namespace spelk::cli {

absl::Status BadOption(std::string_view option, std::string_view value, std::string_view wanted) {
  return absl::InvalidArgumentError(
      fmt::format("{} does not take \"{}\"; it takes {}", option, value, wanted));
}

void AddSearchOptions(CLI::App& app, SearchArguments& a) {
  app.add_option("-f,--file", a.file, "Read the search from a file")->type_name("FILE.spl");
  app.add_option("words", a.positional,
                 "The search (unless -f gives it), then inputs: files, directories, globs, -")
      ->type_name("");
  app.add_option("--app", a.apps,
                 "A Splunk app folder: macros.conf, props.conf …; may be given several times")
      ->type_name("DIR")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--lookup", a.lookups,
                 "Lookup tables: NAME=FILE.csv, a file, or a folder of them; may be given several "
                 "times")
      ->type_name("[NAME=]PATH")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--allow-write", a.write_folder,
                 "Let outputlookup and outputcsv write files, inside this folder")
      ->type_name("DIR");
  app.add_flag("--no-builtin", a.no_builtin,
               "Without spelk's own knowledge of Windows events and other feeds");
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

namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const auto unreadable = [&path](int error) {
    return absl::InvalidArgumentError(
        fmt::format("cannot read the search from {}: {}", path, std::strerror(error)));
  };
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return unreadable(EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(errno);
  constexpr size_t kMost = SyntaxLimits().max_text + kByteOrderMark.size();
  std::string text(kMost + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return unreadable(EIO);
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMost) {
    return absl::InvalidArgumentError(
        fmt::format("cannot read the search from {}: it is longer than {} bytes", path,
                    SyntaxLimits().max_text));
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  // As editors and PowerShell on Windows may write it: UTF-16 has a zero in every second byte.
  if (text.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("cannot read the search from {}: it is not UTF-8", path));
  }
  return text;
}

}  // namespace

absl::StatusOr<QueryText> ReadQuery(const SearchArguments& arguments) {
  QueryText query;
  query.inputs = arguments.positional;
  if (arguments.file.empty()) {
    if (query.inputs.empty()) {
      return absl::InvalidArgumentError(
          "no search was given; example: spelk run 'EventID=1 | stats count by Image' "
          "events.ndjson");
    }
    query.name = "<query>";
    query.text = query.inputs.front();
    query.inputs.erase(query.inputs.begin());
    return query;
  }
  query.name = arguments.file;
  SPELK_ASSIGN_OR_RETURN(query.text, ReadFile(arguments.file));
  return query;
}

EngineOptions MakeEngineOptions(const SearchArguments& arguments) {
  EngineOptions options;
  options.apps = arguments.apps;
  options.builtin = !arguments.no_builtin;
  options.time_zone = arguments.zone;
  options.lookups = arguments.lookups;
  options.write_folder = arguments.write_folder;
  return options;
}

namespace {

absl::Status SetClock(const SearchArguments& arguments, RunOptions* options) {
  if (arguments.now == "data") return absl::OkStatus();
  if (arguments.now.empty()) {
    options->now = WallClock();
    return absl::OkStatus();
  }
  SPELK_ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(arguments.zone));
  if (const std::optional<Number> number = ParseNumber(arguments.now)) {
    options->now = number->value;
  } else if (const std::optional<Micros> micros = ParseTimestamp(arguments.now, zone)) {
    options->now = static_cast<double>(*micros) / kMicrosPerSecond;
  } else {
    return BadOption("--now", arguments.now, "epoch seconds, an ISO 8601 time, or data");
  }
  return absl::OkStatus();
}

// ISO times too; the search language knows only its own forms.
absl::Status SetBound(std::string_view option, const std::string& text, absl::TimeZone zone,
                      std::string* bound) {
  if (text.empty()) return absl::OkStatus();
  *bound = text;
  if (ParseTimeModifier(text, 0, zone)) return absl::OkStatus();
  const std::optional<Micros> micros = ParseTimestamp(text, zone);
  if (!micros)
    return BadOption(option, text,
                     "epoch seconds, an ISO 8601 time, now, or a relative time such as -2h@h");
  *bound = fmt::format("{:.6f}", static_cast<double>(*micros) / kMicrosPerSecond);
  return absl::OkStatus();
}

// A whole number from `least` to `most`; no text leaves it as it is.
template <class Number>
absl::Status SetNumber(std::string_view option, const std::string& text, Number least, Number most,
                       Number* number) {
  if (text.empty()) return absl::OkStatus();
  Number parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc() || end != text.data() + text.size() || parsed < least || parsed > most) {
    return BadOption(option, text, fmt::format("a number from {} to {}", least, most));
  }
  *number = parsed;
  return absl::OkStatus();
}

absl::Status SetSize(std::string_view option, const std::string& text, size_t* size) {
  if (text.empty()) return absl::OkStatus();
  const std::optional<size_t> parsed = ParseSize(text);
  if (!parsed || *parsed == 0) return BadOption(option, text, "a size such as 512MB");
  *size = *parsed;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunOptions> MakeRunOptions(const SearchArguments& arguments) {
  RunOptions options;
  options.threads = Cores();
  SPELK_RETURN_IF_ERROR(
      SetNumber<size_t>("--threads", arguments.threads, 1, 1024, &options.threads));
  SPELK_RETURN_IF_ERROR(
      SetNumber<uint64_t>("--seed", arguments.seed, 0, UINT64_MAX, &options.seed));
  options.memory = DefaultMemory();
  SPELK_RETURN_IF_ERROR(SetSize("--memory", arguments.memory, &options.memory));
  SPELK_RETURN_IF_ERROR(SetSize("--max-line", arguments.max_line, &options.max_line));
  options.spill_directory = TemporaryDirectory();
  SPELK_ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(arguments.zone));
  SPELK_RETURN_IF_ERROR(SetClock(arguments, &options));
  SPELK_RETURN_IF_ERROR(SetBound("--earliest", arguments.earliest, zone, &options.earliest));
  SPELK_RETURN_IF_ERROR(SetBound("--latest", arguments.latest, zone, &options.latest));
  if (arguments.order == "time") {
    options.order = EventOrder::kTime;
  } else if (arguments.order == "input") {
    options.order = EventOrder::kInput;
  } else if (arguments.order != "auto") {
    return BadOption("--order", arguments.order, "auto, time or input");
  }
  options.sourcetype = arguments.sourcetype;
  options.time_field = arguments.time_field;
  options.time_format = arguments.time_format;
  options.strict = arguments.strict;
  options.disabled_passes = arguments.disabled_passes;
  return options;
}

}  // namespace spelk::cli
