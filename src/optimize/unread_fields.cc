// Unread fields: what eval computes and nobody reads is not computed. A data model fills in dozens
// of fields, of which a search reads a few.
#include <algorithm>
#include <utility>

#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

// random() counts the rows of its stream, whoever reads it; nothing else has an effect.
bool MayGo(const plan::NamedExpr& assignment, const plan::FieldSet& needed) {
  return assignment.name_fields.empty() && !needed.Has(assignment.target);
}

// Later assignments see earlier ones, so they are looked at from the last one on.
void Narrow(plan::ExtendNode* extend, plan::FieldSet needed) {
  std::vector<plan::NamedExpr> kept;
  for (size_t i = extend->assignments.size(); i-- > 0;) {
    plan::NamedExpr& each = extend->assignments[i];
    if (MayGo(each, needed)) continue;
    if (each.name_fields.empty()) needed.Remove(each.target);
    for (const Field field : each.name_fields) needed.Add(field);
    plan::CollectFields(*each.value, &needed);
    kept.push_back(std::move(each));
  }
  std::reverse(kept.begin(), kept.end());
  extend->assignments = std::move(kept);
}

}  // namespace

absl::Status DropUnread(plan::NodePtr* root, const OptimizeContext& context) {
  plan::FieldSet needed = NeedsOfResult(**root, context);
  for (plan::NodePtr* at = root; (*at)->input != nullptr;) {
    if (auto* extend = plan::TryAs<plan::ExtendNode>(at->get())) {
      Narrow(extend, needed);
      if (extend->assignments.empty()) {
        plan::NodePtr input = std::move(extend->input);
        *at = std::move(input);
        continue;
      }
    }
    needed = (*at)->InputNeeds(needed);
    at = &(*at)->input;
  }
  return absl::OkStatus();
}

}  // namespace spelk::optimize
