// Running: constants, subsearches, optimization, the pass over the inputs.
#include "engine/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "engine/input_passes.h"
#include "engine/subsearch.h"
#include "engine/tables.h"
#include "io/terminal_text.h"
#include "plan/eval/search_nodes.h"

namespace spelk::engine {
namespace {

// Rules of knowledge, in the form in which the optimizer asks for them.
class KnowledgeRules final : public optimize::FieldRules {
 public:
  KnowledgeRules(const Core& core, FieldTable& fields, exec::RunWarnings& warnings)
      : core_(core), fields_(fields), warnings_(warnings) {}
  absl::StatusOr<std::vector<plan::FieldRule>> RulesFor(
      const plan::FieldSet& needs) const override {
    const auto compile = [this](std::string_view text) {
      return CompileExpression(core_, fields_, text);
    };
    SPELK_ASSIGN_OR_RETURN(knowledge::InlinedRules inlined,
                           core_.knowledge().RulesFor(needs, fields_, compile));
    if (!inlined.unbuilt.empty()) {
      warnings_.Add(ErrorCode::kDiffers, DescribeUnbuilt(inlined.unbuilt));
    }
    return std::move(inlined.rules);
  }

 private:
  static std::string DescribeUnbuilt(const std::vector<std::string>& settings) {
    constexpr size_t kShown = 3;
    const size_t shown = std::min(kShown, settings.size());
    const auto end = settings.begin() + static_cast<std::ptrdiff_t>(shown);
    const size_t more = settings.size() - shown;
    return fmt::format("not built yet, so what it would give is missing: {}{}",
                       fmt::join(settings.begin(), end, ", "),
                       more == 0 ? "" : fmt::format(" and {} more", more));
  }

  const Core& core_;
  FieldTable& fields_;
  exec::RunWarnings& warnings_;
};

class SinkOutput final : public exec::Output {
 public:
  SinkOutput(RowSink& taker, uint64_t& rows) : taker_(taker), rows_(rows) {}
  absl::Status Push(Batch batch) override {
    if (batch.empty() || taker_.enough()) return absl::OkStatus();
    rows_ += batch.size();
    return taker_.Take(std::move(batch));
  }
  bool enough() const override { return taker_.enough(); }

 private:
  RowSink& taker_;
  uint64_t& rows_;
};

class SubsearchOutput final : public exec::Output {
 public:
  explicit SubsearchOutput(MemoryBudget* budget) : rows_(budget) {}
  absl::Status Push(Batch batch) override { return rows_.Take(batch); }
  bool enough() const override { return rows_.truncated(); }
  SubsearchRows& rows() { return rows_; }

 private:
  SubsearchRows rows_;
};

// The newest time of the events that a scan gives.
class NewestOutput final : public exec::Output {
 public:
  absl::Status Push(Batch batch) override {
    const Column* times = batch.Find(hidden::kTime);
    for (size_t r = 0; times != nullptr && r < batch.size(); ++r) {
      const Value time = times->At(batch.physical(r));
      if (time.is_integer()) newest_ = std::max(newest_, time.integer());
    }
    return absl::OkStatus();
  }
  int64_t newest() const { return newest_; }

 private:
  int64_t newest_ = 0;
};

// Each worker reads blocks and holds what it made of them: more workers than the memory is enough
// for would only be in each other's way.
size_t WorkersFor(const RunOptions& options) {
  constexpr size_t kBlocksOfWorker = 20;
  const size_t most = options.memory / kBlocksOfWorker / std::max<size_t>(1, options.block_size);
  return std::clamp<size_t>(options.threads, 1, std::max<size_t>(1, most));
}

bool AsksForNow(const plan::Expr& expr) {
  if (expr.kind == plan::ExprKind::kTimeRange) return true;
  if (expr.kind == plan::ExprKind::kCall && expr.function->stability == plan::Stability::kRun)
    return true;
  if (expr.plan != nullptr) return true;
  return std::any_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const plan::ExprPtr& argument) { return AsksForNow(*argument); });
}

bool AsksForNow(const plan::Node& root) {
  bool asks = false;
  for (const plan::Node* node : plan::ChainOf(root)) {
    asks = asks || node->GetDataflow().reads_clock;
    const_cast<plan::Node*>(node)->VisitExpressions(
        [&](plan::ExprPtr& expr) { asks = asks || AsksForNow(*expr); });
  }
  return asks;
}

