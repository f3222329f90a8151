// Two searches, or two packs, over the same events: in one pass if both share their knowledge.
#include "cli/diff_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "cli/choices.h"
#include "cli/diff_report.h"
#include "cli/exit_codes.h"
#include "cli/packs.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/reports.h"
#include "cli/row_diff.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "spelk/pack.h"
#include "spelk/text.h"
#include "spelk/write.h"

namespace spelk::cli {
namespace {

// One side: a search as it is typed, a file, a folder.
struct Side {
  Pack pack;
  bool folder = false;
  bool single() const { return !folder && pack.analytics.size() == 1; }
};

Result<Side> ReadSide(const std::string& word, std::string_view name) {
  Side side;
  std::error_code error;
  if (LooksLikePack(word)) {
    Result<Pack> pack = ReadPack(word);
    if (!pack.ok()) return pack.error();
    side.pack = *std::move(pack);
    side.folder = std::filesystem::is_directory(word, error);
    return side;
  }
  if (std::filesystem::exists(word, error)) {
    return BadCall(
        fmt::format("{} is a file without a search; the two searches come first, then the inputs",
                    Printable(word)));
  }
  if (const std::string missing = MissingFile({word}); !missing.empty()) return BadCall(missing);
  Analytic analytic;
  analytic.name = analytic.id = name;
  analytic.file = fmt::format("<{}>", name);
  analytic.search = word;
  side.pack.path = analytic.file;
  side.pack.kind = PackKind::kFile;
  side.pack.analytics.push_back(std::move(analytic));
  return side;
}

bool SameKnowledge(const Pack& a, const Pack& b) {
  return a.apps == b.apps && a.lookups == b.lookups &&
         std::equal(a.stanzas.begin(), a.stanzas.end(), b.stanzas.begin(), b.stanzas.end(),
                    [](const ConfStanza& x, const ConfStanza& y) {
                      return x.conf == y.conf && x.name == y.name && x.settings == y.settings;
                    });
}

// Two searches that belong together; null for one that is not there.
struct Match {
  const Analytic* a = nullptr;
  const Analytic* b = nullptr;
};

// By id, then by name.
std::vector<Match> MatchAll(const Side& a, const Side& b, const std::string& wanted) {
  std::vector<Match> matches;
  if (a.single() && b.single()) {
    matches.push_back({&a.pack.analytics.front(), &b.pack.analytics.front()});
    return matches;
  }
  std::map<std::string, std::vector<const Analytic*>, std::less<>> ids, names;
  for (const Analytic& analytic : b.pack.analytics) {
    ids[analytic.id].push_back(&analytic);
    names[analytic.name].push_back(&analytic);
  }
  std::map<const Analytic*, bool> taken;
  const auto take = [&taken](auto& known, const std::string& key) -> const Analytic* {
    const auto found = known.find(key);
    if (found == known.end()) return nullptr;
    for (const Analytic* analytic : found->second) {
      if (taken.emplace(analytic, true).second) return analytic;
    }
    return nullptr;
  };
  for (const Analytic& analytic : a.pack.analytics) {
    matches.push_back({&analytic, take(ids, analytic.id)});
  }
  for (Match& match : matches) {
    if (match.b == nullptr) match.b = take(names, match.a->name);
  }
  for (const Analytic& analytic : b.pack.analytics) {
    if (taken.count(&analytic) == 0) matches.push_back({nullptr, &analytic});
  }
  std::erase_if(matches, [&wanted](const Match& match) {
    const auto chosen = [&](const Analytic* each) {
      return each != nullptr && Matches(*each, wanted);
    };
    return !wanted.empty() && !chosen(match.a) && !chosen(match.b);
  });
  return matches;
}

// A search of one side, its rows, or why there are none.
struct Half {
  const Analytic* analytic = nullptr;
  std::optional<Query> query;
  std::optional<Error> error;
  std::unique_ptr<RowList> rows;
};

class DiffRun {
 public:
  DiffRun(const DiffArguments& arguments, const std::vector<Match>& matches)
      : arguments_(arguments), matches_(matches), halves_(2 * matches.size()) {
    for (size_t i = 0; i < matches.size(); ++i) {
      halves_[2 * i].analytic = matches[i].a;
      halves_[2 * i + 1].analytic = matches[i].b;
    }
  }

