// The list of the planner's own node types and of their operators.
#include "exec/core.h"

namespace spelk::exec {

std::span<const plan::NodeEntry> CoreNodes() {
  // Sources have no operator: the driver feeds what follows them.
  static constexpr plan::NodeEntry kNodes[] = {
      {&plan::TypeOf<plan::ScanNode>, nullptr},
      {&plan::TypeOf<plan::RowsNode>, nullptr},
      {&plan::TypeOf<plan::UniteNode>, nullptr},
      {&plan::TypeOf<plan::TimeSortNode>, &BuildTimeSort},
      {&plan::TypeOf<plan::OrdinalityNode>, &BuildOrdinality},
      {&plan::TypeOf<plan::StripImplicitNode>, &BuildStripImplicit},
      {&plan::TypeOf<plan::FilterNode>, &BuildFilter},
      {&plan::TypeOf<plan::ExtendNode>, &BuildExtend},
      {&plan::TypeOf<plan::ProjectNode>, &BuildProject},
      {&plan::TypeOf<plan::RenameNode>, &BuildRename},
      {&plan::TypeOf<plan::SortNode>, &BuildSort},
      {&plan::TypeOf<plan::LimitNode>, &BuildLimit},
      {&plan::TypeOf<plan::AggregateNode>, &BuildAggregate},
      {&plan::TypeOf<plan::DeferredNode>, &BuildDeferred},
  };
  return kNodes;
}

}  // namespace spelk::exec
