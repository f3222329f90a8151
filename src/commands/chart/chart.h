// What chart and timechart share: binding and running.
#pragma once

#include "commands/chart/chart_node.h"
#include "commands/entry.h"

namespace spelk::commands {

absl::StatusOr<plan::NodePtr> BindChart(const ast::CommandCall& call, plan::Binder& binder,
                                        bool is_timechart,
                                        plan::AggregateMode mode = plan::AggregateMode::kWhole);
exec::OperatorPtr BuildChart(const plan::Node& node, const exec::RunContext& run);

}  // namespace spelk::commands
