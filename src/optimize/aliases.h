// Asking a predicate below a node that renames or copies the fields it reads.
#pragma once

#include "plan/nodes.h"

namespace spelk::optimize {

// Rewrites the predicate so that it means below the node what it means above it: fields that the
// node renames, or assigns as copies of other fields (`x=y`, `x=coalesce(y, z)`), are replaced by
// where they come from. False, with the predicate as it was, if that cannot be said.
bool RewriteBelow(const plan::Node& node, plan::ExprPtr* predicate);

}  // namespace spelk::optimize
