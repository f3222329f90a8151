// Making plans ready and running them.
#include "engine/runner.h"
#include "engine/test_hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "engine/lookup_filter.h"
#include "engine/run_outputs.h"
#include "plan/eval/search_nodes.h"
#include "plan/limits.h"
#include "plan/scan_conditions.h"
#include "value/relative_time.h"
#include "value/utf8.h"

namespace spelk::engine {
namespace {

// Each worker reads blocks and holds what it made of them: more workers than the memory is enough
// for would only be in each other's way.
size_t WorkersFor(const RunOptions& options) {
  constexpr size_t kBlocksOfWorker = 20;
  constexpr size_t kWithoutBlocks = size_t{2} << 20U;  // Of a worker's readers and rows.
  const size_t block = std::max<size_t>(1, std::min(options.block_size, options.memory));
  const size_t most = options.memory / (kBlocksOfWorker * block + kWithoutBlocks);
  return std::clamp<size_t>(options.threads, 1, std::max<size_t>(1, most));
}

// Bytes of input that a run keeps, to be looked at once more if it gives no rows.
constexpr size_t kKeptForWhy = size_t{4} << 20U;

bool ExprAsksForNow(const plan::Expr& expr) {
  if (expr.kind == plan::ExprKind::kTimeRange) return true;
  if (expr.kind == plan::ExprKind::kCall && expr.function->stability == plan::Stability::kRun)
    return true;
  if (expr.plan != nullptr) return true;
  return std::any_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const plan::ExprPtr& argument) { return ExprAsksForNow(*argument); });
}

bool PlanAsksForNow(const plan::Node& root) {
  bool asks = false;
  plan::ForEachNode(root, [&](const plan::Node& node) {
    const plan::Dataflow flow = node.GetDataflow();
    asks = asks || flow.reads_clock || flow.runs_searches;
    const_cast<plan::Node&>(node).VisitExpressions(  // Only looks.
        [&](plan::ExprPtr& expr) { asks = asks || ExprAsksForNow(*expr); });
  });
  plan::ForEachHeldPlan(
      root, [&](const plan::Node& held, plan::Held) { asks = asks || PlanAsksForNow(held); });
  return asks;
}

// What knowledge adds to all fields.
void AddDerived(const plan::Node& root, plan::OutputShape* shape) {
  if (!shape->open) return;
  for (const plan::ScanNode* scan : plan::ScansOf(root)) {
    for (const plan::ComputedColumns& rule : scan->rules) {
      for (const Field target : rule.listed) shape->derived.Add(target);
    }
  }
}

bool WritesTables(const plan::Node& root) {
  bool writes = false;
  plan::ForEachNode(root, [&writes](const plan::Node& node) {
    writes = writes || !node.GetDataflow().writes_table.empty();
  });
  return writes;
}

uint32_t LastId(const plan::Node& root) {
  uint32_t last = 0;
  plan::ForEachId(root, [&](uint32_t id) { last = std::max(last, id); });
  return last;
}

}  // namespace

struct Runner::Output final : exec::Output {
  explicit Output(RowSink& sink) : target(sink) {}
  absl::Status Push(Batch batch) override {
    if (batch.empty() || target.enough()) return absl::OkStatus();
    rows += batch.size();
    return target.Take(std::move(batch));
  }
  bool enough() const override { return target.enough(); }

  RowSink& target;
  uint64_t rows = 0;
};

struct Runner::SearchesOfPlan final : exec::InnerSearches {
  SearchesOfPlan(Runner& of, PlanRun& by) : runner(of), owner(by) {}
  absl::Status Run(std::string_view text, const plan::TakeBatch& take) override {
    return runner.RunText(text, nullptr, take, &owner);
  }
  absl::StatusOr<plan::NodePtr> CompileBody(std::string_view text) override {
    return engine::CompileBody(runner.core_, runner.fields_, text);
  }
  absl::Status RunFilled(const plan::FilledText& text, const plan::TakeBatch& take) override {
    return runner.RunText(text.text(), &text, take, &owner);
  }
  absl::StatusOr<Body> BindFilled(const plan::FilledText& text) override {
    return runner.BindBody(text, &owner);
  }

  Runner& runner;
  PlanRun& owner;
};