class Runner {
 public:
  Runner(const Core& core, const RunRequest& request)
      : core_(core),
        request_(request),
        budget_(request.options.memory, WorkersFor(request.options)),
        fields_(&core.fields(), &budget_),
        tables_(core.knowledge().lookups(), core.write_folder(), core.zone(), &budget_),
        rules_(core, fields_, warnings_) {
    const RunOptions& options = request.options;
    context_.evaluation.constants = {core.zone(),  options.now.value_or(0), !options.now,
                                     options.seed, &core.entries(),         &context_.services};
    context_.services = {&tables_, &core.knowledge().lookups(), &core.knowledge().limits()};
    context_.evaluation.counters = &counters_;
    context_.budget = &budget_;
    context_.fields = &fields_;
    context_.entries = &core.entries();
    context_.cancel = request.cancel != nullptr ? request.cancel : &own_cancel_;
    context_.warnings = &warnings_;
    context_.spill_directory = options.spill_directory;
    context_.batch_rows = std::max<size_t>(1, options.batch_rows);
    context_.reload_states = options.reload_states;
    settings_.shapes = &core.knowledge().shapes();
    settings_.renames = &core.knowledge().renames();
    settings_.inputs = request.inputs;
    settings_.sourcetype = options.sourcetype;
    settings_.time_field = options.time_field;
    settings_.time_format = options.time_format;
    settings_.strict = options.strict;
    settings_.max_line = options.max_line;
    feed_.shapes = settings_.shapes;
    for (const io::Input& input : request.inputs) feed_.sources.push_back(input.path);
    feed_.sourcetype = options.sourcetype;
    feed_.renames_sourcetypes = !settings_.renames->empty();
    feed_.newest_first = options.order == EventOrder::kTime ||
                         (options.order == EventOrder::kAuto && !request.input_is_pipe);
    feed_.always_ordered = options.order == EventOrder::kTime;
    feed_.known = true;
  }

  absl::Status Run(const std::vector<RunJob>& jobs, std::vector<Summary>* summaries) {
    SPELK_RETURN_IF_ERROR(CheckPasses());
    std::vector<plan::NodePtr> plans;
    plans.reserve(jobs.size());
    for (const RunJob& job : jobs) plans.push_back(Prepare(*job.plan));
    SPELK_RETURN_IF_ERROR(ReadAhead(plans));
    std::vector<plan::OutputShape> shapes;
    shapes.reserve(plans.size());
    for (const plan::NodePtr& plan : plans) shapes.push_back(ShapeFor(*plan));
    for (plan::NodePtr& plan : plans) {
      SPELK_RETURN_IF_ERROR(Optimize(&plan, request_.form).status());
    }
    std::vector<uint64_t> rows(jobs.size());
    std::vector<std::unique_ptr<SinkOutput>> outputs;
    std::vector<exec::Output*> results;
    for (size_t j = 0; j < jobs.size(); ++j) {
      AddDerived(*plans[j], &shapes[j]);
      SPELK_RETURN_IF_ERROR(jobs[j].taker->Begin(shapes[j], context_));
      outputs.push_back(std::make_unique<SinkOutput>(*jobs[j].taker, rows[j]));
      results.push_back(outputs.back().get());
    }
    absl::Status status = RunPlans(plans, results);
    if (status.ok()) status = JudgeRegexLimits();
    for (const RunJob& job : jobs) SPELK_RETURN_IF_ERROR(job.taker->End());
    for (const uint64_t count : rows) summaries->push_back(MakeSummary(count));
    return status;
  }

  // A broken line that ended the run is named with its place.
  absl::Status WithPlace(absl::Status status) const {
    if (!settings_.strict || !absl::IsDataLoss(status)) return status;
    Summary summary;
    reports_.Summarize(settings_.inputs, &summary);
    for (const InputFault& fault : summary.faults) {
      if (fault.reason != MessageOf(status)) continue;
      const std::string line =
          fault.line > 0 ? std::to_string(fault.line) : fmt::format("byte {}", fault.offset);
      return absl::DataLossError(
          fmt::format("{}:{}: {}", io::Printable(fault.source), line, fault.reason));
    }
    return status;
  }

  absl::StatusOr<std::string> Explain(const plan::Node& plan, Stage stage) {
    SPELK_RETURN_IF_ERROR(CheckPasses());
    std::vector<plan::NodePtr> plans;
    plans.push_back(Prepare(plan));
    feed_.known = !request_.inputs.empty();
    if (request_.inputs.empty()) {
      // Nothing was read, so subsearches stand as they are.
      for (const SubsearchPlace& place : SubsearchesOf(*plans[0])) {
        *place.place = StandIn(**place.place);
      }
    } else {
      SPELK_RETURN_IF_ERROR(ReadAhead(plans));
    }
    SPELK_ASSIGN_OR_RETURN(const optimize::OrderReport order, Optimize(&plans[0], request_.form));
    if (stage == Stage::kPipeline) {
      SPELK_ASSIGN_OR_RETURN(const auto pipeline, exec::Pipeline::Build(*plans[0], context_));
      return pipeline->Print();
    }
    return plan::PrintPlan(*plans[0]) + Report(*plans[0], order);
  }

