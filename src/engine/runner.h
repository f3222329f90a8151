// Runner: the plans of one run, made ready, run and summed up.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/input_passes.h"
#include "engine/knowledge_rules.h"
#include "engine/plan_run.h"
#include "engine/run.h"
#include "engine/subsearch.h"
#include "engine/tables.h"
#include "exec/inner_searches.h"

namespace spelk::engine {

// Used by one thread at a time; the request and the core outlive it.
class Runner final {
 public:
  Runner(const Core& core, const RunRequest& request);
  ~Runner();

  // Reads ahead what the plans need (now, subsearches, rows of other plans), optimizes and builds
  // them. A plan that fails keeps why; the status is of the run as a whole.
  absl::Status Start(const std::vector<RunJob>& jobs);
  // A small part of the run on the calling thread; false when it is over.
  absl::StatusOr<bool> Step();
  // All that is left, with the workers of the options.
  absl::Status RunToEnd();
  // After the end: the sinks' last word, one summary and one status for each job.
  absl::Status Finish(const absl::Status& run, std::vector<Summary>* summaries,
                      std::vector<absl::Status>* statuses);

  absl::StatusOr<std::string> Explain(const plan::Node& plan, Stage stage);

 private:
  struct Output;          // Where the rows of a job go.
  struct SearchesOfPlan;  // What operators of a plan have run.

  absl::Status RunText(std::string_view text, const plan::FilledText* places,
                       const plan::TakeBatch& take, PlanRun* owner);
  absl::StatusOr<exec::InnerSearches::Body> BindBody(const plan::FilledText& text, PlanRun* owner);

  absl::Status CheckPasses() const;
  // The run's own copy of a plan.
  PlanRun& Prepare(const plan::Node& plan);
  // A plan that the run holds already, in its place.
  PlanRun& PrepareInPlace(plan::NodePtr* place);
  void SetTimeRange(PlanRun& plan);
  absl::StatusOr<optimize::OrderReport> Optimize(PlanRun& plan, ResultForm form);
  absl::Status MakeReady(size_t job);
  absl::Status RunFirst(size_t begin, size_t end);
  absl::Status ReadAhead(const std::vector<PlanRun*>& plans);
  bool AsksForNow(const std::vector<PlanRun*>& plans) const;
  absl::Status ResolveNow();
  absl::Status RunHeldPlans(const std::vector<PlanRun*>& plans);
  absl::Status RunPlans(const std::vector<PlanRun*>& plans,
                        const std::vector<exec::Output*>& results);
  exec::DriverOptions MakeDriverOptions(bool main_pass);
  const plan::ComputedColumnsList* RulesOfAll(const std::vector<PlanRun*>& plans);
  plan::OutputShape ShapeFor(const plan::Node& plan) const;
  absl::Status WithPlace(absl::Status status) const;
  absl::Status Judge(const PlanRun& plan) const;
  bool AsksForRelativeTime(const PlanRun& plan) const;
  Summary MakeSummary(PlanRun& plan, uint64_t rows);
  static void AddAllCounts(const PlanRun& plan, Summary* summary);
  static void AddInnerCounts(const PlanRun& plan, InnerCounts* counts);
  static void AddHeldCounts(const PlanRun& plan, InnerCounts* counts);
  static void PlaceStages(const RunJob& job, Summary* summary);
  void SayWhyNoRows(const RunJob& job, Summary* summary) const;
  plan::ExprPtr StandIn(const plan::Expr& subsearch);

  const Core& core_;
  const RunRequest& request_;
  MemoryBudget budget_;
  FieldTable fields_;
  Cancellation own_cancel_;
  RunTables tables_;
  exec::RowHandover handover_;
  exec::RunWarnings warnings_;  // Of the run as a whole; each summary has them.
  plan::EvalCounters counters_;
  exec::RunContext common_;
  exec::ScanSettings settings_;
  PassReports reports_;
  optimize::FeedFacts feed_;
  std::deque<plan::NodePtr> roots_;
  std::deque<PlanRun> plan_runs_;
  std::deque<plan::ComputedColumnsList> rules_;  // Of plans that run together.
  CompiledTexts compiled_;
  std::vector<Reservation> subsearch_memory_;

  std::vector<RunJob> jobs_;
  std::vector<PlanRun*> job_plans_;
  std::vector<std::unique_ptr<Output>> outputs_;
  std::unique_ptr<exec::Driver> driver_;
  std::vector<size_t> driven_;  // Which jobs the driver has.
};

}  // namespace spelk::engine
