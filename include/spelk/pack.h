// spelk/pack.h: packs of published searches: read, checked, run in one pass, reported. Standard
// library only.
//
//   spelk::Result<spelk::Pack> pack = spelk::ReadPack("security_content");
//   if (!pack.ok()) return Fail(pack.error());
//   spelk::EngineOptions options;
//   spelk::AddPack(*pack, &options);
//   const spelk::Engine engine(options);
//   spelk::Result<spelk::PackReport> report =
//       spelk::RunPack(*pack, engine, spelk::File("events.ndjson"), {});
//   if (report.ok()) WritePackReport(*pack, *report, {.format = spelk::PackFormat::kHtml}, sink);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spelk/engine.h"
#include "spelk/result.h"
#include "spelk/write.h"

namespace spelk {

// ---------------------------------------------------------------- packs

enum class PackKind : uint8_t {
  kDetections,  // A tree of detections/**/*.yml, macros/*.yml, lookups/: security_content's layout.
  kApp,         // A Splunk app folder with saved searches.
  kFolder,      // A folder of .spl files, which may be an app besides.
  kLines,       // JSON objects, one a line, with `search` or `query`.
  kStix,        // A STIX bundle of ATT&CK, with analytics in <code> blocks.
  kFile,        // One .spl file, one detection, one savedsearches.conf.
};

// A search of a pack, with what its author says of it.
struct Analytic {
  std::string name;
  std::string id;
  std::string search;
  std::string description;
  std::string type;                // "TTP", "Hunting", as the pack says it.
  std::vector<std::string> mitre;  // T1047, T1546.003
  std::vector<std::string> data;   // What it says it needs.
  std::string false_positives;
  std::string earliest;  // Of its schedule.
  std::string latest;
  std::string file;  // Where its text stands, and in which line it begins there; 0: not known.
  size_t line = 1;
  bool disabled = false;  // Whoever runs the pack runs it all the same.
  std::string problem;    // Why there is no text to run; empty if there is one.
};

struct Pack {
  std::string path;
  PackKind kind = PackKind::kFolder;
  std::vector<Analytic> analytics;  // Sorted by file, and within a file as they stand.
  std::vector<std::string> apps;    // What it brings: app folders, tables, stanzas.
  std::vector<std::string> lookups;
  std::vector<ConfStanza> stanzas;
  std::vector<std::string> problems;  // What could not be read, with file and line.
};

// Reads a file or folder. Nothing outside of it is read: links that lead out are problems. An error
// for one that is not there, or in which there are no searches.
Result<Pack> ReadPack(const std::string& path);
// Adds what the pack brings, before what the options have, which overrides it. Tables that other
// products or earlier searches would bring count as empty, with a warning.
void AddPack(const Pack& pack, EngineOptions* options);
// By id, technique (T1546 for T1546.003, too) or name; the name may have * for anything. Letters in
// either case.
bool Matches(const Analytic& analytic, std::string_view wanted);

// ---------------------------------------------------------------- checking

enum class Verdict : uint8_t {
  kRuns,
  kDiffers,      // It runs; what differs from Splunk, or is missing, is told.
  kUnsupported,  // Splunk documents what it asks for, spelk does not have it.
  kWrong,        // It is no search, or names what is not there.
};
std::string_view NameOf(Verdict verdict);  // "runs", "differs", "unsupported", "wrong"

struct AnalyticCheck {
  size_t analytic = 0;  // Of the pack.
  Verdict verdict = Verdict::kRuns;
  std::string message;               // Why it does not run; the first difference.
  std::vector<ErrorDetail> details;  // All of it, with places.
  std::vector<std::string> limits;   // What may cut its rows: "join: 50,000 rows of the subsearch"
  std::optional<uint64_t> events;    // Of the kind that it looks at, where inputs were given.
};

// Compiles each analytic; reads no input.
Result<std::vector<AnalyticCheck>> CheckPack(const Pack& pack, const Engine& engine);
// Counts for each that runs the events that its base search takes by index, sourcetype, source,
// host, event type, tag and event id alone, in one pass.
Result<Summary> CountPackEvents(const Pack& pack, const Engine& engine, const Input& input,
                                const RunOptions& options, std::vector<AnalyticCheck>* checks);

// ---------------------------------------------------------------- running

enum class AnalyticStatus : uint8_t { kOk, kRefused, kFailed };
std::string_view NameOf(AnalyticStatus status);  // "ok", "refused", "failed"

struct AnalyticResult {
  size_t analytic = 0;  // Of the pack.
  AnalyticStatus status = AnalyticStatus::kOk;
  uint64_t rows = 0;
  double seconds = 0;                   // Of work on its own rows; reading and parsing serve all.
  std::string message;                  // Why it was refused or failed; else the first warning.
  std::vector<ErrorDetail> details;     // All of what was said of it, warnings as well.
  std::vector<std::string> first_rows;  // As JSON objects, as many as were asked for.
  bool cut = false;                     // More of them did not fit.
  std::vector<std::pair<std::string, uint64_t>> hosts;  // Rows by host, most first; see
  std::vector<std::pair<double, uint64_t>> times;  // PackRunOptions::places. By minute, in order.
};

struct PackRunOptions {
  RunOptions run;
  size_t rows = 0;         // So many rows of each analytic are kept.
  bool places = false;     // Rows are counted by host and time.
  bool schedule = false;   // Each sees the time range that its schedule gives it.
  std::string match = {};  // Only those that match; see Matches.
};

struct PackReport {
  std::vector<AnalyticResult> results;  // In the order of the pack.
  Summary summary;                      // Of the pass; its warnings concern the input.
  double compile_seconds = 0;
  double seconds = 0;     // Of all.
  uint64_t hits() const;  // Analytics with rows.
};

// Runs all analytics over the input in as few passes as their subsearches are deep. One that fails
// fails alone. What they write to lookup tables the others do not see. Needs the engine that
// AddPack's options made. An error is of the run as a whole.
Result<PackReport> RunPack(const Pack& pack, const Engine& engine, const Input& input,
                           const PackRunOptions& options);

// ---------------------------------------------------------------- reports

enum class PackFormat : uint8_t {
  kTable,
  kNdjson,
  kJson,
  kCsv,
  kMarkdown,
  kHtml,       // Of runs: one file that needs no other.
  kNavigator,  // Of runs: a layer of the ATT&CK Navigator.
  kSarif,      // Of checks.
};
std::optional<PackFormat> PackFormatNamed(std::string_view name);
// "table, ndjson, json, csv, markdown, html or navigator": for messages.
std::string_view RunFormatNames();
std::string_view CheckFormatNames();

struct PackWriteOptions {
  PackFormat format = PackFormat::kTable;
  size_t width = 0;  // As in WriteOptions.
  bool colour = false;
  bool terminal = false;
};

Result<Flow> WritePackList(const Pack& pack, const std::vector<size_t>& analytics,
                           const PackWriteOptions& options, Sink& sink);
Result<Flow> WritePackReport(const Pack& pack, const PackReport& report,
                             const PackWriteOptions& options, Sink& sink);
Result<Flow> WritePackChecks(const Pack& pack, const std::vector<AnalyticCheck>& checks,
                             const PackWriteOptions& options, Sink& sink);

}  // namespace spelk
