// spelk/lint.h: what is likely wrong with a search although it may run, by rules with stable ids.
// Standard library only.
//
//   const spelk::Engine engine;
//   for (const spelk::LintFinding& finding : spelk::Lint(engine, text, {}))
//     std::fputs(finding.rendered.c_str(), stderr);
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spelk/engine.h"
#include "spelk/pack.h"
#include "spelk/result.h"
#include "spelk/write.h"

namespace spelk {

// ---------------------------------------------------------------- rules

enum class LintSeverity : uint8_t { kInfo, kWarning, kError };
std::string_view NameOf(LintSeverity severity);  // "info", "warning", "error"

// All texts live as long as the program.
struct LintRule {
  std::string_view id;    // "L0101"; never used again for something else.
  std::string_view name;  // "star-in-like"
  LintSeverity severity = LintSeverity::kWarning;
  std::string_view title;
  std::string_view explanation;
  std::string_view fix;           // What to write instead, in one line.
  std::string_view bad;           // A search that gives the finding …
  std::string_view at;            // … at this part of it.
  std::string_view good;          // One that does not; of rules that mend, what comes out.
  std::string_view profile = "";  // Only on where a configuration asks for the profile.
  bool mends = false;             // Findings hold edits.
  // Certain without data, and not told by the compiler: `spelk run` shows it, too.
  bool on_run = false;
};

// Sorted by id.
const std::vector<LintRule>& LintRules();
// By id or name, letters of the id in either case; null if there is none.
const LintRule* FindLintRule(std::string_view id_or_name);
// The text of `spelk help L0101`.
std::string ExplainLintRule(const LintRule& rule);
std::vector<std::string> LintProfiles();

// ---------------------------------------------------------------- one search

struct LintEdit {
  size_t offset = 0;  // In bytes of the search.
  size_t length = 0;
  std::string text;
};

struct LintFinding {
  const LintRule* rule = nullptr;
  LintSeverity severity = LintSeverity::kWarning;
  size_t offset = 0;  // In bytes of the search; no place has no length.
  size_t length = 0;
  size_t line = 1;  // Of the file where the search has one, else of the search; both count from 1,
  size_t column = 1;  // columns in Unicode code points.
  std::string text;   // What stands there.
  std::string message;
  std::vector<std::string> notes;
  std::string rendered;         // Place, message, the line with a caret, notes: for people.
  std::string fix;              // What the edits do; empty: there are none.
  std::vector<LintEdit> edits;  // They do not overlap.
};

struct LintConfig {
  // By id; nothing switches a rule off.
  std::map<std::string, std::optional<LintSeverity>, std::less<>> rules;
  std::vector<std::string> profiles;  // "escu"
};
// `.spelk-lint.yaml`: `profile`, `rules` (a rule's id or name: off, info, warning or error).
Result<LintConfig> ReadLintConfig(std::string_view text, std::string_view file);

// The fields of events, for rules that ask whether a field is there.
struct LintFeed {
  std::map<std::string, uint64_t, std::less<>> fields;  // In how many events.
  uint64_t events = 0;
  std::string name;  // For messages.
};
Result<LintFeed> ReadLintFeed(const Engine& engine, const Input& input, const RunOptions& options);

struct LintOptions {
  std::string name = "<query>";  // Of the text, for messages.
  LintConfig config = {};
  std::vector<std::string> data_sources = {};  // What the author says that it needs.
  std::string analytic = {};                   // Its name, for the conventions of a profile.
  std::shared_ptr<const LintFeed> feed = nullptr;
  bool on_run_only = false;  // Only rules that `spelk run` shows.
};

// In the order of the text. A comment ``` spelk-lint: disable=L0101 ``` suppresses a rule in the
// search, `disable-line=` in its own line, or in the next one if it stands alone.
std::vector<LintFinding> Lint(const Engine& engine, std::string_view text,
                              const LintOptions& options);
// Of a search that is compiled already.
std::vector<LintFinding> Lint(const Query& query, const LintOptions& options);

// Applies what findings propose, again and again until nothing more can be mended. What would make
// a search that compiles one that does not is left out.
std::string MendSearch(const Engine& engine, std::string_view text, const LintOptions& options);
// The text with the edits of one finding.
std::string WithEdits(std::string_view text, const std::vector<LintEdit>& edits);

// ---------------------------------------------------------------- packs

struct LintResult {
  size_t analytic = 0;                // Of the pack.
  std::vector<LintFinding> findings;  // Lines and columns are those of the file.
};
Result<std::vector<LintResult>> LintPack(const Pack& pack, const Engine& engine,
                                         const LintOptions& options);

// A file with mended searches.
struct MendedFile {
  std::string path;
  std::string before;
  std::string after;
  size_t searches = 0;                // How many changed.
  std::vector<std::string> problems;  // What could not be mended there, and why.
};
// Files whose searches can be mended; nothing is written.
Result<std::vector<MendedFile>> MendPack(const Pack& pack, const Engine& engine,
                                         const LintOptions& options);

enum class LintFormat : uint8_t { kText, kJson, kSarif, kGithub };
std::optional<LintFormat> LintFormatNamed(std::string_view name);
struct LintWriteOptions {
  LintFormat format = LintFormat::kText;
  bool colour = false;
};
Result<Flow> WriteLint(const Pack& pack, const std::vector<LintResult>& results,
                       const LintWriteOptions& options, Sink& sink);

}  // namespace spelk