  void Compile(const Engine& engine_a, const Engine& engine_b) {
    for (size_t i = 0; i < halves_.size(); ++i) {
      Half& half = halves_[i];
      const Match& match = matches_[i / 2];
      if (match.a == nullptr || match.b == nullptr) continue;
      if (!half.analytic->problem.empty()) {
        half.error = BadCall(half.analytic->problem);
        continue;
      }
      const Engine& engine = i % 2 == 0 ? engine_a : engine_b;
      const Result<Query> query =
          engine.Compile(half.analytic->search, {.name = half.analytic->file});
      if (query.ok()) {
        half.query = *query;
        half.rows = std::make_unique<RowList>(arguments_.ignored);
      } else {
        half.error = query.error();
      }
    }
  }

  bool needs_input() const {
    return std::any_of(halves_.begin(), halves_.end(),
                       [](const Half& half) { return half.query && !half.query->generates(); });
  }

  // Of one side, or of both together.
  std::optional<Error> Run(std::optional<size_t> side, const Input& input, RunOptions options) {
    std::vector<Query> queries;
    std::vector<Half*> of_query;
    for (size_t i = 0; i < halves_.size(); ++i) {
      if (!halves_[i].query || (side && i % 2 != *side)) continue;
      queries.push_back(*halves_[i].query);
      of_query.push_back(&halves_[i]);
    }
    if (queries.empty()) return std::nullopt;
    options.independent = true;
    const size_t most = options.memory / 2;
    std::string line;
    const Result<std::vector<Summary>> done =
        RunTogether(queries, input, options, [&](size_t query, const RowBatch& rows) {
          RowList& list = *of_query[query]->rows;
          for (size_t row = 0; row < rows.rows() && bytes_ <= most; ++row) {
            line.clear();
            rows.AppendJson(row, line);
            const size_t before = list.bytes();
            list.Add(line);
            bytes_ += list.bytes() - before;
          }
          return bytes_ > most ? Flow::kEnough : Flow::kMore;
        });
    if (!done.ok()) return done.error();
    if (bytes_ > most) {
      return Error(ErrorKind::kLimit,
                   fmt::format("the rows of the searches take more than {}, half of the memory; "
                               "compare fewer rows (stats, head, --match), or raise --memory",
                               ReadableBytes(static_cast<double>(most))));
    }
    for (size_t q = 0; q < done->size(); ++q) of_query[q]->error = (*done)[q].error;
    if (!done->empty()) ReportWarnings(done->front());
    return std::nullopt;
  }

  std::vector<DiffedSearch> Compare() {
    std::vector<DiffedSearch> all;
    for (size_t i = 0; i < matches_.size(); ++i) all.push_back(CompareOne(i));
    return all;
  }
  // Why one of the two does not run.
  const std::optional<Error>& error(size_t half) const { return halves_[half].error; }

 private:
  DiffedSearch CompareOne(size_t i) {
    const Match& match = matches_[i];
    const Half& a = halves_[2 * i];
    const Half& b = halves_[2 * i + 1];
    const Analytic& named = match.a == nullptr ? *match.b : *match.a;
    DiffedSearch search;
    search.name = named.name;
    search.id = named.id;
    if (match.a == nullptr || match.b == nullptr) {
      search.outcome =
          match.b == nullptr ? DiffedSearch::Outcome::kOnlyA : DiffedSearch::Outcome::kOnlyB;
      return search;
    }
    if (a.error || b.error) {
      const bool both = a.error && b.error && a.analytic->search == b.analytic->search &&
                        a.error->message() == b.error->message();
      if (!both) search.outcome = DiffedSearch::Outcome::kFails;
      search.message = fmt::format("{}: {}",
                                   both      ? "both"
                                   : a.error ? "A"
                                             : "B",
                                   (a.error ? a : b).error->message());
      return search;
    }
    search.rows =
        std::make_unique<ResultDiff>(*a.rows, *b.rows, arguments_.ordered, arguments_.keys);
    if (search.rows->any()) search.outcome = DiffedSearch::Outcome::kDiffers;
    return search;
  }

