// The operators of the planner's own nodes (plan/nodes.h).
#pragma once

#include <span>

#include "exec/operator.h"
#include "exec/sorter.h"
#include "plan/entry.h"
#include "plan/nodes.h"

namespace spelk::exec {

// The planner's own node types; those of commands stand in the commands' entries.
std::span<const plan::NodeEntry> CoreNodes();

OperatorPtr BuildFilter(const plan::Node& node, const RunContext& run);
OperatorPtr BuildExtend(const plan::Node& node, const RunContext& run);
OperatorPtr BuildProject(const plan::Node& node, const RunContext& run);
OperatorPtr BuildRename(const plan::Node& node, const RunContext& run);
OperatorPtr BuildSort(const plan::Node& node, const RunContext& run);
OperatorPtr BuildLimit(const plan::Node& node, const RunContext& run);
OperatorPtr BuildTimeSort(const plan::Node& node, const RunContext& run);
OperatorPtr BuildOrdinality(const plan::Node& node, const RunContext& run);
OperatorPtr BuildStripImplicit(const plan::Node& node, const RunContext& run);
OperatorPtr BuildDeferred(const plan::Node& node, const RunContext& run);
OperatorPtr BuildAggregate(const plan::Node& node, const RunContext& run);

// Gives batches these columns in these places (Schema), ahead of what else they have.
std::unique_ptr<StreamingOperator> MakePlaceColumns(std::vector<Field> columns);

// A sink that puts all rows in order, and cuts; what sort, tail, reverse … are.
OperatorPtr BuildSorter(SorterOptions options, const RunContext& run);

}  // namespace spelk::exec
