// spelk/engine.h: compile and run SPL over event feeds. Standard library only.
//
// clang-format off
//   #include <spelk/engine.h>
//   #include <cstdio>
//
//   int main() {
//     spelk::Engine engine;
//     spelk::Result<spelk::Query> query = engine.Compile("EventID=4625 | stats count by TargetUserName");
//     if (!query.ok()) return std::fputs(query.error().Render().c_str(), stderr), 2;
//     spelk::Result<spelk::Summary> done =
//         query->Run(spelk::File("events.ndjson"), [](const spelk::RowBatch& rows) {
//           for (size_t row = 0; row < rows.rows(); ++row) {
//             std::string line;
//             rows.AppendJson(row, line);
//             std::puts(line.c_str());
//           }
//           return spelk::Flow::kMore;
//         });
//     if (!done.ok()) return std::fputs(done.error().Render().c_str(), stderr), 3;
//     return 0;
//   }
// clang-format on
//
// No exception leaves the library, and callbacks must not throw. The library reads no clock,
// environment or terminal and makes no thread unless the options ask for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/result.h"
#include "spelk/rows.h"
#include "spelk/syntax.h"
#include "spelk/why.h"

namespace spelk {

class Sink;  // spelk/write.h
struct TestHooks;
struct Summary;
struct WriteOptions;

// ---------------------------------------------------------------- input

// Where events come from: NDJSON text, gzip or zstd of it. Made by the functions below; movable and
// copyable.
class Input {
 public:
  struct Impl;
  Input();  // No input: for searches that generate their rows.
  explicit Input(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  const Impl* impl() const { return impl_.get(); }

 private:
  std::shared_ptr<const Impl> impl_;
};
// A file, directory or glob; "-" is standard input; "INDEX:PATH" sets the events' index.
Input File(std::string path);
Input Files(std::vector<std::string> paths);
// Events in memory, one JSON object a line. `text` must outlive the run; `source` is their source
// field.
Input Memory(std::string_view text, std::string source = "memory");
// Fills the buffer and returns how many bytes; 0 ends the input. Called by one thread at a time. An
// empty function is no input.
Input Callback(std::function<size_t(char* buffer, size_t size)> read,
               std::string source = "callback");

// ---------------------------------------------------------------- options

enum class EventOrder : uint8_t {
  kAuto,   // Newest first where a command needs an order; standard input that is a pipe: as it
           // comes.
  kTime,   // Newest first, even where nothing depends on it.
  kInput,  // As events come.
};

// Stops a run from another thread or a signal handler. Must outlive the run.
class Cancel {
 public:
  Cancel();
  ~Cancel();
  // No more input is read; what was read is finished, and Summary::input_ended is set.
  void EndInput();
  // Everything stops; the run fails with ErrorKind::kCancelled.
  void Stop();
  // One of the two was asked for.
  bool input_ended() const;
  // Nothing was read yet, or reading goes on. False: what was read is being finished, which
  // EndInput() no longer makes shorter. May be called by a signal handler.
  bool before_end_of_input() const;
  struct Impl;
  Impl* impl() const { return impl_.get(); }

