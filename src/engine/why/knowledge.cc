// Asking the rules.
#include "engine/why/knowledge.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/knowledge_rules.h"
#include "engine/why/hints.h"
#include "value/regex.h"

namespace spelk::engine {
namespace {

bool Gives(const plan::ComputedColumns& rule, Field field) {
  return std::find(rule.targets.begin(), rule.targets.end(), field) != rule.targets.end();
}

// Whether an event may be one of those that the stanza is for.
bool IsForSome(const plan::EventSet& where, const FieldProfile& events) {
  constexpr std::string_view kFields[] = {"sourcetype", "source", "host"};
  const FieldValues* values = events.Find(kFields[static_cast<size_t>(where.stanza)]);
  if (values == nullptr) return false;
  if (!values->all_values) return true;
  const absl::StatusOr<Regex> regex = Regex::Compile("^(?:" + where.pattern + ")$");
  if (!regex.ok() || where.pattern.empty()) return true;
  RegexMatcher matcher(*regex);
  return std::any_of(values->values.begin(), values->values.end(), [&](const auto& value) {
    return matcher.Match(value.first) == MatchResult::kYes;
  });
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
  std::string only;
  for (const plan::ComputedColumns& rule : *rules) {
    if (!Gives(rule, field) || FindsNames(rule) || rule.where.name.empty()) continue;
    if (!IsForSome(rule.where, events)) {
      if (only.empty()) {
        only = fmt::format("knowledge gives it to events of [{}] only", rule.where.name);
      }
      continue;
    }
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
  return only;
}

}  // namespace spelk::engine