Runner::Runner(const Core& core, const RunRequest& request)
    : core_(core),
      request_(request),
      budget_(request.options.memory, WorkersFor(request.options), request.options.may_reserve),
      fields_(&core.fields(), &budget_),
      tables_(core.knowledge().lookups(), core.write_folder(), core.assumes_tables(), core.zone(),
              &budget_, [this](const plan::Lookup& lookup, const plan::Table& table) {
                return FilterTable(core_, fields_, common_.evaluation, &budget_, lookup, table);
              }) {
  const RunOptions& options = request.options;
  common_.evaluation.constants = {core.zone(),  options.now.value_or(0), !options.now,
                                  options.seed, &core.entries(),         &common_.services};
  common_.services = {&tables_, &core.knowledge().lookups(), &core.knowledge().limits(), nullptr,
                      request_.options.geo_database};
  common_.evaluation.counters = &counters_;
  common_.budget = &budget_;
  common_.fields = &fields_;
  common_.entries = &core.entries();
  common_.cancel = request.cancel != nullptr ? request.cancel : &own_cancel_;
  common_.evaluation.cancel = common_.cancel;
  common_.warnings = &warnings_;
  common_.handover = &handover_;
  common_.spill_directory = options.spill_directory;
  common_.batch_rows = std::max<size_t>(1, options.batch_rows);
  common_.reload_states = options.reload_states;
  if (options.hooks != nullptr) common_.wrapper = options.hooks->wrapper;
  if (options.count) tables_.CountFound();
  settings_.shapes = &core.knowledge().shapes();
  settings_.renames = &core.knowledge().renames();
  settings_.times = &core.knowledge().times();
  settings_.inputs = request.inputs;
  settings_.time_field = options.time_field;
  settings_.time_format = options.time_format;
  settings_.strict = options.strict;
  settings_.max_line = options.max_line;
  feed_.shapes = settings_.shapes;
  for (io::Input& input : settings_.inputs) {
    if (!IsUtf8(input.path)) input.source = MakeUtf8(input.path);
    feed_.sources.push_back(input.source.empty() ? input.path : input.source);
    if (!input.sourcetype.empty()) feed_.sourcetypes.push_back(input.sourcetype);
  }
  feed_.renames_sourcetypes = !settings_.renames->empty();
  feed_.newest_first = options.order == EventOrder::kTime ||
                       (options.order == EventOrder::kAuto && !request.input_is_pipe);
  feed_.always_ordered = options.order == EventOrder::kTime;
  feed_.known = true;
}

Runner::~Runner() = default;

// ---------------------------------------------------------------- making ready

absl::Status Runner::CheckPasses() const {
  const std::vector<optimize::PassInfo>& passes = optimize::Passes();
  for (const std::string& name : request_.options.disabled_passes) {
    if (std::any_of(passes.begin(), passes.end(),
                    [&](const optimize::PassInfo& pass) { return pass.name == name; })) {
      continue;
    }
    std::vector<std::string_view> names;
    names.reserve(passes.size());
    for (const optimize::PassInfo& pass : passes) names.push_back(pass.name);
    return absl::InvalidArgumentError(
        fmt::format("there is no optimizer pass \"{}\"; those that can be left out are {}", name,
                    fmt::join(names, ", ")));
  }
  return absl::OkStatus();
}

PlanRun& Runner::Prepare(const plan::Node& plan) {
  roots_.push_back(plan::CopyPlan(plan, fields_, core_.entries()));
  return PrepareInPlace(&roots_.back());
}

// The time range of the run joins what the scans ask.
PlanRun& Runner::PrepareInPlace(plan::NodePtr* place) {
  PlanRun& prepared = plan_runs_.emplace_back(common_, place);
  prepared.SetSearches(std::make_unique<SearchesOfPlan>(*this, prepared));
  const RunOptions& options = request_.options;
  // Whether they find any times is told, even if the search asks for none.
  if (!options.time_field.empty() || !options.time_format.empty()) {
    for (plan::ScanNode* scan : plan::ScansOf(**place)) scan->fields.push_back(hidden::kTimeAsked);
  }
  if (options.earliest.empty() && options.latest.empty()) return prepared;
  for (plan::ScanNode* scan : plan::ScansOf(**place)) {
    plan::AddCondition(
        plan::MakeTimeRange(fields_.Intern("_time"), options.earliest, options.latest), scan);
  }
  return prepared;
}