 private:
  std::unique_ptr<Impl> impl_;
};

struct Progress {
  uint64_t bytes_read = 0;   // Of the inputs as they lie on disk.
  uint64_t bytes_total = 0;  // 0 if unknown.
};

struct RunOptions {
  size_t threads = 1;                    // 1 creates no thread.
  size_t memory = size_t{1} << 30U;      // Budget in bytes; sort and group-by spill beyond it.
  std::string spill_directory = "/tmp";  // Spill files have no name there.
  // The instant that now() and relative times see, in seconds since the epoch. Without one it is
  // the time of the newest event.
  std::optional<double> now;
  // The time range of the search and its subsearches: epoch seconds, ISO 8601, or relative to now
  // (-2h@h); empty: open.
  std::string earliest;
  std::string latest;
  EventOrder order = EventOrder::kAuto;
  std::string sourcetype;   // Of events that have none.
  std::string time_field;   // The member that holds the time, instead of the usual ones.
  std::string time_format;  // How it is written (strptime); empty: the usual forms.
  // How the inputs are written: auto (as their first bytes tell), ndjson, json, csv, tsv, text, xml
  // (Windows events) or evtx.
  std::string format = "auto";
  // Text: what stands between events, by the first group of this regular expression or by all of
  // it; and which lines begin one. Empty: each line is an event. At most one of them.
  std::string line_breaker;
  std::string break_only_before;
  std::string geo_database;  // Of addresses, in MaxMind's format, for iplocation; empty: none.
  // Plain files have no end: more is waited for, until Cancel::EndInput. Events come in the order
  // in which they are found.
  bool follow = false;
  bool strict = false;  // A broken line ends the run; every line is looked at in full.
  size_t max_line = size_t{128} << 20U;  // Longer lines are no events.
  uint64_t seed = 0;
  // Fill in Summary::lines, and count for Summary::matched what the base search keeps even where a
  // later condition was joined with it, which then helps no longer to skip lines.
  bool count_lines = false;
  // Of RunTogether: no search sees the lookup tables that another one writes, so that all run in
  // one pass.
  bool independent = false;
  Cancel* cancel = nullptr;
  Summary* summary = nullptr;  // Filled in whether the run fails or not.
  // Seconds of a clock that only goes on, for Summary::seconds; empty: they are not measured.
  // Called by all workers.
  std::function<double()> clock;
  std::function<void(const Progress&)> progress;  // Called now and then by the thread that runs.
  // For tests and measurements; the answer does not depend on these.
  size_t block_size = size_t{1} << 20U;
  size_t batch_rows = 2048;
  std::vector<std::string>
      disabled_passes;         // Optimizer passes to leave out; Engine::Passes() names them.
  bool reload_states = false;  // Every partial state goes through its binary form.
  // Instead of threads: piece i of the input goes to state i modulo this, and the states are merged
  // in an order drawn from `seed`. 0: not so.
  size_t deal_states = 0;
  // Counts the rows of each stage and what each part of an expression gave (Summary::stages).
  bool count = false;
  // Likewise, and measures the time and the bytes of each stage.
  bool measure = false;
  // Of a search that gave no rows, or counted none: look at some of its events once more and say
  // why, in Summary::no_rows. Not where the search writes lookup tables, or was cut short.
  bool why_no_rows = false;
  // Asked before each reservation of memory, from any thread; false refuses it.
  std::function<bool(size_t bytes)> may_reserve;
  const TestHooks* hooks = nullptr;  // Of the library's own tests.
};

// A line of input that was no event, or not in full.
struct InputFault {
  std::string source;
  uint64_t line = 0;    // From 1; 0 if it could not be told.
  uint64_t offset = 0;  // In bytes, of the decompressed input.
  std::string reason;
};

// How many rows a stage gave, with RunOptions::count. A node is a command, or a part of one.
struct StageCount {
  uint32_t id = 0;
  std::string name;     // The command, or what the planner calls a node of its own.
  std::string details;  // Its arguments, as `explain` prints them.
  size_t offset = 0;    // Its place in the query, in bytes; no place has no length.
  size_t length = 0;
  uint64_t rows = 0;
  // With RunOptions::measure: of the values of these rows; of all threads, what comes after it left
  // out. Reading the input is the time of the scan.
  uint64_t bytes = 0;
  double seconds = 0;
};

// What a part of an expression gave, with RunOptions::count.
struct ExpressionCount {
  uint32_t id = 0;
  uint32_t stage = 0;  // The StageCount::id that it belongs to.
  std::string text;
  size_t offset = 0;
  size_t length = 0;
  uint64_t rows = 0;      // For how many rows it was computed.
  uint64_t is_true = 0;   // For how many of them it was true …
  uint64_t is_false = 0;  // … and false. The others gave a value, or null.
};

// Which rows of a lookup table were found, with RunOptions::count.
struct LookupCount {
  std::string name;       // As searches call it.
  uint64_t rows = 0;      // Of the table.
  uint64_t matching = 0;  // That were found.
  struct Row {
    std::string text;  // "user=ana, role=admin"
    bool found = false;
  };
  std::vector<Row> each;  // All rows of a small table, in its order; of a large one none.
};

// How a run went.
struct Summary {
  uint64_t rows = 0;  // Of the result.
  // Events that the base search kept. Where a later condition was joined with it, those that this
  // kept, too, unless RunOptions::count_lines asks for the exact number.
  uint64_t matched = 0;
  uint64_t looked_at = 0;    // Lines that were parsed; the others were skipped by the prefilter.
  uint64_t lines = 0;        // That are not blank, with RunOptions::count_lines.
  uint64_t malformed = 0;    // Of the lines looked at.
  uint64_t bytes = 0;        // Read, after decompression.
  uint64_t peak_memory = 0;  // Of what is reserved.
  bool input_ended = false;  // By Cancel::EndInput.
  // With RunOptions::clock: of work on the query's own rows, by all workers together: what comes
  // after reading and parsing, which serve all queries of a run.
  double seconds = 0;
  std::optional<Error> error;      // Of RunTogether: why this query failed; the others ran.
  std::vector<StageCount> stages;  // With RunOptions::count: sources first.
  std::vector<ExpressionCount> expressions;
  // Likewise of what ran within it: subsearches, rows of append and join, bodies of appendpipe and
  // foreach. Their ids are not unique.
  std::vector<StageCount> inner_stages;
  std::vector<ExpressionCount> inner_expressions;
  std::vector<LookupCount> lookups;   // By name.
  std::optional<Why> no_rows;         // With RunOptions::why_no_rows, of a search without rows.
  std::vector<InputFault> faults;     // The first few.
  std::vector<ErrorDetail> warnings;  // What differs from Splunk, limits that cut: each once.
};

// ---------------------------------------------------------------- queries

// Rows one batch at a time, for callers that pull. With RunOptions::threads = 1 the search goes on
// within Next(), on the caller's thread; with more, a thread of its own runs it ahead of the
// caller.
class Cursor {
 public:
  struct Impl;
  explicit Cursor(std::unique_ptr<Impl> impl);
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) noexcept;
  ~Cursor();  // Stops the run if it goes on.
  // The next rows, valid until the next call; nothing at the end. An error stays one.
  Result<std::optional<RowBatch>> Next();
  // After the end; before it, and after an error, all is 0.
  const Summary& summary() const;

