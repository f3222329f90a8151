// The filter of a lookup: transforms.conf, filter = search terms.
#pragma once

#include "absl/status/statusor.h"
#include "engine/compile.h"
#include "plan/eval/evaluator.h"
#include "plan/lookup.h"
#include "plan/table.h"

namespace spelk::engine {

// The rows of the table for which the lookup's filter is true, in their order. InvalidArgument,
// with the place of the lookup, for terms that mean nothing.
absl::StatusOr<plan::TablePtr> FilterTable(const Core& core, FieldTable& fields,
                                           const plan::EvalEnvironment& environment,
                                           MemoryBudget* budget, const plan::Lookup& lookup,
                                           const plan::Table& table);

}  // namespace spelk::engine
