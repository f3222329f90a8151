// What a value that is not null, or a condition that is true, cannot do without.
#pragma once

#include <optional>
#include <vector>

#include "plan/expr.h"
#include "plan/field_set.h"

namespace spelk::optimize {

// Fields of which at least one is not null wherever the expression is not. Nothing if it may have a
// value where every field is null; no fields if it never has one.
std::optional<plan::FieldSet> NotNullSources(const plan::Expr& expr);

// Sets of fields, of each of which at least one is not null wherever the expression is true.
std::vector<plan::FieldSet> TrueSources(const plan::Expr& expr);

// The names under which the layouts of events, or the run itself, give a value to events without
// such a member, and hidden fields.
bool IsDerivedField(Field field);

}  // namespace spelk::optimize
