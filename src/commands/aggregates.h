// The list of statistics that stats, eventstats and streamstats share.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "plan/bind/binder.h"

namespace spelk::commands {

// Binds count, dc(x) AS n … into the node and notes what they need. Names must differ from each
// other and from `by`; eventstats and streamstats need one.
absl::Status BindAggregates(const ast::CommandCall& call, const std::vector<Field>& by,
                            plan::Binder& binder, plan::AggregateNode* node);

}  // namespace spelk::commands
