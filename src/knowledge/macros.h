// Macros: `name(arguments)` in a search stands for text of macros.conf.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "base/string_map.h"
#include "syntax/parse.h"
#include "value/value.h"

namespace spelk::knowledge {

// What an iseval definition or a validation gave.
struct MacroValue {
  enum class Kind : uint8_t { kNull, kFalse, kTrue, kText };
  Kind kind = Kind::kNull;
  std::string text;  // For kText; numbers are written out.

  static MacroValue Of(const Value& value);
};
// Evaluates an expression that reads no fields.
using MacroEvaluator = std::function<absl::StatusOr<MacroValue>(std::string_view expression)>;

struct Macro {
  std::string definition;
  std::vector<std::string> arguments;
  bool is_eval = false;
  std::string validation;
  std::string error_message;
};

// The macros of all apps, overloaded by the number of their arguments. Immutable once loaded.
class Macros {
 public:
  // `stanza` is "name" or "name(2)". A later macro of the same stanza replaces the earlier one.
  void Add(std::string stanza, Macro macro);

  // Replaces every macro call outside quotes and comments, again and again until none is left. The
  // result maps back to the text that was written. Problems go to `diagnostics` with the place of the
  // call: unknown names, wrong counts, loops, failed validations, and text beyond `limits`.
  absl::StatusOr<SourcePtr> Expand(const SourcePtr& source, const SyntaxLimits& limits,
                                   const MacroEvaluator& evaluate, Diagnostics& diagnostics) const;

 private:
  StringMap<Macro> by_stanza_;
};

}  // namespace spelk::knowledge