// All time ranges hold: those of the search and that of the run.
void Runner::SetTimeRange(PlanRun& plan) {
  exec::RunContext& context = plan.context();
  context.evaluation.constants.now = common_.evaluation.constants.now;
  context.time_range = {};
  const plan::RunConstants& constants = context.evaluation.constants;
  const auto add = [&](const std::string& earliest, const std::string& latest) {
    exec::TimeRange& range = context.time_range;
    const auto lower = ParseTimeModifier(earliest, constants.now, constants.zone);
    const auto upper = ParseTimeModifier(latest, constants.now, constants.zone);
    if (!earliest.empty() && lower) {
      range.earliest = range.earliest ? std::max(*range.earliest, *lower) : *lower;
    }
    if (!latest.empty() && upper) {
      range.latest = range.latest ? std::min(*range.latest, *upper) : *upper;
    }
  };
  add(request_.options.earliest, request_.options.latest);
  const std::vector<plan::ScanNode*> scans = plan::ScansOf(*plan.root());
  if (scans.empty()) return;
  for (const plan::TimeModifiers& range : scans[0]->time_ranges) add(range.earliest, range.latest);
}

absl::StatusOr<optimize::OrderReport> Runner::Optimize(PlanRun& plan, ResultForm form) {
  SetTimeRange(plan);
  const KnowledgeRules rules(core_, fields_, plan.warnings(), compiled_);
  optimize::OptimizeContext context;
  context.fields = &fields_;
  context.entries = &core_.entries();
  context.evaluation = &plan.context().evaluation;
  context.feed = &feed_;
  context.rules = &rules;
  context.form = form;
  context.disabled = request_.options.disabled_passes;
  // What the base search keeps is counted where the scan ends.
  if (request_.options.count_lines) context.disabled.emplace_back("predicate-pushdown");
  SPELK_ASSIGN_OR_RETURN(optimize::OrderReport report, optimize::Optimize(&plan.root(), context));
  plan::NumberPlan(*plan.root());
  const RunOptions& options = request_.options;
  if (options.count || options.measure) plan.Count(LastId(*plan.root()), options.measure);
  return report;
}

// Events that are wanted as columns are results like others.
plan::OutputShape Runner::ShapeFor(const plan::Node& plan) const {
  plan::OutputShape shape = plan::ShapeOf(plan);
  if (request_.form != ResultForm::kEventLines) shape.events = false;
  return shape;
}

// Optimizes the plan and tells its target what will come.
absl::Status Runner::MakeReady(size_t job) {
  PlanRun& plan = *job_plans_[job];
  plan::OutputShape shape = ShapeFor(*plan.root());
  SPELK_RETURN_IF_ERROR(Optimize(plan, request_.form).status());
  AddDerived(*plan.root(), &shape);
  return jobs_[job].target->Begin(shape, plan.context());
}

// Runs some of the jobs to their end: the last of them writes tables that those after it may read.
absl::Status Runner::RunFirst(size_t begin, size_t end) {
  SPELK_RETURN_IF_ERROR(MakeRepeatable(common_.spill_directory, common_.cancel, &settings_.inputs));
  std::vector<PlanRun*> plans;
  std::vector<exec::Output*> results;
  for (size_t j = begin; j < end; ++j) {
    plans.push_back(job_plans_[j]);
    results.push_back(outputs_[j].get());
  }
  SPELK_RETURN_IF_ERROR(ReadAhead(plans));
  for (size_t j = begin; j < end; ++j) {
    if (job_plans_[j]->status.ok()) job_plans_[j]->status = MakeReady(j);
  }
  return RunPlans(plans, results);
}

absl::Status Runner::Start(const std::vector<RunJob>& jobs) {
  SPELK_RETURN_IF_ERROR(CheckPasses());
  jobs_ = jobs;
  for (const RunJob& job : jobs) {
    job_plans_.push_back(&Prepare(*job.plan));
    outputs_.push_back(std::make_unique<Output>(*job.target));
  }
  size_t first = 0;
  for (size_t j = 0; j + 1 < jobs.size(); ++j) {
    if (request_.options.independent || !WritesTables(*jobs[j].plan)) continue;
    SPELK_RETURN_IF_ERROR(RunFirst(first, j + 1));
    first = j + 1;
  }
  SPELK_RETURN_IF_ERROR(
      ReadAhead({job_plans_.begin() + static_cast<std::ptrdiff_t>(first), job_plans_.end()}));
  std::vector<exec::DriverJob> driver_jobs;
  std::vector<PlanRun*> driven;
  for (size_t j = first; j < jobs.size(); ++j) {
    PlanRun& plan = *job_plans_[j];
    if (plan.status.ok()) plan.status = MakeReady(j);
    if (plan.status.ok()) plan.status = plan.Build();
    if (!plan.status.ok()) continue;
    driven_.push_back(j);
    driven.push_back(&plan);
    driver_jobs.push_back({&plan.pipeline(), outputs_[j].get()});
  }
  if (driver_jobs.empty()) return absl::OkStatus();
  exec::DriverOptions driver_options = MakeDriverOptions(true);
  driver_options.rules = RulesOfAll(driven);
  SPELK_ASSIGN_OR_RETURN(
      driver_, exec::Driver::Make(std::move(driver_jobs), settings_, std::move(driver_options),
                                  common_, reports_.New()));
  return absl::OkStatus();
}

