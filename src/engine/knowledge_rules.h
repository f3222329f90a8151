// Rules of knowledge, in the form in which the optimizer asks for them.
#pragma once

#include "engine/compile.h"
#include "exec/run_context.h"
#include "optimize/optimizer.h"

namespace spelk::engine {

// For one plan: what is not built goes to its warnings.
class KnowledgeRules final : public optimize::FieldRules {
 public:
  KnowledgeRules(const Core& core, FieldTable& fields, exec::RunWarnings& warnings)
      : core_(core), fields_(fields), warnings_(warnings) {}
  absl::StatusOr<std::vector<plan::FieldRule>> RulesFor(const plan::FieldSet& needs) const override;
  absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> ConditionsOf(
      std::string_view field, std::string_view pattern) const override;

 private:
  const Core& core_;
  FieldTable& fields_;
  exec::RunWarnings& warnings_;
};

}  // namespace spelk::engine
