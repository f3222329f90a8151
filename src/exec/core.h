// The operators of the planner's own nodes (plan/nodes.h); commands name them in their entries.
#pragma once

#include "exec/operator.h"
#include "exec/sorter.h"
#include "plan/nodes.h"

namespace spelk::exec {

const plan::CommandEntry& ScanEntry();
const plan::CommandEntry& TimeSortEntry();
const plan::CommandEntry& OrdinalityEntry();
const plan::CommandEntry& StripImplicitEntry();

OperatorPtr BuildFilter(const plan::Node& node, const RunContext& run);
OperatorPtr BuildExtend(const plan::Node& node, const RunContext& run);
OperatorPtr BuildProject(const plan::Node& node, const RunContext& run);
OperatorPtr BuildRename(const plan::Node& node, const RunContext& run);
OperatorPtr BuildSort(const plan::Node& node, const RunContext& run);
OperatorPtr BuildLimit(const plan::Node& node, const RunContext& run);
OperatorPtr BuildAggregate(const plan::Node& node, const RunContext& run);

// A sink that puts all rows in order, and cuts; what sort, tail, reverse … are.
OperatorPtr BuildSorter(SorterOptions options, const RunContext& run);

}  // namespace spelk::exec
