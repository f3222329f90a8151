// Telling where the rows of single events go.
#include "cli/why_command.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <vector>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/words.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

// An event, and the input that it came from.
struct Event {
  std::string text;
  std::string source;
};

bool IsEvent(const std::string& word) {
  const size_t begin = word.find_first_not_of(" \t\r\n");
  return begin != std::string::npos && word[begin] == '{';
}

std::string ShortOf(const std::string& text) {
  size_t end = std::min<size_t>(text.size(), 100);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end);
}

// Nothing went wrong, or it was said and has this exit code.
class Explainer {
 public:
  Explainer(const WhyArguments& arguments, const Engine& engine, const RunOptions& options)
      : arguments_(arguments), engine_(engine), options_(options) {}

  int Explain(const QueryText& text) {
    const Result<Query> query = engine_.Compile(text.text, {.name = text.name});
    if (!query.ok()) return Fail(query.error(), true);
    ReportWarnings(*query);
    if (query->generates() && text.inputs.empty()) return ExplainInput(*query, Input(), "");
    if (text.inputs.empty()) {
      return Fail(Error(ErrorKind::kQuery,
                        "no event: give one as JSON, or files with --filter; example: spelk why "
                        "'EventID=1 | where Image=\"x\"' '{\"EventID\":1}'"));
    }
    const Result<size_t> most = Most();
    if (!most.ok()) return Fail(most.error());
    most_ = *most;
    for (const std::string& word : text.inputs) {
      const int code = IsEvent(word)               ? ExplainEvent(*query, {word, "event"})
                       : arguments_.filter.empty() ? ExplainFile(*query, word)
                                                   : ExplainMatches(*query, word);
      if (code != kDone) return code;
    }
    return kDone;
  }

 private:
  Result<size_t> Most() const {
    size_t most = 3;
    if (arguments_.most.empty()) return most;
    const std::string& text = arguments_.most;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), most);
    if (error == std::errc() && end == text.data() + text.size() && most > 0) return most;
    return BadOption("--most", text, "a number of events from 1");
  }

  int ExplainInput(const Query& query, const Input& input, const std::string& title) const {
    const Result<Why> why = query.WhyNot(input, options_);
    if (!why.ok()) return Fail(why.error());
    if (arguments_.format == "json") {
      Print(why->Json() + "\n");
      return kDone;
    }
    std::string out = title;
    if (why->sample) {
      out += fmt::format("of the first {} of the input, {} events:\n",
                         ReadableBytes(static_cast<double>(why->bytes)), WithCommas(why->events));
    }
    out += why->Render();
    Print(IsTerminal(STDOUT_FILENO) ? ForTerminal(out) : out);
    return kDone;
  }

  int ExplainEvent(const Query& query, const Event& event) const {
    const std::string title =
        arguments_.filter.empty() && event.source == "event"
            ? ""
            : fmt::format("{}: {}\n", Printable(event.source), Printable(ShortOf(event.text)));
    simdjson::dom::parser parser;
    const bool typed = event.source == "event";
    // Several of them in one word are read as a file is.
    if (typed && event.text.find('\n') == std::string::npos &&
        parser.parse(simdjson::padded_string(event.text)).error() != simdjson::SUCCESS) {
      return Fail(Error(ErrorKind::kInput, fmt::format("the event is broken JSON: {}",
                                                       Printable(ShortOf(event.text)))));
    }
    return ExplainInput(query, Memory(event.text, event.source), title);
  }

  // All events of the file together.
  int ExplainFile(const Query& query, const std::string& path) const {
    const int code = ExplainInput(query, File(path), "");
    if (code != kDone) return code;
    // Lines that are no events are none that could be found.
    const Result<Summary> read = query.Run(File(path), options_, nullptr);
    if (read.ok() && read->malformed > 0) ReportWarnings(*read);
    return code;
  }

  int ExplainMatches(const Query& query, const std::string& path) const {
    const Result<Query> filter = engine_.Compile(arguments_.filter, {.name = "<filter>"});
    if (!filter.ok()) return Fail(filter.error(), true);
    std::vector<Event> events;
    const Result<Summary> done = filter->Run(File(path), options_, [&](const RowBatch& rows) {
      for (size_t r = 0; r < rows.rows() && events.size() < most_; ++r) {
        events.push_back({"", path});
        rows.AppendJson(r, events.back().text);
      }
      return events.size() < most_ ? Flow::kMore : Flow::kEnough;
    });
    if (!done.ok()) return Fail(done.error());
    if (events.empty()) {
      return Fail(Error(ErrorKind::kInput,
                        fmt::format("{}: no event is found by --filter", Printable(path))));
    }
    for (const Event& event : events) {
      if (const int code = ExplainEvent(query, event); code != kDone) return code;
    }
    return kDone;
  }

  const WhyArguments& arguments_;
  const Engine& engine_;
  const RunOptions& options_;
  size_t most_ = 3;
};

}  // namespace

void AddWhyOptions(CLI::App& command, WhyArguments& why) {
  AddSearchOptions(command, why.search);
  command.add_option("--filter", why.filter, "Of files: a search for the events to be looked at")
      ->type_name("SEARCH");
  command.add_option("--most", why.most, "How many of them, 3 by default")->type_name("N");
  command.add_option("-o,--format", why.format, ListOfChoices("why --format"))
      ->type_name("FORMAT")
      ->capture_default_str();
}

int WhyNot(const WhyArguments& arguments) {
  if (!IsChoice("why --format", arguments.format)) {
    return Fail(BadOption("--format", arguments.format, ListOfChoices("why --format")));
  }
  const Result<QueryText> text = ReadQuery(arguments.search);
  if (!text.ok()) return Fail(text.error());
  const Engine engine(MakeEngineOptions(arguments.search));
  Result<RunOptions> options = MakeRunOptions(arguments.search, engine);
  if (!options.ok()) return Fail(options.error());
  options->threads = 1;
  return Explainer(arguments, engine, *options).Explain(*text);
}

}  // namespace spelk::cli
