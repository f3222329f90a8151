// Macros: `name(arguments)` in a search stands for text of macros.conf.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "base/string_map.h"
#include "knowledge/conf.h"
#include "knowledge/saved_search.h"
#include "syntax/parse.h"
#include "value/value.h"

namespace spelk::knowledge {

// What an iseval definition or a validation gave.
struct MacroValue {
  enum class Kind : uint8_t { kNull, kFalse, kTrue, kText };
  Kind kind = Kind::kNull;
  std::string text;  // For kText; numbers are written out.

  // `boolean`: the expression can be nothing but true, false or null, which then counts as false.
  static MacroValue Of(const Value& value, bool boolean);
};
// The arguments of a call, as the fields that an expression may read.
using MacroArguments = std::vector<std::pair<std::string, std::string>>;
using MacroEvaluator = std::function<absl::StatusOr<MacroValue>(std::string_view expression,
                                                                const MacroArguments& arguments)>;

using IsCommand = std::function<bool(std::string_view word)>;

struct Macro {
  std::string definition;
  bool defined = true;  // Its stanza has a definition, if only an empty one.
  std::string place;    // Of the stanza's first setting: "my_app/default/macros.conf:3"
  std::vector<std::string> arguments;
  bool is_eval = false;
  std::string validation;
  std::string error_message;
};

struct MacroCall;  // knowledge/macro_call.h

// A stretch of an expanded text: one that was copied, or one that a macro made.
struct ExpandedPiece {
  Span expanded;
  Span written;       // The copy; the call in the text that was written.
  std::string macro;  // The innermost; empty for a copy.
  std::string place;  // Of its definition.
};

// The macros of all apps, overloaded by the number of their arguments. Immutable once loaded.
class Macros {
 public:
  // Knows `comment("…")`, which Splunk ships.
  Macros();

  // The stanzas of a macros.conf; one that is there already is replaced.
  void AddAll(const Conf& conf);
  // `stanza` is "name" or "name(2)".
  void Add(std::string stanza, Macro macro);
  // "name(a, b)=definition", as the command line gives one. InvalidArgument for other texts.
  absl::Status AddDefinition(std::string_view text);
  // The stanzas of a savedsearches.conf.
  void AddSavedSearches(const Conf& conf);
  // Null if there is no such saved search.
  const SavedSearch* FindSavedSearch(std::string_view name) const;

  // Null if there is no such macro.
  const Macro* Find(std::string_view name, size_t arguments) const;
  // The stanzas of that name, whatever they take: "who, who(2)".
  std::string Overloads(std::string_view name) const;
  // Calls `take` with each of them, in no order; `stanza` is "name" or "name(2)".
  void ForEach(const std::function<void(std::string_view stanza, const Macro& macro)>& take) const {
    for (const auto& [stanza, macro] : by_stanza_) take(stanza, macro);
  }

  // A macro that whoever tunes a detection may define, and nobody did.
  bool IsOpenFilter(const MacroCall& call) const;

  // Replaces every macro call outside quotes and comments, and every call of a saved search, again
  // and again until none is left. A macro NAME_filter that nobody defines is `search *`, as those
  // who publish detections mean it, with a warning. The result maps back to the text that was
  // written. Problems go to `diagnostics` with the place of the call: unknown names, wrong counts,
  // loops, failed validations, and text beyond `limits`.
  // `is_command`: whether a word is the name of a command; without it none is.
  // `pieces`: gets all of the expanded text, in order; may be null.
  absl::StatusOr<SourcePtr> Expand(const SourcePtr& source, const SyntaxLimits& limits,
                                   const MacroEvaluator& evaluate, Diagnostics& diagnostics,
                                   const IsCommand& is_command = nullptr,
                                   std::vector<ExpandedPiece>* pieces = nullptr) const;

  // Warns of calls to macros that are not there, for whoever only parses.
  void Check(const Source& source, const std::vector<Token>& tokens,
             Diagnostics& diagnostics) const;

 private:
  StringMap<Macro> by_stanza_;
  StringMap<SavedSearch> saved_searches_;
};

}  // namespace spelk::knowledge
