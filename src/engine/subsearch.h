// Subsearches: their rows become predicates of the search around them.
#pragma once

#include <string>
#include <vector>

#include "engine/compile.h"
#include "exec/run_context.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::engine {

// The expressions of a plan that stand for subsearches, those inside other subsearches left out.
std::vector<plan::ExprPtr*> SubsearchesOf(plan::Node& root);

// True if some subsearch, at any depth, reads events.
bool HasScanningSubsearch(const plan::Node& root);

// Collects the rows of a subsearch as texts.
class SubsearchRows {
 public:
  static constexpr size_t kMostRows = 10'000;  // limits.conf [subsearch] maxout

  absl::Status Take(const Batch& batch, MemoryBudget* budget);
  bool truncated() const { return truncated_; }
  bool full() const { return rows_.size() >= kMostRows; }

  // The predicate or value that stands in the place of the subsearch.
  absl::StatusOr<plan::ExprPtr> Bind(const Core& core, const plan::Expr& subsearch) const;

 private:
  struct Cell {
    Field field;
    std::vector<std::string> values;
  };
  using Row = std::vector<Cell>;

  absl::StatusOr<plan::ExprPtr> BindRow(const Core& core, const plan::Expr& subsearch,
                                        const Row& row) const;
  absl::StatusOr<plan::ExprPtr> BindValue(const Core& core, const plan::Expr& subsearch) const;

  std::vector<Row> rows_;
  bool truncated_ = false;
  Reservation reservation_;
};

}  // namespace spelk::engine
