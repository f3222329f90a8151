// Running plans without the optimizer's help, so that each condition stands where it was written.
#include "engine/why/trials.h"

#include "base/status.h"

namespace spelk::engine {
namespace {

class Counter final : public RowSink {
 public:
  absl::Status Begin(const plan::OutputShape&, const exec::RunContext&) override {
    return absl::OkStatus();
  }
  absl::Status Take(Batch) override { return absl::OkStatus(); }
};

}  // namespace

Trials::Trials(const Core& core, const RunRequest& request) : core_(core), request_(request) {
  RunOptions& options = request_.options;
  options.threads = 1;
  options.earliest.clear();  // Among the conditions.
  options.latest.clear();
  options.count = true;
  options.measure = false;
  options.why_no_rows = false;
  options.count_lines = false;
  options.follow = false;
  options.strict = false;
  options.reload_states = false;
  options.deal_states = 0;
  options.summary = nullptr;
  options.progress = nullptr;
  options.disabled_passes.clear();
  for (const optimize::PassInfo& pass : optimize::Passes()) {
    options.disabled_passes.emplace_back(pass.name);
  }
  request_.form = ResultForm::kColumns;
}

size_t Trials::Count(plan::NodePtr plan) {
  Trial& trial = trials_.emplace_back();
  trial.plan = std::move(plan);
  trial.counter = std::make_unique<Counter>();
  return trials_.size() - 1;
}

size_t Trials::Profile(plan::NodePtr plan, bool keep_first_row) {
  Trial& trial = trials_.emplace_back();
  trial.plan = std::move(plan);
  trial.profile = std::make_unique<FieldProfile>(keep_first_row);
  return trials_.size() - 1;
}

absl::Status Trials::Run() {
  std::vector<RunJob> jobs;
  const size_t first = run_;
  for (size_t t = first; t < trials_.size(); ++t) {
    RowSink* sink = trials_[t].profile.get();
    jobs.push_back({trials_[t].plan.get(), sink != nullptr ? sink : trials_[t].counter.get()});
  }
  run_ = trials_.size();
  std::vector<Summary> summaries;
  std::vector<absl::Status> statuses;
  SPELK_RETURN_IF_ERROR(engine::Run(core_, jobs, request_, &summaries, &statuses));
  for (size_t i = 0; i < jobs.size(); ++i) {
    trials_[first + i].summary = std::move(summaries[i]);
    trials_[first + i].status = statuses[i];
  }
  return absl::OkStatus();
}

std::unique_ptr<FieldProfile> Trials::TakeProfile(size_t trial) {
  return std::move(trials_[trial].profile);
}

void Trials::ProfilePairs(std::vector<plan::NodePtr> plans,
                          std::vector<std::unique_ptr<FieldProfile>>* profiles) {
  const size_t first = trials_.size();
  for (plan::NodePtr& plan : plans) Profile(std::move(plan));
  if (!Run().ok()) return;
  for (size_t i = first; i + 1 < trials_.size(); i += 2) {
    if (!status(i).ok() || !status(i + 1).ok()) continue;
    std::unique_ptr<FieldProfile> profile = TakeProfile(i);
    profile->AddFieldsOf(*trials_[i + 1].profile);
    (*profiles)[(i - first) / 2 + 1] = std::move(profile);
  }
}

}  // namespace spelk::engine
