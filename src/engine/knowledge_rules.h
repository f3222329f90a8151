// Rules of knowledge, in the form in which the optimizer asks for them.
#pragma once

#include "base/string_map.h"
#include "engine/compile.h"
#include "exec/run_context.h"
#include "knowledge/rule_cache.h"
#include "optimize/optimizer.h"

namespace spelk::engine {

// Expressions and terms of knowledge that were compiled for one plan of a run: the next one gets
// copies.
struct CompiledTexts {
  StringMap<plan::ExprPtr> expressions;
  StringMap<plan::ExprPtr> terms;
  knowledge::RuleCache rules;
};

// True if the texts of events tell which fields the rule makes, so that it promises none by name.
bool FindsNames(const plan::ComputedColumns& rule);

// For one plan: what is not built goes to its warnings.
class KnowledgeRules final : public optimize::KnowledgeColumns {
 public:
  // `known`: of all plans with these fields.
  KnowledgeRules(const Core& core, FieldTable& fields, exec::RunWarnings& warnings,
                 CompiledTexts& known)
      : core_(core), fields_(fields), warnings_(warnings), known_(known) {}
  absl::StatusOr<plan::ComputedColumnsList> RulesFor(const plan::FieldSet& needs) const override;
  absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> ConditionsOf(
      std::string_view field, std::string_view pattern) const override;

 private:
  absl::StatusOr<plan::ExprPtr> TermsOf(std::string_view text) const;

  const Core& core_;
  FieldTable& fields_;
  exec::RunWarnings& warnings_;
  CompiledTexts& known_;
};

// The rules of all scans that read no open set of fields, so that what they add is computed once.
// What the rules of a scan make depends on no other one: the rules for a field come in one order,
// and whoever needs a field has all rules that make it. None if they cannot be had together.
plan::ComputedColumnsList CommonRules(const Core& core, FieldTable& fields,
                                      const std::vector<const plan::ScanNode*>& scans,
                                      CompiledTexts& known);

}  // namespace spelk::engine