 private:
  absl::Status CheckPasses() const {
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

  // The run's own copy of a plan, with the time range of the run in its scan.
  plan::NodePtr Prepare(const plan::Node& plan) {
    plan::NodePtr copy = plan::CopyPlan(plan, fields_, core_.entries());
    plan::ScanNode* scan = plan::ScanOf(*copy);
    if (scan == nullptr) return copy;
    const RunOptions& options = request_.options;
    if (options.earliest.empty() && options.latest.empty()) return copy;
    auto range = std::make_unique<plan::Expr>();
    range->kind = plan::ExprKind::kTimeRange;
    range->type = plan::Type::kBoolean;
    range->field = fields_.Intern("_time");
    range->earliest = options.earliest;
    range->latest = options.latest;
    std::vector<plan::ExprPtr> all;
    if (scan->predicate != nullptr) all.push_back(std::move(scan->predicate));
    all.push_back(std::move(range));
    scan->predicate = plan::MakeLogical(plan::ExprKind::kAnd, std::move(all));
    return copy;
  }

  // Something that can be optimized and printed in the place of a subsearch.
  plan::ExprPtr StandIn(const plan::Expr& subsearch) {
    auto rows = std::make_unique<plan::Expr>();
    rows->kind = plan::ExprKind::kTupleIn;
    rows->type = subsearch.type;
    rows->row_fields.push_back(fields_.Intern("[subsearch]"));
    rows->rows.push_back({"…"});
    return rows;
  }

  absl::StatusOr<optimize::OrderReport> Optimize(plan::NodePtr* plan, ResultForm form) {
    optimize::OptimizeContext context;
    context.fields = &fields_;
    context.entries = &core_.entries();
    context.evaluation = &context_.evaluation;
    context.feed = &feed_;
    context.rules = &rules_;
    context.form = form;
    context.disabled = request_.options.disabled_passes;
    return optimize::Optimize(plan, context);
  }

  exec::DriverOptions MakeDriverOptions(bool main_pass) {
    const RunOptions& options = request_.options;
    exec::DriverOptions driver;
    driver.threads = WorkersFor(options);
    driver.blocks.block_size = std::max<size_t>(1, options.block_size);
    driver.blocks.max_line = options.max_line;
    driver.blocks.budget = &budget_;
    driver.blocks.cancel = context_.cancel;
    driver.count_lines = main_pass && options.count_lines;
    if (options.progress) {
      driver.progress = [&options](const io::ReadProgress& progress) {
        options.progress(
            {progress.bytes_taken.load(std::memory_order_relaxed), progress.bytes_total});
      };
    }
    return driver;
  }

  // Optimized plans, in one pass.
  absl::Status RunPlans(const std::vector<plan::NodePtr>& plans,
                        const std::vector<exec::Output*>& results) {
    std::vector<std::unique_ptr<const exec::Pipeline>> pipelines;
    std::vector<exec::DriverJob> jobs;
    for (size_t i = 0; i < plans.size(); ++i) {
      SPELK_ASSIGN_OR_RETURN(auto pipeline, exec::Pipeline::Build(*plans[i], context_));
      pipelines.push_back(std::move(pipeline));
      jobs.push_back({pipelines.back().get(), results[i]});
    }
    SPELK_RETURN_IF_ERROR(
        exec::RunJobs(jobs, settings_, MakeDriverOptions(true), context_, reports_.New()));
    return tables_.Publish();
  }

  // What must be known before the plans themselves can run: the newest event's time, what
  // subsearches give. Input that can be read only once is kept for the passes that follow.
  absl::Status ReadAhead(std::vector<plan::NodePtr>& plans) {
    const bool asks = AsksForNow(plans);
    const bool subsearches = std::any_of(plans.begin(), plans.end(), [](const plan::NodePtr& plan) {
      return HasScanningSubsearch(*plan);
    });
    if (asks || subsearches) {
      SPELK_RETURN_IF_ERROR(
          MakeRepeatable(context_.spill_directory, context_.cancel, &settings_.inputs));
    }
    if (asks) SPELK_RETURN_IF_ERROR(ResolveNow());
    return BindSubsearches(plans);
  }

  // Innermost subsearches first; all of one depth share a pass over the inputs.
  absl::Status BindSubsearches(std::vector<plan::NodePtr>& plans) {
    std::vector<SubsearchPlace> places;
    std::vector<plan::NodePtr> inner;
    for (plan::NodePtr& plan : plans) {
      for (SubsearchPlace& place : SubsearchesOf(*plan)) places.push_back(std::move(place));
    }
    for (const SubsearchPlace& place : places) {
      for (const plan::Expr* subsearch : place.subsearches)
        inner.push_back(Prepare(*subsearch->plan));
    }
    if (places.empty()) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(BindSubsearches(inner));
    std::vector<std::unique_ptr<SubsearchOutput>> outputs;
    std::vector<exec::Output*> results;
    for (size_t i = 0; i < inner.size(); ++i) {
      outputs.push_back(std::make_unique<SubsearchOutput>(&budget_));
      results.push_back(outputs.back().get());
    }
    for (plan::NodePtr& plan : inner) {
      SPELK_RETURN_IF_ERROR(Optimize(&plan, ResultForm::kColumns).status());
    }
    SPELK_RETURN_IF_ERROR(RunPlans(inner, results));
    size_t next = 0;
    for (const SubsearchPlace& place : places) {
      std::vector<const SubsearchRows*> rows;
      for (size_t i = 0; i < place.subsearches.size(); ++i) {
        rows.push_back(&Collected(*outputs[next++]));
      }
      SPELK_RETURN_IF_ERROR(engine::BindSubsearches(core_, place, rows));
    }
    return absl::OkStatus();
  }

  // The rows of a finished subsearch. Their memory stays reserved: the plan goes on holding them.
  const SubsearchRows& Collected(SubsearchOutput& output) {
    if (output.rows().truncated()) {
      warnings_.Add(ErrorCode::kTruncated,
                    fmt::format("a subsearch gave more than {} rows; the rest was left out",
                                SubsearchRows::kMostRows));
    }
    subsearch_memory_.push_back(output.rows().TakeReservation());
    return output.rows();
  }

  // Without a given instant, now is the time of the newest event; only searches that ask for it
  // read the input twice.
  bool AsksForNow(const std::vector<plan::NodePtr>& plans) const {
    return !request_.options.now && !settings_.inputs.empty() &&
           std::any_of(plans.begin(), plans.end(),
                       [](const plan::NodePtr& plan) { return engine::AsksForNow(*plan); });
  }
  absl::Status ResolveNow() {
    auto scan = plan::Make<plan::ScanNode>({});
    scan->all_fields = false;
    scan->fields.push_back(hidden::kTime);
    SPELK_ASSIGN_OR_RETURN(const auto pipeline, exec::Pipeline::Build(*scan, context_));
    NewestOutput newest;
    exec::ScanReport report;
    SPELK_RETURN_IF_ERROR(exec::RunJobs({{pipeline.get(), &newest}}, settings_,
                                        MakeDriverOptions(false), context_, report));
    context_.evaluation.constants.now = static_cast<double>(newest.newest()) / 1e6;
    return absl::OkStatus();
  }

  // What knowledge adds to all fields.
  static void AddDerived(const plan::Node& plan, plan::OutputShape* shape) {
    const plan::ScanNode* scan = plan::ScanOf(plan);
    if (scan == nullptr || !shape->open) return;
    for (const plan::FieldRule& rule : scan->rules) {
      if (rule.listed) shape->derived.Add(rule.target);
    }
  }

  // Events that are wanted as columns are results like others.
  plan::OutputShape ShapeFor(const plan::Node& plan) const {
    plan::OutputShape shape = plan::ShapeOf(plan);
    if (request_.form != ResultForm::kEventLines) shape.events = false;
    return shape;
  }

  // What a scan reads and skips, and in which order rows come.
  std::string Report(const plan::Node& plan, const optimize::OrderReport& order) {
    const plan::ScanNode* scan = plan::ScanOf(plan);
    if (scan == nullptr) return "reads no events\n";
    std::string out;
    plan::FieldSet read = plan::FieldSet::Of(scan->fields);
    if (scan->predicate != nullptr) plan::CollectFields(*scan->predicate, &read);
    for (const plan::FieldRule& rule : scan->rules) plan::CollectFields(*rule.value, &read);
    if (scan->all_fields) read.AddAll();
    for (const std::string& pattern : scan->patterns) read.AddPattern(pattern);
    out += fmt::format("fields: {}\n", read.Print());
    for (const plan::FieldRule& rule : scan->rules) {
      out += fmt::format("knowledge: {} = {}{}{}\n", rule.target.name(), plan::Print(*rule.value),
                         rule.only_missing ? " where it is missing" : "",
                         rule.where.name.empty() ? "" : fmt::format(", by [{}]", rule.where.name));
    }
    if (scan->prefilter.empty()) out += "prefilter: none, every line is parsed\n";
    for (const plan::LiteralGroup& group : scan->prefilter) {
      out += "prefilter: a line must hold ";
      for (size_t i = 0; i < group.literals.size(); ++i) {
        out += fmt::format("{}\"{}\"",
                           i == 0                           ? ""
                           : i + 1 == group.literals.size() ? " or "
                                                            : ", ",
                           group.literals[i]);
      }
      out += group.ignore_case ? ", in any case\n" : "\n";
    }
    out += order.newest_first ? fmt::format("order: newest first (needed by {})\n", order.needed_by)
                              : std::string("order: input\n");
    out += Assumed(*scan);
    return out;
  }

  // Conditions that hold for every event without such a field.
  static std::string Assumed(const plan::ScanNode& scan) {
    std::string out;
    const std::function<void(const plan::Expr&)> visit = [&](const plan::Expr& expr) {
      if (expr.unset != plan::Unset::kNoMatch) {
        // The hidden field is shown under the name that people write.
        const std::string_view hidden_name = expr.field.name();
        const std::string_view name = expr.field == hidden::kIndex ? "index" : hidden_name;
        const std::string condition = plan::Print(expr);
        const bool begins_with_it = condition.starts_with(hidden_name);
        out += fmt::format("taken as {} where {} is unset: {}{}\n",
                           expr.unset == plan::Unset::kTrue ? "true" : "false", name,
                           begins_with_it ? name : "",
                           begins_with_it ? condition.substr(hidden_name.size()) : condition);
      }
      for (const plan::ExprPtr& argument : expr.arguments) visit(*argument);
    };
    if (scan.predicate != nullptr) visit(*scan.predicate);
    return out;
  }

  std::string RegexLimits() const {
    const uint64_t limits = counters_.regex_limits;
    return fmt::format("a regular expression reached its match limit on {} value{}: no match there",
                       limits, limits == 1 ? "" : "s");
  }
  // One event must not stop a thousand searches, unless they are to be strict.
  absl::Status JudgeRegexLimits() const {
    if (!request_.options.strict || counters_.regex_limits == 0) return absl::OkStatus();
    return absl::ResourceExhaustedError(RegexLimits());
  }

  std::string OutsideTimeRange() const {
    const uint64_t all = counters_.outside_time_range;
    const uint64_t timeless = counters_.without_time;
    std::string text = all == 1 ? "the time range left out the only event"
                                : fmt::format("the time range left out all {} events", all);
    if (timeless == all)
      return text + "; no _time was found: --time-field names the member with it";
    if (timeless > 0) text += fmt::format(", {} of them for having no time", timeless);
    // Without a given instant, now is the newest event's time already.
    if (!request_.options.now) return text;
    return text + "; with --now data it would count back from the newest event";
  }

  Summary MakeSummary(uint64_t rows) {
    Summary summary;
    summary.rows = rows;
    reports_.Summarize(settings_.inputs, &summary);
    summary.peak_memory = budget_.peak();
    summary.input_ended = context_.cancel->input_ended();
    if (counters_.regex_limits > 0) warnings_.Add(ErrorCode::kTruncated, RegexLimits());
    if (counters_.outside_time_range > 0 && counters_.inside_time_range == 0) {
      warnings_.Add(OutsideTimeRange());
    }
    summary.warnings = warnings_.Take();
    return summary;
  }

  const Core& core_;
  const RunRequest& request_;
  MemoryBudget budget_;
  FieldTable fields_;
  std::vector<Reservation> subsearch_memory_;
  Cancellation own_cancel_;
  plan::EvalCounters counters_;
  exec::RunWarnings warnings_;
  RunTables tables_;
  KnowledgeRules rules_;
  exec::RunContext context_;
  exec::ScanSettings settings_;
  PassReports reports_;
  optimize::FeedFacts feed_;
};

}  // namespace

absl::Status Run(const Core& core, const std::vector<RunJob>& jobs, const RunRequest& request,
                 std::vector<Summary>* summaries) {
  Runner runner(core, request);
  return runner.WithPlace(runner.Run(jobs, summaries));
}

absl::StatusOr<std::string> ExplainRun(const Core& core, const plan::Node& plan,
                                       const RunRequest& request, Stage stage) {
  return Runner(core, request).Explain(plan, stage);
}

}  // namespace spelk::engine
