// Predicate pushdown, top-k and early stop.
#include <algorithm>
#include <utility>

#include "optimize/aliases.h"
#include "optimize/implied.h"
#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

using plan::ExprKind;
using plan::ExprPtr;
using plan::NodePtr;

// Nothing that moves may depend on which rows are there, or be asked of a different set of rows.
bool IsMovable(const plan::Expr& expr) {
  if (expr.kind == ExprKind::kCall && expr.function->stability == plan::Stability::kRow)
    return false;
  if (expr.kind == ExprKind::kSubsearch) return false;
  return std::all_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const ExprPtr& argument) { return IsMovable(*argument); });
}

// A filter may move below a node that works row by row and leaves the fields it reads alone.
bool MayPass(const plan::Expr& predicate, const plan::Node& below) {
  const plan::Dataflow flow = below.GetDataflow();
  if (flow.runs != plan::Runs::kStreaming || !flow.passes) return false;
  plan::FieldSet read;
  plan::CollectFields(predicate, &read);
  return !read.MayOverlap(flow.writes);
}

// A table or list of fields hides the others: a filter on a hidden field must not see it below. A
// pattern takes what rows have; a field that is read by its name below may be made for that alone
// (`index`, what knowledge adds), so it is not known to be among them.
bool Hides(const plan::ProjectNode& project, const plan::Expr& predicate) {
  plan::FieldSet read;
  plan::CollectFields(predicate, &read);
  return std::any_of(read.fields().begin(), read.fields().end(), [&](Field field) {
    const auto& names = project.names;
    const bool named = std::find(names.begin(), names.end(), field) != names.end();
    switch (project.mode) {
      case plan::ProjectMode::kKeep:
        return !named && !field.internal();
      case plan::ProjectMode::kRemove:
        return std::any_of(names.begin(), names.end(),
                           [&](Field name) { return plan::PatternTakes(name.name(), field); });
      case plan::ProjectMode::kTable:
        break;
    }
    return !named;
  });
}

// Makes the predicate one to be asked below the node; false if it must stay above.
bool MoveBelow(const plan::Node& below, ExprPtr* predicate) {
  if (below.input == nullptr) return false;
  if (const auto* project = plan::TryAs<plan::ProjectNode>(&below)) {
    return !Hides(*project, **predicate);
  }
  return MayPass(**predicate, below) || RewriteBelow(below, predicate);
}

// Moves the conjunct below `*place` (which is the filter's input) as far as it can go, and puts it
// there. Gives it back if it cannot move at all. Below other filters alone it does not move, or two
// of them would change places for ever.
ExprPtr Sink(ExprPtr conjunct, NodePtr* place, const plan::FilterNode& from) {
  const NodePtr* const start = place;
  NodePtr* lowest = place;
  while (MoveBelow(**lowest, &conjunct)) {
    const bool is_filter = plan::TryAs<plan::FilterNode>(lowest->get()) != nullptr;
    lowest = &(*lowest)->input;
    if (!is_filter) place = lowest;
  }
  if (auto* scan = plan::TryAs<plan::ScanNode>(lowest->get())) {
    std::vector<ExprPtr> all;
    if (scan->predicate != nullptr) all = plan::SplitAnd(std::move(scan->predicate));
    all.push_back(std::move(conjunct));
    scan->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(all));
    return nullptr;
  }
  if (place == start) return conjunct;
  auto filter = plan::Make<plan::FilterNode>(conjunct->span);
  filter->entry = from.entry;
  filter->from = from.id != 0 ? from.id : from.from;
  filter->predicate = std::move(conjunct);
  filter->input = std::move(*place);
  *place = std::move(filter);
  return nullptr;
}

// A conjunct that must stay above what computes its fields: what it says of events goes into the
// scan, so that most of those which it will leave out are left out there.
void SinkImplied(const plan::Expr& conjunct, plan::Node* below) {
  ExprPtr implied;
  for (const plan::Expr* asked = &conjunct; below != nullptr; below = below->input.get()) {
    if (auto* scan = plan::TryAs<plan::ScanNode>(below)) {
      if (implied == nullptr) return;
      std::vector<ExprPtr> all;
      if (scan->predicate != nullptr) all = plan::SplitAnd(std::move(scan->predicate));
      all.push_back(std::move(implied));
      scan->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(all));
      return;
    }
    // The conjunct itself stands here because it cannot move.
    ExprPtr moved = implied == nullptr ? nullptr : plan::Copy(*asked);
    if (moved == nullptr || !MoveBelow(*below, &moved)) {
      const auto* extend = plan::TryAs<plan::ExtendNode>(below);
      moved = extend == nullptr ? nullptr : ImpliedBelow(*extend, *asked);
      if (moved == nullptr) return;
    }
    implied = std::move(moved);
    asked = implied.get();
  }
}

}  // namespace

absl::Status PushDownPredicates(NodePtr* root, const OptimizeContext&) {
  for (NodePtr* at = root; *at != nullptr;) {
    auto* filter = plan::TryAs<plan::FilterNode>(at->get());
    if (filter == nullptr || filter->input == nullptr) {
      at = &(*at)->input;
      continue;
    }
    // Each operand of a conjunction moves on its own; null is not true, so a filter may be split.
    std::vector<ExprPtr> conjuncts = plan::SplitAnd(std::move(filter->predicate));
    const NodePtr old = std::move(*at);
    auto* old_filter = plan::TryAs<plan::FilterNode>(old.get());
    *at = std::move(old_filter->input);
    std::vector<ExprPtr> staying;
    for (ExprPtr& conjunct : conjuncts) {
      if (IsMovable(*conjunct)) {
        conjunct = Sink(std::move(conjunct), at, *old_filter);
        if (conjunct != nullptr) SinkImplied(*conjunct, at->get());
      }
      if (conjunct != nullptr) staying.push_back(std::move(conjunct));
    }
    if (staying.empty()) continue;
    auto kept = plan::Make<plan::FilterNode>(old->span);
    kept->entry = old->entry;
    kept->id = old->id;
    kept->from = old->from;
    kept->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(staying));
    kept->input = std::move(*at);
    *at = std::move(kept);
    at = &(*at)->input;
  }
  return absl::OkStatus();
}

absl::Status TopK(NodePtr* root, const OptimizeContext&) {
  for (NodePtr* at = root; *at != nullptr; at = &(*at)->input) {
    const auto* limit = plan::TryAs<plan::LimitNode>(at->get());
    auto* sort = plan::TryAs<plan::SortNode>((*at)->input.get());
    if (limit == nullptr || sort == nullptr) continue;
    if (!sort->limit || limit->count <= *sort->limit) {
      sort->limit = limit->count;
      sort->default_limit = false;
    }
    NodePtr input = std::move((*at)->input);
    *at = std::move(input);
  }
  return absl::OkStatus();
}

absl::Status StopEarly(NodePtr* root, const OptimizeContext&) {
  // ProvideOrder has marked the limits whose rows come in order.
  for (plan::Node* node : plan::ChainOf(**root)) {
    if (auto* limit = plan::TryAs<plan::LimitNode>(node)) limit->in_order = limit->ordered_input;
  }
  return absl::OkStatus();
}

}  // namespace spelk::optimize
