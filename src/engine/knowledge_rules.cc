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

// The expression of a text, compiled once.
template <class Compile>
absl::StatusOr<plan::ExprPtr> Once(std::string_view text, StringMap<plan::ExprPtr>* known,
                                   const Compile& compile) {
  const auto found = known->find(text);
  if (found != known->end()) return plan::Copy(*found->second);
  SPELK_ASSIGN_OR_RETURN(plan::ExprPtr made, compile(text));
  plan::ExprPtr copy = plan::Copy(*made);
  known->emplace(std::string(text), std::move(made));
  return copy;
}

}  // namespace

bool FindsNames(const plan::ComputedColumns& rule) {
  if (rule.kind == plan::RuleKind::kAutomatic) return true;
  if (rule.kind != plan::RuleKind::kExtract) return false;
  const plan::Extraction& extraction = rule.extraction;
  return !extraction.names.empty() || (extraction.regex.empty() && extraction.columns.empty());
}

absl::StatusOr<plan::ExprPtr> KnowledgeRules::TermsOf(std::string_view text) const {
  return Once(text, &known_.terms,
              [this](std::string_view each) { return CompileTerms(core_, fields_, each); });
}

absl::StatusOr<plan::ComputedColumnsList> KnowledgeRules::RulesFor(
    const plan::FieldSet& needs) const {
  const auto compile = [this](std::string_view text) {
    return Once(text, &known_.expressions,
                [this](std::string_view each) { return CompileExpression(core_, fields_, each); });
  };
  const auto terms = [this](std::string_view text) { return TermsOf(text); };
  SPELK_ASSIGN_OR_RETURN(knowledge::InlinedRules inlined,
                         core_.knowledge().RulesFor(needs, fields_, compile, terms, known_.rules));
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
  const auto terms = [this](std::string_view text) { return TermsOf(text); };
  return core_.knowledge().classes().ConditionsOf(field, pattern, terms);
}

plan::ComputedColumnsList CommonRules(const Core& core, FieldTable& fields,
                                      const std::vector<const plan::ScanNode*>& scans,
                                      CompiledTexts& known) {
  plan::FieldSet made;
  for (const plan::ScanNode* scan : scans) {
    const bool open = std::any_of(scan->rules.begin(), scan->rules.end(),
                                  [](const plan::ComputedColumns& rule) { return rule.open; });
    if (open) continue;
    for (const plan::ComputedColumns& rule : scan->rules) {
      for (const Field target : rule.targets) made.Add(target);
    }
  }
  if (made.empty()) return {};
  exec::RunWarnings said;  // The plans have said it.
  absl::StatusOr<plan::ComputedColumnsList> rules =
      KnowledgeRules(core, fields, said, known).RulesFor(made);
  return rules.ok() ? *std::move(rules) : plan::ComputedColumnsList();
}

}  // namespace spelk::engine
