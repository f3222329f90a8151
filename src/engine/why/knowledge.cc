// Asking the rules.
#include "engine/why/knowledge.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/knowledge_rules.h"
#include "engine/why/hints.h"

namespace spelk::engine {
namespace {

bool Gives(const plan::ComputedColumns& rule, Field field) {
  return std::find(rule.targets.begin(), rule.targets.end(), field) != rule.targets.end();
}

}  // namespace

std::string KnowledgeOf(const Core& core, FieldTable& fields, std::string_view name,
                        const FieldProfile& events) {
  const Field field = fields.Intern(name);
  plan::FieldSet needs;
  needs.Add(field);
  exec::RunWarnings ignored;
  CompiledTexts compiled;
  const absl::StatusOr<plan::ComputedColumnsList> rules =
      KnowledgeRules(core, fields, ignored, compiled).RulesFor(needs);
  if (!rules.ok()) return "";
  for (const plan::ComputedColumns& rule : *rules) {
    if (!Gives(rule, field) || rule.where.name.empty()) continue;
    std::vector<std::string_view> missing;
    const plan::FieldSet inputs = rule.Inputs();
    for (const Field input : inputs.fields()) {
      const bool there = input.hidden() || events.Find(input.name()) != nullptr;
      if (!there && input != field) missing.push_back(input.name());
    }
    if (missing.empty()) {
      return fmt::format("knowledge gives it to events of [{}] only", rule.where.name);
    }
    return fmt::format("knowledge of [{}] would make it of {}, in no event", rule.where.name,
                       ListOfNames(missing));
  }
  return "";
}

}  // namespace spelk::engine
