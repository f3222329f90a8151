// Asking knowledge for the rules that a plan needs.
#include "engine/knowledge_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"

namespace spelk::engine {
namespace {

std::string DescribeUnbuilt(const std::vector<std::string>& settings) {
  constexpr size_t kShown = 3;
  const size_t shown = std::min(kShown, settings.size());
  const auto end = settings.begin() + static_cast<std::ptrdiff_t>(shown);
  const size_t more = settings.size() - shown;
  return fmt::format("not built yet, so what it would give is missing: {}{}",
                     fmt::join(settings.begin(), end, ", "),
                     more == 0 ? "" : fmt::format(" and {} more", more));
}

}  // namespace

absl::StatusOr<std::vector<plan::FieldRule>> KnowledgeRules::RulesFor(
    const plan::FieldSet& needs) const {
  const auto compile = [this](std::string_view text) {
    return CompileExpression(core_, fields_, text);
  };
  const auto terms = [this](std::string_view text) { return CompileTerms(core_, fields_, text); };
  SPELK_ASSIGN_OR_RETURN(knowledge::InlinedRules inlined,
                         core_.knowledge().RulesFor(needs, fields_, compile, terms));
  if (!inlined.unbuilt.empty()) {
    warnings_.Add(ErrorCode::kDiffers, DescribeUnbuilt(inlined.unbuilt));
  }
  for (std::string& note : inlined.notes) {
    warnings_.Add(ErrorCode::kDiffers, std::move(note));
  }
  return std::move(inlined.rules);
}

absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> KnowledgeRules::ConditionsOf(
    std::string_view field, std::string_view pattern) const {
  const auto terms = [this](std::string_view text) { return CompileTerms(core_, fields_, text); };
  return core_.knowledge().classes().ConditionsOf(field, pattern, terms);
}

std::vector<plan::FieldRule> CommonRules(const Core& core, FieldTable& fields,
                                         const std::vector<const plan::ScanNode*>& scans) {
  plan::FieldSet made;
  for (const plan::ScanNode* scan : scans) {
    const bool open = std::any_of(scan->rules.begin(), scan->rules.end(),
                                  [](const plan::FieldRule& rule) { return rule.open; });
    if (open) continue;
    for (const plan::FieldRule& rule : scan->rules) {
      for (const Field target : rule.targets) made.Add(target);
    }
  }
  if (made.empty()) return {};
  exec::RunWarnings known;  // The plans have said it.
  absl::StatusOr<std::vector<plan::FieldRule>> rules =
      KnowledgeRules(core, fields, known).RulesFor(made);
  return rules.ok() ? *std::move(rules) : std::vector<plan::FieldRule>();
}

}  // namespace spelk::engine
