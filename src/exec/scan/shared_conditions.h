// What may be computed once for several plans: parts of predicates, rules.
#pragma once

#include <string>
#include <vector>

#include "exec/scan/compiled_scan.h"
#include "plan/expr.h"

namespace spelk::exec {

// The parts of a predicate all of which must be true.
std::vector<const plan::Expr*> PartsOf(const plan::Expr& predicate);
// Equal for expressions that ask the same.
std::string MeaningOf(const plan::Expr& expr);
// False for what counts for its plan, and for what differs from plan to plan.
bool MayBeShared(const plan::Expr& expr);

CompiledScan::Shared::Bundles BundlesOf(const CompiledScan::Shared& shared);

}  // namespace spelk::exec
