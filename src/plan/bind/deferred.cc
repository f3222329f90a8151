// Commands that are bound later, because subsearches give a part of their text.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/bind/binder.h"

namespace spelk::plan {
namespace {

// Whether a subsearch stands among arguments, where its text counts. Those in expressions and
// search terms are bound there.
bool HoldsText(const std::vector<ast::Argument>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const ast::Argument& argument) {
    if (argument.alias_subsearch != nullptr) return true;
    if (std::holds_alternative<ast::ArgumentSubsearch>(argument.value)) return true;
    if (const auto* call = std::get_if<ast::ArgumentCall>(&argument.value)) {
      return HoldsText(call->arguments);
    }
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    return option != nullptr &&
           std::holds_alternative<ast::ArgumentSubsearch>(option->value->value);
  });
}

}  // namespace

bool Binder::HoldsText(const ast::CommandCall& call) {
  if (call.subsearches.empty()) return false;
  return plan::HoldsText(call.arguments) ||
         std::any_of(call.clauses.begin(), call.clauses.end(),
                     [](const ast::Clause& clause) { return plan::HoldsText(clause.arguments); }) ||
         std::any_of(call.assignments.begin(), call.assignments.end(),
                     [](const ast::Assignment& each) { return each.subsearch != nullptr; });
}

// The command can only be bound when the texts of its subsearches are known.
absl::StatusOr<NodePtr> Binder::Defer(const ast::CommandCall& call, const CommandEntry& entry,
                                      bool first, NodePtr input) {
  auto node = Make<DeferredNode>(call.span);
  node->entry = &entry;
  node->first = first;
  uint32_t at = call.span.begin;
  absl::Status status;
  for (const ast::Pipeline* subsearch : call.subsearches) {
    node->texts.emplace_back(TextOf({at, subsearch->brackets.begin}));
    at = subsearch->brackets.end;
    auto part = std::make_unique<Expr>();
    part->kind = ExprKind::kSubsearch;
    part->span = subsearch->brackets;
    absl::StatusOr<NodePtr> plan = Subsearch(*subsearch);
    status.Update(plan.status());
    if (plan.ok()) part->plan = std::move(*plan);
    node->subsearches.push_back(std::move(part));
  }
  SPELK_RETURN_IF_ERROR(status);
  node->texts.emplace_back(TextOf({at, call.span.end}));
  node->generates = first && entry.kind == CommandKind::kGenerating;
  if (!node->generates) node->input = input != nullptr ? std::move(input) : NewScan(call.span);
  return node;
}

}  // namespace spelk::plan