 private:
  std::unique_ptr<Impl> impl_;
};

enum class Stage : uint8_t { kTokens, kAst, kPlan, kOptimized, kPipeline };

// A compiled search. Immutable; copies share it; safe to use from several threads at once, each run
// on its own.
class Query {
 public:
  struct Impl;
  explicit Query(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // A move copies, so that every query can run.
  Query(const Query&) = default;
  Query& operator=(const Query&) = default;
  ~Query() = default;

  using TakeRows = std::function<Flow(const RowBatch& rows)>;
  // Runs the search and hands its rows to `take`, in order, from one thread at a time. Without a
  // function the rows are only counted.
  Result<Summary> Run(const Input& input, const TakeRows& take) const;
  Result<Summary> Run(const Input& input, const RunOptions& options, const TakeRows& take) const;
  Result<Cursor> Open(const Input& input, const RunOptions& options) const;
  // Runs the search and writes its rows in a format; see spelk/write.h.
  Result<Summary> Write(const Input& input, const RunOptions& options, const WriteOptions& write,
                        Sink& sink) const;

  // Where the rows of a few events go, stage by stage, and what each part of the condition gave
  // that dropped the last of them. Errors of kind kUnsupported: the search writes lookup tables.
  Result<Why> WhyNot(const Input& input, const RunOptions& options) const;

  // True if the search makes its own rows and reads no input.
  bool generates() const;
  // The lookup tables that the search writes, as it calls them.
  std::vector<std::string> writes() const;
  // What the compiler found worth saying.
  const std::vector<ErrorDetail>& warnings() const;
  // One stage as text, for people. kOptimized and kPipeline are what would run over `input`.
  Result<std::string> Explain(Stage stage) const;
  Result<std::string> Explain(Stage stage, const Input& input, const RunOptions& options) const;
  // The plan in its binary form, and back (Engine::LoadPlan).
  std::string SavePlan() const;

  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// Several searches in one pass over the input; `take` is told which query the rows belong to. A
// search that writes lookup tables runs before those that come after it, which read them.
Result<std::vector<Summary>> RunTogether(
    const std::vector<Query>& queries, const Input& input, const RunOptions& options,
    const std::function<Flow(size_t query, const RowBatch& rows)>& take);

// ---------------------------------------------------------------- engine

// A stanza of a .conf file that lies in no app folder; those of packs are made so.
struct ConfStanza {
  std::string conf;  // "macros.conf", "transforms.conf" …
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;
  std::string file;  // Where it was written, for messages.
  size_t line = 1;
};

// What Splunk's limits are: how many rows, values and the like there are before some are left out,
// which a warning says. Engine::Limits() lists them.
struct LimitOptions {
  // "splunk": as Splunk sets them, and then the limits.conf of the apps; "none": all are lifted.
  std::string base = "splunk";
  // On top of that: "join.subsearch_maxout=100"; 0 or none lifts one.
  std::vector<std::string> set = {};
};

struct EngineOptions {
  std::vector<std::string> apps;  // Splunk app folders; later ones override earlier ones.
  bool builtin =
      true;  // spelk's own knowledge: Windows events under the names of Splunk's add-ons.
  std::string time_zone = "UTC";  // For times without a zone and for calendar functions.
  // Lookup tables beside those of the apps: NAME=FILE, a CSV file, or a folder of them.
  std::vector<std::string> lookups = {};
  // The one folder where searches may write (outputlookup, outputcsv), and read what they wrote.
  // Empty: what they write stays in memory, for the searches of the same run.
  std::string write_folder = {};
  // Macros beside those of the apps, which they override: "name=definition", "name(a, b)=…".
  std::vector<std::string> macros = {};
  // Lookup tables that are not there count as empty, with a warning; otherwise they are an error,
  // as in Splunk.
  bool empty_tables = false;
  // Stanzas before those of the apps, which override them.
  std::vector<ConfStanza> stanzas = {};
  LimitOptions limits = {};
};

// One of the limits, by the stanza and name of limits.conf.
struct LimitInfo {
  std::string name;                 // "join.subsearch_maxout"
  std::optional<uint64_t> initial;  // As Splunk sets it; nothing: no limit.
  std::optional<uint64_t> value;    // As it is here.
  std::string cuts;                 // What is cut, for people.
  std::string page;                 // Where Splunk documents it.
};

// What an engine read of its app folders.
struct AppReport {
  struct File {
    std::string app;     // The folder, as given; "builtin" for spelk's own.
    std::string file;    // "default/props.conf"
    bool read = false;   // False for kinds of files that mean nothing here.
    size_t stanzas = 0;  // Of a .conf file.
    bool builtin = false;
  };
  std::vector<File> files;            // In the order in which they are laid over each other.
  std::vector<std::string> problems;  // What could not be read, with file and line.
};

struct CompileOptions {
  std::string name = "<query>";  // Of the text, for messages.
  bool parse_only =
      false;  // Macros are not expanded, nothing is bound; such a query explains, but does not run.
  // Lookup tables that searches before it in the same run write (Query::writes()).
  std::vector<std::string> tables = {};
  // The time range of the search and its subsearches where they ask for none themselves, as
  // relative times or epoch seconds: what a schedule gives them.
  std::string earliest = {};
  std::string latest = {};
};

// Everything that queries share. Safe to share between threads. Problems with the options (an app
// folder that is not there) are reported by Compile.
class Engine {
 public:
  explicit Engine(EngineOptions options = {});
  ~Engine();
  // The engine that was moved from stays as it was.
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  Result<Query> Compile(std::string_view text, const CompileOptions& options = {}) const;
  // The tokens and the tree of a text, with its syntax errors. Never fails.
  Parsed Parse(std::string_view text, std::string name = "<query>") const;
  // The search with its macros put in; the errors of Compile about these.
  Result<ExpandedSearch> Expand(std::string_view text, std::string name = "<query>") const;
  Result<Query> LoadPlan(std::string_view bytes) const;
  // The text of `spelk help NAME`, for a command, function, statistic, topic, limit or code of a
  // message; without a name the overview.
  Result<std::string> Help(std::string_view name = {}) const;
  // An instant in seconds since the epoch: written as epoch seconds, as ISO 8601 in the engine's
  // zone, or as a time modifier that counts from `now`. Nothing if the text is none of these.
  std::optional<double> ParseTime(std::string_view text, double now) const;
  // The limits of searches, by name.
  std::vector<LimitInfo> Limits() const;
  // What was read of the app folders, and what could not be. An error if the options are wrong.
  Result<AppReport> Apps() const;
  // The optimizer passes that can be switched off, with what they do.
  std::vector<std::pair<std::string, std::string>> Passes() const;
  // Names that complete a prefix: commands, functions, statistics.
  std::vector<std::string> Complete(std::string_view prefix) const;
  // Likewise, and topics and codes of messages: what Help explains.
  std::vector<std::string> CompleteHelp(std::string_view prefix) const;
  // What of Splunk's language runs here, as Markdown: every option of every command, every function
  // and statistic.
  std::string SupportMatrix() const;

  struct Impl;
  const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// "0.1.0"
std::string_view Version();

}  // namespace spelk
