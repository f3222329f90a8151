// PlanRun: one plan of a run with all that is its own: context, counters, warnings, time range.
#pragma once

#include <memory>
#include <vector>

#include "engine/inner_counts.h"
#include "exec/driver.h"
#include "exec/node_counts.h"
#include "exec/row_handover.h"
#include "optimize/optimizer.h"
#include "plan/filled_text.h"
#include "plan/nodes.h"
#include "spelk/engine.h"

namespace spelk::engine {

// Made by the runner, and kept until the run is over: operators point into the context.
class PlanRun {
 public:
  // `common` is what the plans of the run share.
  PlanRun(const exec::RunContext& common, plan::NodePtr* root) : context_(common), root_(root) {
    context_.warnings = &warnings_;
    context_.evaluation.counters = &counters_;
  }
  PlanRun(const PlanRun&) = delete;

  plan::NodePtr& root() const { return *root_; }
  exec::RunContext& context() { return context_; }
  const exec::RunContext& context() const { return context_; }
  exec::RunWarnings& warnings() { return warnings_; }
  const plan::EvalCounters& counters() const { return counters_; }
  // Nodes and expressions are counted from here on, by the ids that they have now.
  void Count(uint32_t last_id, bool measure) {
    counts_ = std::make_unique<exec::NodeCounts>(last_id, measure);
    expr_counts_ = std::make_unique<plan::ExprCounts>(last_id);
    context_.node_counts = counts_.get();
    context_.evaluation.expr_counts = expr_counts_.get();
  }

  // What its operators run searches by.
  void SetSearches(std::unique_ptr<plan::SearchRunner> searches) {
    searches_ = std::move(searches);
    context_.services.searches = searches_.get();
  }

  absl::Status Build() {
    SPELK_ASSIGN_OR_RETURN(pipeline_, exec::Pipeline::Build(*root(), context_));
    return absl::OkStatus();
  }
  const exec::Pipeline& pipeline() const { return *pipeline_; }

  absl::Status status;  // Why it cannot run, or failed.
  double seconds = 0;   // Of work on its own rows, those of the plans it holds as well.
  InnerCounts inner;    // Where the run counts: of the plans that it held, which are over.
  RoundCounts rounds;   // Likewise of searches that its operators ran.
  // Commands that its operators bound, and the text in which they stand.
  struct Body {
    PlanRun* commands = nullptr;
    plan::FilledText text;
  };
  std::vector<Body> bodies;

 private:
  exec::RunContext context_;
  exec::RunWarnings warnings_;
  plan::EvalCounters counters_;
  std::unique_ptr<exec::NodeCounts> counts_;
  std::unique_ptr<plan::ExprCounts> expr_counts_;
  std::unique_ptr<plan::SearchRunner> searches_;
  plan::NodePtr* root_;
  std::unique_ptr<const exec::Pipeline> pipeline_;
};

}  // namespace spelk::engine