absl::StatusOr<bool> Runner::Step() {
  if (driver_ == nullptr) return false;
  return driver_->Step();
}

absl::Status Runner::RunToEnd() { return driver_ == nullptr ? absl::OkStatus() : driver_->Run(); }

absl::Status Runner::Finish(const absl::Status& run, std::vector<Summary>* summaries,
                            std::vector<absl::Status>* statuses) {
  for (size_t i = 0; i < driven_.size(); ++i) {
    PlanRun& plan = *job_plans_[driven_[i]];
    if (driver_ != nullptr) plan.status.Update(driver_->status(i));
    if (driver_ != nullptr) plan.seconds += driver_->seconds(i);
    if (run.ok()) plan.status.Update(Judge(plan));
  }
  absl::Status status = run;
  if (run.ok()) status = tables_.Publish();
  for (size_t j = 0; j < job_plans_.size() && j < outputs_.size(); ++j) {
    job_plans_[j]->status.Update(jobs_[j].target->End());
  }
  for (size_t j = 0; j < job_plans_.size(); ++j) {
    summaries->push_back(MakeSummary(*job_plans_[j], j < outputs_.size() ? outputs_[j]->rows : 0));
    PlaceStages(jobs_[j], &summaries->back());
    if (run.ok() && job_plans_[j]->status.ok()) SayWhyNoRows(jobs_[j], &summaries->back());
    const absl::Status of_plan = WithPlace(job_plans_[j]->status);
    if (statuses != nullptr) {
      statuses->push_back(of_plan);
    } else {
      status.Update(of_plan);
    }
  }
  return WithPlace(status);
}

// Null where few plans would share them.
const plan::ComputedColumnsList* Runner::RulesOfAll(const std::vector<PlanRun*>& plans) {
  constexpr size_t kFew = 4;
  if (plans.size() <= kFew || request_.options.count) return nullptr;
  std::vector<const plan::ScanNode*> scans;
  for (const PlanRun* plan : plans) {
    for (const plan::ScanNode* scan : plan::ScansOf(*plan->root())) scans.push_back(scan);
  }
  plan::ComputedColumnsList rules = CommonRules(core_, fields_, scans, compiled_);
  return rules.empty() ? nullptr : &rules_.emplace_back(std::move(rules));
}

exec::DriverOptions Runner::MakeDriverOptions(bool main_pass) {
  const RunOptions& options = request_.options;
  exec::DriverOptions driver;
  driver.threads = WorkersFor(options);
  driver.deal_states = options.deal_states;
  driver.deal_seed = options.seed;
  driver.blocks.block_size = std::max<size_t>(1, options.block_size);
  driver.blocks.max_line = options.max_line;
  driver.blocks.budget = &budget_;
  driver.blocks.cancel = common_.cancel;
  driver.clock = options.clock;
  driver.count_lines = main_pass && options.count_lines;
  if (main_pass && options.why_no_rows) {
    driver.keep_bytes = std::min(kKeptForWhy, options.memory / 64);
  }
  driver.blocks.follow = main_pass && options.follow;
  if (options.progress) {
    driver.progress = [&options](const io::ReadProgress& progress) {
      options.progress(
          {progress.bytes_taken.load(std::memory_order_relaxed), progress.bytes_total});
    };
  }
  return driver;
}

// ---------------------------------------------------------------- reading ahead

// What must be known before the plans themselves can run: the newest event's time, what held plans
// give. Input that can be read only once is kept for the passes that follow.
absl::Status Runner::ReadAhead(const std::vector<PlanRun*>& plans) {
  const bool asks = AsksForNow(plans);
  const bool again = std::any_of(plans.begin(), plans.end(), [](PlanRun* plan) {
    bool reads = HeldPlanReadsEvents(*plan->root());
    plan::ForEachNode(*plan->root(), [&](const plan::Node& node) {
      reads = reads || node.GetDataflow().runs_searches;
    });
    return reads;
  });
  if ((asks || again) && request_.options.follow) {
    return absl::InvalidArgumentError(
        "the search reads its events more than once, so they cannot be followed");
  }
  if (asks || again) {
    SPELK_RETURN_IF_ERROR(
        MakeRepeatable(common_.spill_directory, common_.cancel, &settings_.inputs));
  }
  if (asks) SPELK_RETURN_IF_ERROR(ResolveNow());
  return RunHeldPlans(plans);
}

