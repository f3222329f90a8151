// Subsearches: their rows become search terms or text of the search around them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/compile.h"
#include "exec/run_context.h"
#include "exec/search_text.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::engine {

// What of a plan is replaced when its subsearches have run: an expression (a subsearch alone,
// search terms around subsearches, an IN with subsearches in its list), or a command that was
// deferred.
struct SubsearchPlace {
  plan::ExprPtr* place = nullptr;
  plan::NodePtr* command = nullptr;
  std::vector<const plan::Expr*> subsearches;
};
// Those of a plan and of the bodies of its nodes, from the sources to the root, inner ones of one
// expression first; those inside other held plans left out. They stay valid while they are replaced
// in this order.
std::vector<SubsearchPlace> SubsearchesOf(plan::NodePtr& root);
// A plan whose rows a node is handed.
struct OtherPlace {
  plan::NodePtr* place = nullptr;
  const plan::Node* holder = nullptr;
};
// Those of the plan's nodes, and of the nodes of bodies.
std::vector<OtherPlace> OthersOf(plan::Node& root);

// True if the plan, or one that it holds at any depth, reads events.
bool ReadsEvents(const plan::Node& root);
bool HeldPlanReadsEvents(const plan::Node& root);

// Collects the rows of a subsearch as texts.
class SubsearchRows {
 public:
  // At most so many.
  SubsearchRows(uint64_t most, MemoryBudget* budget) : most_(most), reservation_(budget) {}
  absl::Status Take(const Batch& batch);
  bool truncated() const { return truncated_; }
  uint64_t most() const { return most_; }

  // The predicate that the rows are: a row is a conjunction, the rows are joined by OR, and no rows
  // match nothing.
  absl::StatusOr<plan::ExprPtr> Terms(const Core& core, FieldTable& fields, TermsScope scope) const;
  // What the subsearch gives as text: that of `return` or `format` as it is, or the rows formatted.
  std::string Text(bool expression) const;
  // The memory that the rows took, which what is made of them takes too.
  Reservation TakeReservation() { return std::move(reservation_); }

 private:
  absl::StatusOr<ast::SearchExpr> TermsOfRow(const Core& core, const exec::TextRow& row) const;

  uint64_t most_;
  std::vector<exec::TextRow> rows_;
  bool truncated_ = false;
  Reservation reservation_;
};

// Puts what the subsearches gave into their place; `results` has one for each of them. Text that
// cannot stand there is an error with its place in the query. Fields of a command are the run's.
absl::Status BindSubsearches(const Core& core, FieldTable& fields, const SubsearchPlace& place,
                             const std::vector<const SubsearchRows*>& results,
                             exec::RunWarnings& warnings);
// The part of it that is for a deferred command.
absl::Status BindDeferred(const Core& core, FieldTable& fields, plan::NodePtr* command,
                          const std::vector<std::string>& results, exec::RunWarnings& warnings);

}  // namespace spelk::engine
