// Loading app folders.
#include "knowledge/knowledge.h"

namespace spelk::knowledge {

absl::Status Knowledge::Load(const std::vector<std::string>&, bool) { return absl::OkStatus(); }

absl::StatusOr<std::vector<plan::FieldRule>> Knowledge::RulesFor(const std::vector<Field>&, FieldTable&,
                                                                 const CompileExpression&) const {
  return std::vector<plan::FieldRule>();
}

}  // namespace spelk::knowledge