// Without a given instant, now is the time of the newest event; only searches that ask for it read
// the input twice.
bool Runner::AsksForNow(const std::vector<PlanRun*>& plans) const {
  return !request_.options.now && !settings_.inputs.empty() &&
         common_.evaluation.constants.now == 0 &&
         std::any_of(plans.begin(), plans.end(),
                     [](PlanRun* plan) { return PlanAsksForNow(*plan->root()); });
}

absl::Status Runner::ResolveNow() {
  auto scan = plan::Make<plan::ScanNode>({});
  scan->all_fields = false;
  scan->fields.push_back(hidden::kTime);
  SPELK_ASSIGN_OR_RETURN(const auto pipeline, exec::Pipeline::Build(*scan, common_));
  NewestOutput newest;
  exec::ScanReport report;
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<exec::Driver> driver,
                         exec::Driver::Make({{pipeline.get(), &newest}}, settings_,
                                            MakeDriverOptions(false), common_, report));
  SPELK_RETURN_IF_ERROR(driver->Run());
  SPELK_RETURN_IF_ERROR(driver->status(0));
  common_.evaluation.constants.now = static_cast<double>(newest.newest()) / 1e6;
  return absl::OkStatus();
}

// Innermost plans first; all of one depth share a pass over the inputs. A plan whose held plan
// fails, fails.
absl::Status Runner::RunHeldPlans(const std::vector<PlanRun*>& plans) {
  struct Inner {
    PlanRun* owner;
    PlanRun* plan;
    plan::NodePtr* place = nullptr;      // Of rows that are handed over …
    const plan::Node* holder = nullptr;  // … to its operator.
  };
  std::vector<std::pair<PlanRun*, SubsearchPlace>> places;
  std::vector<Inner> inner;
  for (PlanRun* plan : plans) {
    for (SubsearchPlace& place : SubsearchesOf(plan->root())) {
      for (const plan::Expr* subsearch : place.subsearches) {
        inner.push_back({plan, &Prepare(*subsearch->plan)});
      }
      places.emplace_back(plan, std::move(place));
    }
  }
  for (PlanRun* plan : plans) {
    for (const OtherPlace& other : OthersOf(*plan->root())) {
      inner.push_back({plan, &PrepareInPlace(other.place), other.place, other.holder});
    }
  }
  if (inner.empty()) return absl::OkStatus();
  std::vector<PlanRun*> inner_plans;
  inner_plans.reserve(inner.size());
  for (const Inner& each : inner) inner_plans.push_back(each.plan);
  SPELK_RETURN_IF_ERROR(RunHeldPlans(inner_plans));
  std::vector<std::unique_ptr<SubsearchOutput>> terms;
  std::vector<std::unique_ptr<SpoolOutput>> spools;
  std::vector<exec::Output*> results;
  for (const Inner& each : inner) {
    if (each.place == nullptr) {
      terms.push_back(std::make_unique<SubsearchOutput>(
          plan::MostOf(common_.services.limits, plan::kSubsearchMaxOut), &budget_));
      results.push_back(terms.back().get());
    } else {
      spools.push_back(
          std::make_unique<SpoolOutput>(each.owner->context(), each.holder->MostOtherRows()));
      results.push_back(spools.back().get());
    }
    if (each.plan->status.ok()) {
      each.plan->status = Optimize(*each.plan, ResultForm::kColumns).status();
    }
  }
  SPELK_RETURN_IF_ERROR(RunPlans(inner_plans, results));
  for (const Inner& each : inner) {
    AddInnerCounts(*each.plan, &each.owner->inner);
    each.owner->status.Update(each.plan->status);
    each.owner->seconds += each.plan->seconds;
    for (Diagnostic& warning : each.plan->warnings().Take()) {
      each.owner->warnings().Add(std::move(warning));
    }
  }
  // What the subsearches gave goes into its place. Its memory stays reserved: the plan holds it.
  size_t next = 0;
  for (auto& [owner, place] : places) {
    std::vector<const SubsearchRows*> rows;
    for (size_t i = 0; i < place.subsearches.size(); ++i) {
      SubsearchRows& collected = terms[next++]->rows();
      if (collected.truncated()) {
        owner->warnings().Add(
            ErrorCode::kTruncated,
            fmt::format("a subsearch gave more than {} rows; the rest was left out{}",
                        collected.most(), plan::CutBy(plan::kSubsearchMaxOut)));
      }
      subsearch_memory_.push_back(collected.TakeReservation());
      rows.push_back(&collected);
    }
    if (!owner->status.ok()) continue;
    owner->status = engine::BindSubsearches(core_, fields_, place, rows, owner->warnings());
  }
  size_t spool = 0;
  for (const Inner& each : inner) {
    if (each.place == nullptr) continue;
    SpoolOutput& output = *spools[spool++];
    if (output.truncated()) {
      each.owner->warnings().Add(
          ErrorCode::kTruncated,
          fmt::format("{}: kept the first {} rows of the subsearch; the rest was left out ({})",
                      each.holder->label(), each.holder->MostOtherRows(),
                      each.holder->MostOtherRowsBy()));
    }
    handover_.Put(each.place, output.TakeRows());
  }
  return absl::OkStatus();
}

