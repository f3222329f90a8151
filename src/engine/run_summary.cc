// What a run says of itself when it is over.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "engine/runner.h"
#include "engine/why/hints.h"
#include "engine/why/investigation.h"
#include "engine/why/sample.h"
#include "io/terminal_text.h"

namespace spelk::engine {
namespace {

std::string RegexLimits(uint64_t limits) {
  return fmt::format("a regular expression reached its match limit on {} value{}: no match there",
                     limits, limits == 1 ? "" : "s");
}

std::string OutsideTimeRange(const plan::EvalCounters& counters, bool counts_from_given_now) {
  const uint64_t all = counters.outside_time_range;
  const uint64_t timeless = counters.without_time;
  std::string text = all == 1 ? "the time range left out the only event"
                              : fmt::format("the time range left out all {} events", all);
  if (timeless == all) return text + "; no _time was found: --time-field names the member with it";
  if (timeless > 0) text += fmt::format(", {} of them for having no time", timeless);
  // Without a given instant, now is the newest event's time already.
  if (!counts_from_given_now) return text;
  return text + "; with --now data it would count back from the newest event";
}

std::string NoTimes(const RunOptions& options, uint64_t events) {
  const std::string of = fmt::format("{} event{}", events, events == 1 ? "" : "s");
  if (options.time_format.empty()) {
    return fmt::format("--time-field: none of {} has a time in the member \"{}\"", of,
                       io::Printable(options.time_field));
  }
  const std::string member =
      options.time_field.empty()
          ? std::string()
          : fmt::format(" in the member \"{}\"", io::Printable(options.time_field));
  return fmt::format("--time-format: none of {} has a time{} that \"{}\" fits", of, member,
                     io::Printable(options.time_format));
}

}  // namespace

// One event must not stop a thousand searches, unless they are to be strict.
absl::Status Runner::Judge(const PlanRun& plan) const {
  const uint64_t limits = plan.counters().regex_limits + counters_.regex_limits;
  if (!request_.options.strict || limits == 0) return absl::OkStatus();
  return absl::ResourceExhaustedError(RegexLimits(limits));
}

// A broken line that ended the run is named with its place.
absl::Status Runner::WithPlace(absl::Status status) const {
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

bool Runner::AsksForRelativeTime(const PlanRun& plan) const {
  const RunOptions& options = request_.options;
  bool relative = IsRelativeTime(options.earliest) || IsRelativeTime(options.latest);
  for (const plan::ScanNode* scan : plan::ScansOf(*plan.root())) {
    for (const plan::TimeModifiers& range : scan->time_ranges) {
      relative = relative || IsRelativeTime(range.earliest) || IsRelativeTime(range.latest);
    }
  }
  return relative;
}

Summary Runner::MakeSummary(PlanRun& plan, uint64_t rows) {
  Summary summary;
  summary.rows = rows;
  summary.seconds = plan.seconds;
  reports_.Summarize(settings_.inputs, &summary);
  summary.peak_memory = budget_.peak();
  summary.input_ended = common_.cancel->input_ended();
  const plan::EvalCounters& counters = plan.counters();
  exec::RunWarnings& warnings = plan.warnings();
  // What knowledge adds is computed for all plans at once.
  const uint64_t limits = counters.regex_limits + counters_.regex_limits;
  if (limits > 0) warnings.Add(ErrorCode::kTruncated, RegexLimits(limits));
  // Tables are of the run.
  for (const std::string& note : tables_.Notes()) warnings.Add(ErrorCode::kTruncated, note);
  if (counters.outside_time_range > 0 && counters.inside_time_range == 0) {
    warnings.Add(ErrorCode::kOutsideTimeRange,
                 OutsideTimeRange(counters, request_.options.now && AsksForRelativeTime(plan)));
  }
  // Times are read for all plans at once.
  if (counters_.no_times_as_asked > 0 && counters_.times_as_asked == 0) {
    warnings.Add(ErrorCode::kNothingThere, NoTimes(request_.options, counters_.no_times_as_asked));
  }
  for (Diagnostic& warning : warnings_.all()) warnings.Add(std::move(warning));
  for (const Diagnostic& warning : warnings.Take()) summary.warnings.push_back(ToDetail(warning));
  AddAllCounts(plan, &summary);
  if (request_.options.count) summary.lookups = tables_.Found();
  return summary;
}

// Places in the text as it was given.
void Runner::PlaceStages(const RunJob& job, Summary* summary) {
  if (job.compilation == nullptr) return;
  const Source& source = *job.compilation->source;
  const auto place = [&source](size_t* offset, size_t* length) {
    Span span = {static_cast<uint32_t>(*offset), static_cast<uint32_t>(*offset + *length)};
    // A plan that was loaded has no text.
    span = span.end > source.text().size() || span.empty() ? Span() : source.Written(span);
    *offset = span.begin;
    *length = span.size();
  };
  for (auto* stages : {&summary->stages, &summary->inner_stages}) {
    for (StageCount& stage : *stages) place(&stage.offset, &stage.length);
  }
  for (auto* expressions : {&summary->expressions, &summary->inner_expressions}) {
    for (ExpressionCount& each : *expressions) place(&each.offset, &each.length);
  }
}

namespace {

// Statistics over all rows give one of their own where there are none.
bool CountsAll(const plan::Node& root) {
  bool counts = false;
  plan::ForEachNode(root, [&counts](const plan::Node& node) {
    const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node);
    counts = counts || (aggregate != nullptr && aggregate->by.empty());
  });
  return counts && !plan::ScansOf(root).empty();
}

}  // namespace

// A search that reads as long as it is let has no end that could be without rows.
void Runner::SayWhyNoRows(const RunJob& job, Summary* summary) const {
  constexpr size_t kSample = size_t{8} << 20U;
  constexpr size_t kMemory = size_t{256} << 20U;
  const RunOptions& options = request_.options;
  if (!options.why_no_rows || job.compilation == nullptr) return;
  const bool counts_nothing =
      summary->rows == 1 && summary->matched == 0 && CountsAll(*job.compilation->plan);
  if (summary->rows > 0 && !counts_nothing) return;
  if (summary->input_ended || options.follow || common_.cancel->stopped()) return;
  const exec::ScanReport* report = reports_.last();
  const Sample sample = TakeSample(
      settings_.inputs, report == nullptr ? std::vector<exec::ScanReport::Kept>() : report->kept(),
      report != nullptr && report->kept_all(), std::min(kSample, options.memory / 16),
      common_.cancel);
  RunRequest request = request_;
  request.inputs = sample.inputs;
  request.options.memory = std::min(kMemory, options.memory);
  const double now = common_.evaluation.constants.now;
  if (!options.now && now != 0) request.options.now = now;
  absl::StatusOr<Why> why =
      Investigate(core_, *job.compilation->plan, *job.compilation->source, request, {});
  if (!why.ok()) return;  // The rows, and that there are none, are right all the same.
  why->sample = !sample.whole;
  summary->no_rows = std::move(*why);
}

namespace {

uint64_t NanosecondsOf(const exec::NodeCount& count) {
  const uint64_t inside = count.nanoseconds_inside.load();
  return inside - std::min(inside, count.nanoseconds_after.load());
}

// By the counters of the plan.
void SetCounts(const exec::RunContext& context, StageCount* stage) {
  const exec::NodeCount& count = context.node_counts->Of(stage->id);
  stage->rows = count.rows.load();
  stage->bytes = count.bytes.load();
  stage->seconds = static_cast<double>(NanosecondsOf(count)) / 1e9;
}
void SetCounts(const exec::RunContext& context, ExpressionCount* part) {
  const plan::ExprCount& count = context.evaluation.expr_counts->Of(part->id);
  part->rows = count.rows.load();
  part->is_true = count.is_true.load();
  part->is_false = count.is_false.load();
}

// Of the nodes of a plan, or of the body of one of them, by the counters of the plan.
void AddCounts(const exec::RunContext& context, const plan::Node& root,
               std::vector<StageCount>* stages, std::vector<ExpressionCount>* expressions) {
  // Only looks.
  plan::ForEachNode(const_cast<plan::Node&>(root), [&](plan::Node& node) {
    StageCount& stage = stages->emplace_back();
    stage.id = node.id;
    stage.name = node.label();
    stage.details = node.Print();
    stage.offset = node.span.begin;
    stage.length = node.span.size();
    SetCounts(context, &stage);
    const std::function<void(const plan::Expr&)> add = [&](const plan::Expr& expr) {
      ExpressionCount& part = expressions->emplace_back();
      part.id = expr.id;
      part.stage = node.id;
      part.text = plan::Print(expr);
      part.offset = expr.span.begin;
      part.length = expr.span.size();
      SetCounts(context, &part);
      for (const plan::ExprPtr& argument : expr.arguments) add(*argument);
    };
    node.VisitExpressions([&](plan::ExprPtr& expr) { add(*expr); });
  });
}

void AddCountsOfBodies(const exec::RunContext& context, const plan::Node& root,
                       InnerCounts* counts) {
  plan::ForEachHeldPlan(root, [&](const plan::Node& body, plan::Held how) {
    if (how != plan::Held::kBody) return;
    AddCounts(context, body, &counts->stages, &counts->expressions);
    AddCountsOfBodies(context, body, counts);
  });
}

// The commands that operators bound, each round by itself.
void AddBodies(const PlanRun& plan, InnerCounts* counts) {
  RoundCounts sum = plan.rounds;
  for (const PlanRun::Body& body : plan.bodies) {
    InnerCounts commands;
    AddCounts(body.commands->context(), *body.commands->root(), &commands.stages,
              &commands.expressions);
    std::map<size_t, InnerCounts> rounds;
    for (const StageCount& stage : commands.stages) {
      rounds[body.text.RoundAt(static_cast<uint32_t>(stage.offset))].stages.push_back(stage);
    }
    for (const ExpressionCount& part : commands.expressions) {
      rounds[body.text.RoundAt(static_cast<uint32_t>(part.offset))].expressions.push_back(part);
    }
    for (auto& [number, round] : rounds) {
      round.Place([&body](Span span) { return body.text.Written(span); });
      sum.Add(round);
    }
  }
  sum.AppendTo(counts);
}

}  // namespace

// Where the run counted.
void Runner::AddAllCounts(const PlanRun& plan, Summary* summary) {
  if (plan.context().node_counts == nullptr) return;
  AddCounts(plan.context(), *plan.root(), &summary->stages, &summary->expressions);
  InnerCounts inner;
  AddHeldCounts(plan, &inner);
  summary->inner_stages = std::move(inner.stages);
  summary->inner_expressions = std::move(inner.expressions);
}

// Of what the plan holds and its operators ran.
void Runner::AddHeldCounts(const PlanRun& plan, InnerCounts* counts) {
  counts->Append(plan.inner);
  AddCountsOfBodies(plan.context(), *plan.root(), counts);
  AddBodies(plan, counts);
}

// Of a plan that is over, before anything becomes of it.
void Runner::AddInnerCounts(const PlanRun& plan, InnerCounts* counts) {
  if (plan.context().node_counts == nullptr) return;
  AddCounts(plan.context(), *plan.root(), &counts->stages, &counts->expressions);
  AddHeldCounts(plan, counts);
}

}  // namespace spelk::engine
