// Taking predicates apart.
#include "exec/scan/shared_conditions.h"

#include <algorithm>

#include "plan/describe.h"
#include "plan/entry.h"
#include "value/codec.h"

namespace spelk::exec {

std::vector<const plan::Expr*> PartsOf(const plan::Expr& predicate) {
  if (predicate.kind != plan::ExprKind::kAnd) return {&predicate};
  std::vector<const plan::Expr*> parts;
  for (const plan::ExprPtr& argument : predicate.arguments) parts.push_back(argument.get());
  return parts;
}

std::string MeaningOf(const plan::Expr& expr) {
  std::string meaning;
  ByteWriter out(meaning);
  plan::SaveExpr(expr, out, plan::SaveDetail::kWithoutIdentity);
  return meaning;
}

bool MayBeShared(const plan::Expr& expr) {
  if (expr.kind == plan::ExprKind::kTimeRange || expr.plan != nullptr) return false;
  if (expr.function != nullptr && expr.function->stability == plan::Stability::kRow) return false;
  return std::all_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const plan::ExprPtr& argument) { return MayBeShared(*argument); });
}

CompiledScan::Shared::Bundles BundlesOf(const CompiledScan::Shared& shared) {
  CompiledScan::Shared::Bundles bundles;
  for (size_t r = 0; r < shared.rules->size(); ++r) {
    std::vector<size_t> groups;
    for (size_t g = 0; g < shared.groups.size(); ++g) {
      if (shared.groups[g][r]) groups.push_back(g);
    }
    const auto known = std::find(bundles.groups.begin(), bundles.groups.end(), groups);
    bundles.of_rule.push_back(static_cast<size_t>(known - bundles.groups.begin()));
    if (known == bundles.groups.end()) bundles.groups.push_back(std::move(groups));
  }
  return bundles;
}

}  // namespace spelk::exec