// Optimized plans, in one pass; each keeps its own failure.
absl::Status Runner::RunPlans(const std::vector<PlanRun*>& plans,
                              const std::vector<exec::Output*>& results) {
  std::vector<exec::DriverJob> jobs;
  std::vector<PlanRun*> driven;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (plans[i]->status.ok()) plans[i]->status = plans[i]->Build();
    if (!plans[i]->status.ok()) continue;
    jobs.push_back({&plans[i]->pipeline(), results[i]});
    driven.push_back(plans[i]);
  }
  if (jobs.empty()) return absl::OkStatus();
  exec::DriverOptions driver_options = MakeDriverOptions(true);
  driver_options.rules = RulesOfAll(driven);
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<exec::Driver> driver,
                         exec::Driver::Make(std::move(jobs), settings_, std::move(driver_options),
                                            common_, reports_.New()));
  SPELK_RETURN_IF_ERROR(driver->Run());
  for (size_t i = 0; i < driven.size(); ++i) {
    driven[i]->status.Update(driver->status(i));
    driven[i]->seconds += driver->seconds(i);
  }
  return tables_.Publish();
}

// ---------------------------------------------------------------- searches out of rows

absl::Status Runner::RunText(std::string_view text, const plan::FilledText* places,
                             const plan::TakeBatch& take, PlanRun* owner) {
  Compilation compilation;
  SPELK_RETURN_IF_ERROR(Compile(core_, text, {.name = "<map>"}, &compilation, &fields_));
  PlanRun& plan = Prepare(*compilation.plan);
  SPELK_RETURN_IF_ERROR(RunHeldPlans({&plan}));
  SPELK_RETURN_IF_ERROR(plan.status);
  SPELK_RETURN_IF_ERROR(Optimize(plan, ResultForm::kColumns).status());
  FunctionOutput output(take);
  SPELK_RETURN_IF_ERROR(RunPlans({&plan}, {&output}));
  for (Diagnostic& warning : plan.warnings().Take()) warnings_.Add(std::move(warning));
  if (plan.context().node_counts != nullptr && places != nullptr) {
    InnerCounts counts;
    AddInnerCounts(plan, &counts);
    counts.Place([&](Span span) { return places->Written(compilation.source->Written(span)); });
    owner->rounds.Add(counts);
  }
  return plan.status;
}

// The commands run as a part of the plan that holds them, and are counted by themselves.
absl::StatusOr<exec::InnerSearches::Body> Runner::BindBody(const plan::FilledText& text,
                                                           PlanRun* owner) {
  exec::InnerSearches::Body body;
  SPELK_ASSIGN_OR_RETURN(body.plan, engine::CompileBody(core_, fields_, text.text()));
  body.run = &owner->context();
  if (owner->context().node_counts == nullptr) return body;
  plan::NumberPlan(*body.plan);
  // The commands are gone when their counts are read.
  const plan::Node& commands =
      *roots_.emplace_back(plan::CopyPlan(*body.plan, fields_, core_.entries()));
  PlanRun& counted = plan_runs_.emplace_back(owner->context(), &roots_.back());
  counted.context().warnings = owner->context().warnings;
  counted.context().evaluation.counters = owner->context().evaluation.counters;
  counted.Count(LastId(commands), owner->context().node_counts->measures());
  owner->bodies.push_back({&counted, text});
  body.run = &counted.context();
  return body;
}

}  // namespace spelk::engine
