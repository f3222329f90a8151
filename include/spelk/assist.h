// spelk/assist.h: what an editor needs of searches while they are written: problems, completion,
// help on what stands somewhere, places of definitions, renaming. Standard library only.
//
//   const spelk::Engine engine;
//   const std::string text = "index=win | stats cou";
//   for (const spelk::Completion& each : spelk::Complete(engine, text, text.size(), {}))
//     std::puts(each.label.c_str());
//
// All offsets are in bytes of the text. Every function reads the text anew, which takes well below
// a millisecond, and never fails: a text may be as broken as it is while somebody types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/engine.h"

namespace spelk {

// ---------------------------------------------------------------- what there is

struct ReferenceArgument {
  std::string name;
  std::string type;      // "bool", "int", "field", "one of a|b|c" …
  std::string fallback;  // What holds without it; empty if nothing does.
  std::string summary;
  bool option = false;               // Written name=value.
  bool no_effect = false;            // Accepted because Splunk has it.
  std::vector<std::string> choices;  // The values, if it takes one of a few.
};

struct ReferenceExample {
  std::string title;
  std::string events;  // JSON objects.
  std::string search;
  std::string result;
};

enum class ReferenceKind : uint8_t { kCommand, kFunction, kStatistic };

// One command, function or statistic, as data. Of commands that do not run here only the name, the
// summary (why) and `instead`.
struct ReferenceEntry {
  ReferenceKind kind = ReferenceKind::kCommand;
  std::string name;
  std::vector<std::string> aliases;
  std::string signature;
  std::string summary;
  std::string about;  // What sort of command it is; the family of a function.
  std::vector<ReferenceArgument> arguments;
  std::vector<std::string> notes;
  std::vector<ReferenceExample> examples;
  bool runs = true;
  std::string instead;
  bool generates = false;  // A command that makes its own rows: it stands first.
};
// Sorted by kind and name.
std::vector<ReferenceEntry> Reference(const Engine& engine);
// As an editor shows it.
std::string AsMarkdown(const ReferenceEntry& entry);

// Where something is defined. No file: spelk's own, or the options of the engine.
struct DefinitionPlace {
  std::string file;
  size_t line = 0;  // From 1.
};

struct MacroEntry {
  std::string name;
  std::vector<std::string> arguments;
  std::string definition;
  bool is_eval = false;  // The definition is an expression that gives the text.
  DefinitionPlace place;
};
// Sorted by name, then by the number of arguments.
std::vector<MacroEntry> MacrosOf(const Engine& engine);

struct LookupEntry {
  std::string name;
  std::vector<std::string> fields;  // Of the table; none if it is not there.
  DefinitionPlace place;
};
std::vector<std::string> LookupsOf(const Engine& engine);
std::optional<LookupEntry> FindLookup(const Engine& engine, std::string_view name);

struct DataModelEntry {
  struct Field {
    std::string name;  // As searches write it: "Processes.user", "_time".
    std::string type;
  };
  struct Dataset {
    std::string name;
    std::string lineage;
    std::vector<Field> fields;
  };
  std::string name;
  std::vector<Dataset> datasets;
  DefinitionPlace place;
};
std::vector<std::string> DataModelsOf(const Engine& engine);
std::optional<DataModelEntry> FindDataModel(const Engine& engine, std::string_view name);

// ---------------------------------------------------------------- problems

// What may be done about a problem.
struct TextEdit {
  size_t offset = 0;
  size_t length = 0;
  std::string text;
};
struct Fix {
  std::string title;  // "replace with stats"
  std::vector<TextEdit> edits;
};

struct Problem {
  ErrorDetail detail;
  std::vector<Fix> fixes;  // The likeliest first.
};
// All that is wrong with the text, syntax and names, and what is worth a warning, in its order; of
// more than a thousand the first.
// `query` gets the search if it compiles: for Lint, which then need not compile it again.
std::vector<Problem> FindProblems(const Engine& engine, std::string_view text,
                                  const CompileOptions& options = {},
                                  std::optional<Query>* query = nullptr);

// ---------------------------------------------------------------- completion

// A field that the events are known to have.
struct KnownField {
  std::string name;
  std::string about;  // Shown beside it: "in 40 of 52 events".
};

struct AssistOptions {
  std::vector<KnownField> fields;  // Of the events at hand.
};

enum class CompletionKind : uint8_t {
  kCommand,
  kOption,
  kValue,
  kFunction,
  kStatistic,
  kMacro,
  kLookup,
  kDataModel,
  kField,
  kKeyword,
  kSearch,  // A saved search.
};

struct Completion {
  std::string label;
  CompletionKind kind = CompletionKind::kField;
  std::string detail;  // One line beside it.
  // Markdown; empty of what Reference tells of: commands, functions, statistics.
  std::string documentation;
  std::string insert;    // What stands there then, in place of [offset, offset + length).
  bool snippet = false;  // `insert` has places ${1:name}, $0 to go through; `$` is written \$.
  size_t offset = 0;
  size_t length = 0;
  int rank = 0;  // Lower ones are likelier.
};
// What may stand at the offset, given what stands before it. Only what begins as the word at hand
// does, letters in either case.
std::vector<Completion> Complete(const Engine& engine, std::string_view text, size_t offset,
                                 const AssistOptions& options);

// The fields that rows have in front of the command at the offset.
struct FieldsAt {
  std::vector<KnownField> fields;
  bool all = false;  // There are no others.
};
FieldsAt FieldsBefore(const Engine& engine, std::string_view text, size_t offset,
                      const AssistOptions& options);

// ---------------------------------------------------------------- help

struct Explanation {
  size_t offset = 0;  // What it is about.
  size_t length = 0;
  std::string markdown;
};
// Of the command, option, function, statistic, macro, lookup, data model or field at the offset.
std::optional<Explanation> Explain(const Engine& engine, std::string_view text, size_t offset,
                                   const AssistOptions& options);

struct CallSignature {
  std::string label;  // "substr(<string>, <start>, <length>)"
  std::string documentation;
  std::vector<std::pair<size_t, size_t>> parameters;  // Begin and end within the label.
  size_t active = 0;                                  // The parameter that is being written.
};
// The calls of functions, statistics and macros around the offset: the innermost, in all its forms.
std::vector<CallSignature> SignaturesAt(const Engine& engine, std::string_view text, size_t offset);

// ---------------------------------------------------------------- places

struct Definition {
  size_t offset = 0;  // What was asked about, in the text.
  size_t length = 0;
  DefinitionPlace place;         // In a file …
  std::optional<TextEdit> here;  // … or in this text: of a field, where it is made.
};
// Of a macro, a lookup, a data model, a saved search, or a field that a command of the search
// makes.
std::optional<Definition> FindDefinition(const Engine& engine, std::string_view text,
                                         size_t offset);

// A field where the search names it.
struct FieldUse {
  std::string name;
  size_t offset = 0;  // With its quotes.
  size_t length = 0;
  bool made = false;      // A command makes or changes it here.
  size_t command = 0;     // Counted over the text, subsearches included.
  size_t pipeline = 0;    // Likewise; 0 is the outermost.
  bool in_event = false;  // Read as it is in the events: no command before it made it.
};
// In the order of the text. Macros are not looked into.
std::vector<FieldUse> FieldUses(const Engine& engine, std::string_view text);

// The edits that give a field another name, where that is certain to change no more than the name:
// a field that a command of the search makes, from there on. Of others an error says why not: it is
// a field of the events, a pattern takes it, a macro or a subsearch names it, the new name is
// taken.
Result<std::vector<TextEdit>> RenameField(const Engine& engine, std::string_view text,
                                          size_t offset, std::string_view new_name);

// A command of the search.
struct StageOutline {
  std::string name;
  std::string text;  // Its beginning, on one line.
  size_t offset = 0;
  size_t length = 0;
  std::vector<StageOutline> subsearches;  // Of one pipeline each: its stages.
};
std::vector<StageOutline> Stages(const Engine& engine, std::string_view text);

}  // namespace spelk
