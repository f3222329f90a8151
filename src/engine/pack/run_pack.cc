// Running a pack: all analytics compiled, then run in one pass, their rows counted and some kept.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "base/status.h"
#include "engine/event_view.h"
#include "engine/impl.h"
#include "engine/pack/pack_rows.h"
#include "io/row_writer.h"
#include "value/ascii.h"
#include "value/wildcard.h"

namespace spelk {
namespace engine {
namespace {

// As `run` would tell of it, on one line.
std::string MessageOfError(const Error& error) {
  if (error.details().empty()) return error.message();
  const ErrorDetail& detail = error.details().front();
  return fmt::format("{}:{}: {}: {}", detail.line, detail.column, detail.code, detail.message);
}

// A plan that gives events, with their time and host and the fields that it names as columns; null
// for one that gives results.
plan::NodePtr AsColumns(const Core& core, const plan::Node& plan) {
  return plan::ShapeOf(plan).events ? MakeNamedColumns(core, plan) : nullptr;
}

struct Prepared {
  Query query;
  plan::NodePtr columns;
  std::unique_ptr<AnalyticRows> rows;
};

// Compiles those that match; of the others nothing is said.
class PackRun {
 public:
  PackRun(const Pack& pack, const Engine& engine, const PackRunOptions& options)
      : pack_(pack), engine_(engine), options_(options) {}

  void Compile(PackReport* report) {
    const double start = Now();
    for (size_t a = 0; a < pack_.analytics.size(); ++a) {
      const Analytic& analytic = pack_.analytics[a];
      if (!options_.match.empty() && !Matches(analytic, options_.match)) continue;
      AnalyticResult& result = report->results.emplace_back();
      result.analytic = a;
      if (!analytic.problem.empty()) {
        Refuse(analytic.problem, &result);
        continue;
      }
      CompileOptions compile{.name = analytic.file};
      if (options_.schedule) {
        compile.earliest = analytic.earliest;
        compile.latest = analytic.latest;
      }
      const Result<Query> query = engine_.Compile(analytic.search, compile);
      if (!query.ok()) {
        result.details = query.error().details();
        Refuse(MessageOfError(query.error()), &result);
        continue;
      }
      result.details = query->warnings();
      prepared_.push_back({*query, nullptr, nullptr});
      of_result_.push_back(report->results.size() - 1);
    }
    report->compile_seconds = Now() - start;
  }

  absl::Status Run(const Input& input, PackReport* report) {
    const Core& core = engine_.impl()->core;
    RunOptions options = options_.run;
    options.independent = true;
    SPELK_ASSIGN_OR_RETURN(RunRequest request, MakeRequest(core, input, options));
    std::vector<RunJob> jobs;
    const bool details = options_.rows > 0 || options_.places;
    for (size_t q = 0; q < prepared_.size(); ++q) {
      Prepared& prepared = prepared_[q];
      const plan::Node* plan = prepared.query.impl().compilation.plan.get();
      if (!prepared.query.generates() && request.inputs.empty()) return NeedsInput();
      if (details) prepared.columns = AsColumns(core, *plan);
      if (prepared.columns != nullptr) plan = prepared.columns.get();
      prepared.rows = std::make_unique<AnalyticRows>(core, options_.rows, options_.places, &kept_);
      jobs.push_back({plan, prepared.rows.get()});
    }
    std::vector<Summary> summaries;
    std::vector<absl::Status> statuses;
    if (jobs.empty()) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(engine::Run(core, jobs, request, &summaries, &statuses));
    for (size_t q = 0; q < prepared_.size(); ++q) {
      Take(prepared_[q], statuses[q], std::move(summaries[q]), &report->results[of_result_[q]],
           &report->summary);
    }
    return absl::OkStatus();
  }

  double Now() const { return options_.run.clock ? options_.run.clock() : 0; }

 private:
  static void Refuse(std::string why, AnalyticResult* result) {
    result->status = AnalyticStatus::kRefused;
    result->message = std::move(why);
  }

  // What may have changed the rows is told in short; filters that nobody defined have not.
  static void Note(AnalyticResult* result) {
    for (const ErrorDetail& detail : result->details) {
      if (detail.code == CodeText(ErrorCode::kUndefinedMacro)) continue;
      result->message = fmt::format("{}: {}", detail.code, detail.message);
      return;
    }
  }

  // What a search says of its own run stands by it; what is true of all is said once.
  static void Take(Prepared& prepared, const absl::Status& status, Summary summary,
                   AnalyticResult* result, Summary* all) {
    result->rows = summary.rows;
    result->seconds = summary.seconds;
    for (ErrorDetail& warning : summary.warnings) result->details.push_back(std::move(warning));
    prepared.rows->MoveTo(result);
    all->rows += summary.rows;
    all->matched += summary.matched;
    if (all->bytes == 0) {
      all->bytes = summary.bytes;
      all->lines = summary.lines;
      all->looked_at = summary.looked_at;
      all->malformed = summary.malformed;
      all->faults = std::move(summary.faults);
      all->input_ended = summary.input_ended;
    }
    all->peak_memory = std::max(all->peak_memory, summary.peak_memory);
    if (status.ok()) {
      Note(result);
      return;
    }
    result->status = AnalyticStatus::kFailed;
    const Error error = ToError(status, *prepared.query.impl().compilation.source);
    result->message = MessageOfError(error);
    for (const ErrorDetail& detail : error.details()) result->details.push_back(detail);
  }

  const Pack& pack_;
  const Engine& engine_;
  const PackRunOptions& options_;
  size_t kept_ = 0;  // Bytes of rows, of all analytics.
  std::vector<Prepared> prepared_;
  std::vector<size_t> of_result_;
};

}  // namespace
}  // namespace engine

std::string_view NameOf(AnalyticStatus status) {
  switch (status) {
    case AnalyticStatus::kOk:
      return "ok";
    case AnalyticStatus::kRefused:
      return "refused";
    case AnalyticStatus::kFailed:
      break;
  }
  return "failed";
}

bool Matches(const Analytic& analytic, std::string_view wanted) {
  if (EqualsIgnoringCase(analytic.id, wanted)) return true;
  for (const std::string& id : analytic.mitre) {
    if (EqualsIgnoringCase(id, wanted)) return true;
    const bool parent = id.size() > wanted.size() && id[wanted.size()] == '.';
    if (parent && EqualsIgnoringCase(std::string_view(id).substr(0, wanted.size()), wanted)) {
      return true;
    }
  }
  return Wildcard(wanted, Case::kIgnore).Matches(analytic.name);
}

uint64_t PackReport::hits() const {
  return static_cast<uint64_t>(
      std::count_if(results.begin(), results.end(),
                    [](const AnalyticResult& result) { return result.rows > 0; }));
}

Result<PackReport> RunPack(const Pack& pack, const Engine& engine, const Input& input,
                           const PackRunOptions& options) {
  PackReport report;
  engine::PackRun run(pack, engine, options);
  const double start = run.Now();
  run.Compile(&report);
  const absl::Status status = run.Run(input, &report);
  if (!status.ok()) return engine::ToError(status);
  report.seconds = run.Now() - start;
  return report;
}

}  // namespace spelk
