// Fields that events lack and that commands after the base search only read are not shown.
#include <algorithm>
#include <optional>
#include <utility>

#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

bool Contains(const std::vector<Field>& fields, Field field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// The chain of a plan from its root (0) to its source, and what is read after each node.
class Chain {
 public:
  Chain(plan::NodePtr* root, const OptimizeContext& context) {
    plan::FieldSet needed = NeedsOfResult(**root, context);
    const plan::OutputShape shape = plan::ShapeOf(**root);
    // Of events whose fields may all have changed, every value that is there is looked at.
    looks_at_all_ = shape.open && needed.Has(hidden::kLine);
    for (plan::NodePtr* at = root; *at != nullptr; at = &(*at)->input) {
      places_.push_back(at);
      flows_.push_back((*at)->GetDataflow());
      needed_.push_back(needed);
      if ((*at)->input != nullptr) needed = (*at)->InputNeeds(needed);
    }
  }

  const plan::FieldSet& needs_of_source() const { return needed_.back(); }
  size_t size() const { return places_.size(); }
  plan::NodePtr& at(size_t place) { return *places_[place]; }

  // The node after which the field is to be taken back; nothing where some command makes or lists
  // it, or nobody would come across it.
  std::optional<size_t> PlaceFor(Field field) const {
    size_t place = places_.size() - 1;
    while (needed_[place].Names(field)) {
      if (place == 0) return std::nullopt;
      const plan::Dataflow& flow = flows_[--place];
      const bool made = flow.writes.Names(field) || Contains(flow.lists, field);
      if (!flow.passes || made) return std::nullopt;
    }
    if (!needed_[place].Has(field) && !looks_at_all_) return std::nullopt;
    while (place > 0 && MayMoveAbove(flows_[place - 1], field)) --place;
    return place;
  }

 private:
  // Nodes that know each other stay together: as far up as nobody comes across the field.
  static bool MayMoveAbove(const plan::Dataflow& flow, Field field) {
    return flow.passes && !flow.reads.open() && !flow.writes.Has(field) &&
           !Contains(flow.lists, field);
  }

  std::vector<plan::NodePtr*> places_;
  std::vector<plan::Dataflow> flows_;
  std::vector<plan::FieldSet> needed_;
  bool looks_at_all_ = false;
};

}  // namespace

absl::Status StripImplicit(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr) return absl::OkStatus();
  Chain chain(root, context);
  std::vector<std::vector<Field>> taken(chain.size());
  for (const Field field : chain.needs_of_source().fields()) {
    const std::optional<size_t> place = field.hidden() ? std::nullopt : chain.PlaceFor(field);
    if (!place) continue;
    taken[*place].push_back(field);
    scan->implicit.push_back(field);
  }
  for (size_t place = 0; place < chain.size(); ++place) {
    if (taken[place].empty()) continue;
    plan::NodePtr& below = chain.at(place);
    auto node = plan::Make<plan::StripImplicitNode>(below->span);
    node->fields = std::move(taken[place]);
    node->input = std::move(below);
    below = std::move(node);
  }
  return absl::OkStatus();
}

}  // namespace spelk::optimize
