// Expanding macros.
#include "knowledge/macros.h"

namespace spelk::knowledge {

MacroValue MacroValue::Of(const Value&) { return {}; }
void Macros::Add(std::string stanza, Macro macro) { by_stanza_[std::move(stanza)] = std::move(macro); }
absl::StatusOr<SourcePtr> Macros::Expand(const SourcePtr& source, const SyntaxLimits&, const MacroEvaluator&,
                                         Diagnostics&) const {
  return source;
}

}  // namespace spelk::knowledge
