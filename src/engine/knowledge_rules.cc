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

}  // namespace spelk::engine
