// The conditions that a stage of a search has for rows.
#pragma once

#include <vector>

#include "plan/expr.h"
#include "plan/node.h"

namespace spelk::engine {

// Whether the plan writes a table.
bool Writes(const plan::Node& root);
// The conditions that must all hold.
void AddClauses(const plan::Expr& predicate, std::vector<const plan::Expr*>* clauses);
// Of a base search, search and where; null of others.
const plan::ExprPtr* PredicateOf(const plan::Node& node);
// Of a command that is more than a condition: transaction, inputlookup.
std::vector<plan::ExprPtr*> ConditionsOf(plan::Node& node);

}  // namespace spelk::engine
