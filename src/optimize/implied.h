// What a condition on computed fields says of the fields that these are computed from.
#pragma once

#include "plan/nodes.h"

namespace spelk::optimize {

// A condition for before the node that holds for every row for which the predicate holds after it;
// it may hold for others, too. Data models fill in what is missing: `user="ann"`, where user is
// if(isnull(user) OR user="", "unknown", user), needs an event with such a user. Null if nothing
// can be said.
plan::ExprPtr ImpliedBelow(const plan::ExtendNode& extend, const plan::Expr& predicate);

}  // namespace spelk::optimize