  const DiffArguments& arguments_;
  const std::vector<Match>& matches_;
  std::vector<Half> halves_;
  size_t bytes_ = 0;
};

Result<DiffLayout> LayoutOf(const DiffArguments& arguments) {
  const bool standard = arguments.output.empty() || arguments.output == "-";
  const bool terminal = standard && IsTerminal(STDOUT_FILENO);
  DiffLayout layout;
  layout.format = arguments.format.empty() ? "table" : arguments.format;
  if (!IsChoice("diff --format", layout.format)) {
    return BadOption("-o", arguments.format, ListOfChoices("diff --format"));
  }
  if (!IsChoice("--color", arguments.colour)) {
    return BadOption("--color", arguments.colour, ListOfChoices("--color"));
  }
  constexpr size_t kWidth = 160;
  constexpr size_t kOnTerminal = 40;
  layout.width = terminal ? TerminalWidth(STDOUT_FILENO) : kWidth;
  layout.most_rows = terminal ? kOnTerminal : 0;
  layout.colour = arguments.colour == "always" ||
                  (arguments.colour == "auto" && standard && WantsColour(STDOUT_FILENO));
  const std::string& rows = arguments.rows;
  if (rows.empty()) return layout;
  const auto [end, error] =
      std::from_chars(rows.data(), rows.data() + rows.size(), layout.most_rows);
  if (error == std::errc() && end == rows.data() + rows.size()) return layout;
  return BadOption("--rows", rows, "a number of rows, 0 for all");
}

std::string TotalOfDiff(const std::vector<DiffedSearch>& searches) {
  const auto count = [&searches](DiffedSearch::Outcome outcome) {
    return std::count_if(searches.begin(), searches.end(),
                         [outcome](const auto& each) { return each.outcome == outcome; });
  };
  using Outcome = DiffedSearch::Outcome;
  return fmt::format("{} search{}: {} the same, {} differ, {} only in A, {} only in B, {} fail\n",
                     searches.size(), searches.size() == 1 ? "" : "es", count(Outcome::kSame),
                     count(Outcome::kDiffers), count(Outcome::kOnlyA), count(Outcome::kOnlyB),
                     count(Outcome::kFails));
}

// Searches and inputs with what they need to run.
Result<Input> DiffInput(const DiffArguments& arguments, bool needed, size_t passes) {
  const std::vector<std::string>& words = arguments.search.positional;
  const std::vector<std::string> inputs(words.begin() + 2, words.end());
  const bool piped = inputs.empty() || std::find(inputs.begin(), inputs.end(), "-") != inputs.end();
  if (!needed && inputs.empty()) return Input();
  if (inputs.empty() && IsTerminal(STDIN_FILENO)) {
    return BadCall(
        "no input: name files after the two searches, or pipe events in; example: spelk diff "
        "old.spl new.spl events.ndjson");
  }
  if (piped && passes > 1) {
    return BadCall(
        "the two packs bring different knowledge, so the input is read twice: name files, not "
        "standard input");
  }
  return inputs.empty() ? File("-") : Files(inputs);
}

int CodeOfDiff(const std::vector<DiffedSearch>& searches) {
  return std::all_of(searches.begin(), searches.end(),
                     [](const DiffedSearch& search) {
                       return search.outcome == DiffedSearch::Outcome::kSame;
                     })
             ? kDone
             : kAnswerIsNo;
}

}  // namespace

void AddDiffOptions(CLI::App& command, DiffArguments& diff) {
  command
      .add_option("words", diff.search.positional,
                  "Two searches, .spl files or packs, then inputs: files, directories, globs, -")
      ->type_name("");
  AddInputOptions(command, diff.search);
  command.add_option("-o,--format", diff.format, ListOfChoices("diff --format"))
      ->type_name("FORMAT");
  command
      .add_option("-O,--output", diff.output, "Write to a file, which appears when it is complete")
      ->type_name("FILE");
  command.add_option("--color", diff.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
  command
      .add_option("--rows", diff.rows,
                  "Rows that a table shows, the others are counted; 0 for all, by default 40 on a "
                  "terminal")
      ->type_name("N");
  command
      .add_option("--ignore", diff.ignored,
                  "A field that does not count (* for anything); may be given several times")
      ->type_name("FIELD")
      ->take_all()
      ->allow_extra_args(false);
  command
      .add_option("--key", diff.keys,
                  "Rows with the same value of this field belong together; may be given several "
                  "times")
      ->type_name("FIELD")
      ->take_all()
      ->allow_extra_args(false);
  command.add_flag("--ordered", diff.ordered, "Rows must come in the same order, too");
  command
      .add_option("--match", diff.match,
                  "Of packs: only the analytics of this name (* for anything), id or technique; of "
                  "one alone the rows are shown")
      ->type_name("WHAT");
}

int Diff(const DiffArguments& arguments) {
  const std::vector<std::string>& words = arguments.search.positional;
  if (words.size() < 2) {
    return Fail(
        BadCall("two searches are needed; example: spelk diff old.spl new.spl events.ndjson"));
  }
  const Result<DiffLayout> layout = LayoutOf(arguments);
  if (!layout.ok()) return Fail(layout.error());
  const Result<Side> a = ReadSide(words[0], "A");
  if (!a.ok()) return Fail(a.error(), true);
  const Result<Side> b = ReadSide(words[1], "B");
  if (!b.ok()) return Fail(b.error(), true);
  if (a->single() != b->single()) {
    return Fail(BadCall("one search is compared with one search, a pack with a pack"));
  }
  const std::vector<Match> matches = MatchAll(*a, *b, arguments.match);
  if (matches.empty()) {
    return Fail(BadCall(fmt::format("--match: no analytic has the name, id or technique \"{}\"",
                                    Printable(arguments.match))));
  }
  const bool together = SameKnowledge(a->pack, b->pack);
  EngineOptions options_a = MakeEngineOptions(arguments.search);
  EngineOptions options_b = options_a;
  // A search alone brings nothing, and tables that it names must be there.
  if (!a->single()) AddPack(a->pack, &options_a);
  if (!b->single()) AddPack(b->pack, &options_b);
  const Engine engine_a(options_a);
  std::optional<Engine> other;
  if (!together) other.emplace(options_b);
  // The searches see what was recorded at some time.
  SearchArguments search = arguments.search;
  if (search.now.empty()) search.now = "data";
  Result<RunOptions> options = MakeRunOptions(search, engine_a);
  if (!options.ok()) return Fail(options.error());

  DiffRun run(arguments, matches);
  run.Compile(engine_a, other ? *other : engine_a);
  const bool one = matches.size() == 1 && matches[0].a != nullptr && matches[0].b != nullptr;
  for (size_t half = 0; one && half < 2; ++half) {
    if (run.error(half)) return Fail(*run.error(half), true);
  }
  const Result<Input> input = DiffInput(arguments, run.needs_input(), together ? 1 : 2);
  if (!input.ok()) return Fail(input.error());
  ProgressLine progress(IsTerminal(STDERR_FILENO));
  Cancel cancel;
  const InterruptGuard guard(cancel, nullptr);
  options->cancel = &cancel;
  options->progress = [&progress](const Progress& at) { progress.Show(at); };
  std::optional<Error> error =
      run.Run(together ? std::nullopt : std::optional<size_t>(0), *input, *options);
  if (!error && !together) error = run.Run(1, *input, *options);
  progress.Clear();
  if (error) return Fail(*error);
  if (cancel.input_ended()) {
    Complain("interrupted: nothing was compared");
    return kInterrupted;
  }
  for (size_t half = 0; one && half < 2; ++half) {
    if (run.error(half)) return Fail(*run.error(half));
  }
  const std::vector<DiffedSearch> searches = run.Compare();
  const std::string text =
      one ? RenderRows(*searches[0].rows, *layout) : RenderSearches(searches, *layout);
  error = WriteReport(arguments.output, [&](Sink& sink) -> Result<Flow> {
    const Result<Flow> written = sink.Write(text);
    return written.ok() ? sink.Flush() : written;
  });
  if (error) return Fail(*error);
  ReportProblems(a->pack);
  ReportProblems(b->pack);
  Say(one ? TotalOf(*searches[0].rows) : TotalOfDiff(searches));
  return CodeOfDiff(searches);
}

}  // namespace spelk::cli
