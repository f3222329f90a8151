// Asking the rules.
#include "engine/why/knowledge.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/knowledge_rules.h"
#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "value/regex.h"

namespace spelk::engine {
namespace {

bool Gives(const plan::ComputedColumns& rule, Field field) {
  return std::find(rule.targets.begin(), rule.targets.end(), field) != rule.targets.end();
}

// A stanza's name as people call it: (?::){0} stands before those that hold a pattern.
std::string_view StanzaName(const plan::EventSet& where) {
  constexpr std::string_view kPattern = "(?::){0}";
  std::string_view name = where.name;
  if (name.starts_with(kPattern)) name.remove_prefix(kPattern.size());
  return name;
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
  std::vector<std::string_view> only;
  bool everywhere = false;
  for (const plan::ComputedColumns& rule : *rules) {
    if (!Gives(rule, field) || FindsNames(rule)) continue;
    const std::string_view stanza = StanzaName(rule.where);
    if (stanza.empty()) {
      everywhere = true;
      continue;
    }
    if (!IsForSome(rule.where, events)) {
      if (std::find(only.begin(), only.end(), stanza) == only.end()) only.push_back(stanza);
      continue;
    }
    std::vector<std::string_view> missing;
    std::string had;
    const plan::FieldSet inputs = rule.Inputs();
    for (const Field input : inputs.fields()) {
      const bool there = input.hidden() || events.Find(input.name()) != nullptr;
      if (!there && input != field) missing.push_back(input.name());
      if (const FieldValues* values = events.Find(input.name());
          values != nullptr && had.empty() && !input.hidden() && input.name() != "_raw") {
        had = fmt::format("; {} is {}", input.name(), Frequent(*values));
      }
    }
    if (missing.empty()) {
      return fmt::format("{} of [{}] gave it to none{}", rule.name, stanza, had);
    }
    return fmt::format("knowledge of [{}] would make it of {}, in no event", stanza,
                       ListOfNames(missing));
  }
  if (only.empty() || everywhere) return "";
  constexpr size_t kMost = 3;
  const size_t shown = std::min(only.size(), kMost);
  return fmt::format(
      "knowledge gives it to events of [{}]{} only",
      fmt::join(only.begin(), only.begin() + static_cast<std::ptrdiff_t>(shown), "], ["),
      only.size() > shown ? fmt::format(" and {} more", only.size() - shown) : "");
}

}  // namespace spelk::engine
