// Making conditions and adding them.
#include "plan/scan_conditions.h"

#include <utility>
#include <vector>

namespace spelk::plan {

ExprPtr MakeTimeRange(Field time, std::string earliest, std::string latest) {
  auto range = std::make_unique<Expr>();
  range->kind = ExprKind::kTimeRange;
  range->type = Type::kBoolean;
  range->field = time;
  range->earliest = std::move(earliest);
  range->latest = std::move(latest);
  return range;
}

void AddCondition(ExprPtr condition, ScanNode* scan, Placed placed) {
  std::vector<ExprPtr> all;
  all.push_back(std::move(condition));
  if (scan->predicate != nullptr) {
    all.insert(placed == Placed::kFirst ? all.end() : all.begin(), std::move(scan->predicate));
  }
  scan->predicate = MakeLogical(ExprKind::kAnd, std::move(all));
}

}  // namespace spelk::plan
