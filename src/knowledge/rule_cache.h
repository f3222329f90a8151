// RuleCache: rules that were bound for one scan, for the others of a run.
#pragma once

#include "base/string_map.h"
#include "plan/computed_columns.h"

namespace spelk::knowledge {

// By what tells them apart. For one table of fields and the knowledge of one engine.
using RuleCache = StringMap<plan::ComputedColumnsList>;

}  // namespace spelk::knowledge
