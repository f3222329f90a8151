// The conditions that a stage of a search has for rows; stages as people count them.
#pragma once

#include <utility>
#include <vector>

#include "plan/expr.h"
#include "plan/node.h"
#include "spelk/engine.h"
#include "spelk/why.h"

namespace spelk::engine {

// Whether the plan writes a table.
bool Writes(const plan::Node& root);
// The conditions that must all hold.
void AddClauses(const plan::Expr& predicate, std::vector<const plan::Expr*>* clauses);
// Of a base search, search and where; null of others.
const plan::ExprPtr* PredicateOf(const plan::Node& node);
// Of a command that is more than a condition: transaction, inputlookup.
std::vector<plan::ExprPtr*> ConditionsOf(plan::Node& node);
// Of a condition that holds for none (`exact`), or whose opposite does: the parts for which that
// does not follow, and whether they stand under NOT: a and b of (a AND b) OR c.
void AddInexactParts(const plan::Expr& expr, bool negated, bool exact,
                     std::vector<std::pair<const plan::Expr*, bool>>* parts);
// What the streams of a node gave, by the counts of a run.
uint64_t RowsOfStreams(const plan::Node& node, const Summary& summary);
// A command that is made of several nodes is one stage.
void JoinStages(const std::vector<plan::Node*>& chain, Why* why);

}  // namespace spelk::engine
