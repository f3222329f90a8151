// Checking a pack: what of it runs, what differs, what is missing; and whether there is data for
// it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/status.h"
#include "engine/impl.h"
#include "engine/subsearch.h"
#include "plan/limits.h"
#include "spelk/pack.h"

namespace spelk {
namespace engine {
namespace {

// ---------------------------------------------------------------- verdicts

// 210, 211 and 310: documented by Splunk, and not there yet.
bool IsOfUnbuilt(const ErrorDetail& detail) {
  return detail.code == CodeText(ErrorCode::kUnbuiltCommand) ||
         detail.code == CodeText(ErrorCode::kUnbuiltOption) ||
         detail.code == CodeText(ErrorCode::kUnbuiltFunction);
}

void JudgeError(const Error& error, AnalyticCheck* check) {
  check->details = error.details();
  const auto wrong = [](const ErrorDetail& detail) {
    return !detail.warning && !IsOfUnbuilt(detail);
  };
  const bool any_wrong = std::any_of(check->details.begin(), check->details.end(), wrong);
  const bool unsupported = error.kind() == ErrorKind::kUnsupported && !any_wrong;
  check->verdict = unsupported || (!check->details.empty() && !any_wrong) ? Verdict::kUnsupported
                                                                          : Verdict::kWrong;
  check->message = error.message();
  // What is wrong comes before what is missing.
  const auto first = std::find_if(
      check->details.begin(), check->details.end(),
      [&](const ErrorDetail& detail) { return any_wrong ? wrong(detail) : !detail.warning; });
  if (first != check->details.end()) check->message = first->message;
}

// A filter that nobody defined is how published searches are meant.
bool IsDifference(const ErrorDetail& warning) {
  return warning.code != CodeText(ErrorCode::kUndefinedMacro);
}

// ---------------------------------------------------------------- limits

void AddOnce(std::string text, std::vector<std::string>* texts) {
  if (std::find(texts->begin(), texts->end(), text) == texts->end()) {
    texts->push_back(std::move(text));
  }
}

void AddLimits(const plan::Node& root, const plan::Limits& settings,
               std::vector<std::string>* limits) {
  plan::ForEachNode(root, [limits](const plan::Node& node) {
    const auto* sort = plan::TryAs<plan::SortNode>(&node);
    if (sort != nullptr && sort->default_limit && sort->limit) {
      AddOnce(fmt::format("sort keeps {} rows; sort 0 keeps all", *sort->limit), limits);
    }
    if (!node.others.empty() && node.MostOtherRows() != UINT64_MAX) {
      AddOnce(fmt::format("{} takes {} rows of its subsearch", node.label(), node.MostOtherRows()),
              limits);
    }
  });
  plan::ForEachHeldPlan(root, [&](const plan::Node& held, plan::Held how) {
    const uint64_t most = plan::MostOf(&settings, plan::kSubsearchMaxOut);
    if (how == plan::Held::kSubsearch && most != UINT64_MAX) {
      AddOnce(fmt::format("a subsearch gives {} rows", most), limits);
    }
    AddLimits(held, settings, limits);
  });
}

// What Splunk would do beside giving rows, which is not done here.
std::string EffectOf(const plan::Node& root) {
  constexpr std::array<std::string_view, 6> kEffects = {"collect",   "mcollect",  "meventcollect",
                                                        "tscollect", "sendemail", "sendalert"};
  std::string effect;
  plan::ForEachNode(root, [&](const plan::Node& node) {
    if (std::find(kEffects.begin(), kEffects.end(), node.label()) == kEffects.end()) return;
    effect =
        fmt::format("{} writes, sends and runs nothing here: the rows only pass on", node.label());
  });
  plan::ForEachHeldPlan(root, [&effect](const plan::Node& held, plan::Held) {
    if (effect.empty()) effect = EffectOf(held);
  });
  return effect;
}

AnalyticCheck CheckOne(const Analytic& analytic, size_t index, const Engine& engine) {
  AnalyticCheck check;
  check.analytic = index;
  if (!analytic.problem.empty()) {
    check.verdict = Verdict::kWrong;
    check.message = analytic.problem;
    return check;
  }
  const Result<Query> query = engine.Compile(analytic.search, {.name = analytic.file});
  if (!query.ok()) {
    JudgeError(query.error(), &check);
    return check;
  }
  const Result<std::string> optimized = query->Explain(Stage::kOptimized);
  if (!optimized.ok()) {
    JudgeError(optimized.error(), &check);
    return check;
  }
  check.details = query->warnings();
  const auto difference = std::find_if(check.details.begin(), check.details.end(), &IsDifference);
  if (difference != check.details.end()) {
    check.verdict = Verdict::kDiffers;
    check.message = difference->message;
  }
  const std::string effect = EffectOf(*query->impl().compilation.plan);
  if (check.verdict == Verdict::kRuns && !effect.empty()) {
    check.verdict = Verdict::kDiffers;
    check.message = effect;
  }
  AddLimits(*query->impl().compilation.plan, query->impl().engine->core.knowledge().limits(),
            &check.limits);
  return check;
}

// ---------------------------------------------------------------- data of its kind

// Fields that say which events a search is for, not what it looks for in them.
bool TellsKind(Field field) {
  constexpr std::array<std::string_view, 9> kNames = {"index",     "source",    "sourcetype",
                                                      "eventtype", "tag",       "Channel",
                                                      "EventID",   "EventCode", "ProviderName"};
  if (field == hidden::kSourcetypes || field == hidden::kSources || field == hidden::kIndex) {
    return true;
  }
  return std::find(kNames.begin(), kNames.end(), field.name()) != kNames.end() ||
         field.name().starts_with("tag::");
}

bool ReadsKindAlone(const plan::Expr& expr) {
  if (expr.plan != nullptr || expr.kind == plan::ExprKind::kTerm ||
      expr.kind == plan::ExprKind::kTimeRange) {
    return false;
  }
  plan::FieldSet fields;
  plan::CollectFields(expr, &fields);
  return !fields.fields().empty() &&
         std::all_of(fields.fields().begin(), fields.fields().end(), &TellsKind);
}

// What an event that meets the condition must meet as for its kind; null where that is nothing.
plan::ExprPtr JsonTypeCall(const plan::Expr& expr) {
  const bool all = expr.kind == plan::ExprKind::kAnd;
  if (!all && expr.kind != plan::ExprKind::kOr) {
    return ReadsKindAlone(expr) ? plan::Copy(expr) : nullptr;
  }
  std::vector<plan::ExprPtr> kinds;
  for (const plan::ExprPtr& argument : expr.arguments) {
    plan::ExprPtr kind = JsonTypeCall(*argument);
    if (kind == nullptr && !all) return nullptr;
    if (kind != nullptr) kinds.push_back(std::move(kind));
  }
  if (kinds.size() < 2) return kinds.empty() ? nullptr : std::move(kinds.front());
  return plan::MakeLogical(expr.kind, std::move(kinds));
}

// Takes the one row of `stats count`.
class CountSink final : public RowSink {
 public:
  absl::Status Begin(const plan::OutputShape&, const exec::RunContext&) override {
    return absl::OkStatus();
  }
  absl::Status Take(Batch batch) override {
    if (batch.empty() || batch.columns().empty()) return absl::OkStatus();
    const Value value = batch.At(0, 0);
    if (value.is_integer()) count_ = static_cast<uint64_t>(value.integer());
    return absl::OkStatus();
  }
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
};

// Counts the events of each kind once, however many ask for it.
class KindCounts {
 public:
  KindCounts(const Pack& pack, const Engine& engine) : pack_(pack), engine_(engine) {}

  absl::StatusOr<Summary> Run(const Input& input, const RunOptions& options,
                              std::vector<AnalyticCheck>* checks) {
    const Core& core = engine_.impl()->core;
    SPELK_ASSIGN_OR_RETURN(const RunRequest request, MakeRequest(core, input, options));
    if (request.inputs.empty()) return NeedsInput();
    const Result<Query> count = engine_.Compile("| search * | stats count", {});
    if (!count.ok()) return absl::InternalError(count.error().message());
    for (AnalyticCheck& check : *checks) Add(*count->impl().compilation.plan, &check);
    std::vector<RunJob> jobs;
    for (Kind& kind : kinds_) jobs.push_back({kind.plan.get(), kind.sink.get()});
    std::vector<Summary> summaries;
    std::vector<absl::Status> statuses;
    if (jobs.empty()) return Summary();
    SPELK_RETURN_IF_ERROR(engine::Run(core, jobs, request, &summaries, &statuses));
    for (const auto& [check, kind] : askers_) {
      if (statuses[kind].ok()) check->events = kinds_[kind].sink->count();
    }
    return std::move(summaries.front());
  }

 private:
  struct Kind {
    plan::NodePtr plan;
    std::unique_ptr<CountSink> sink;
  };

  void Add(const plan::Node& count, AnalyticCheck* check) {
    if (check->verdict != Verdict::kRuns && check->verdict != Verdict::kDiffers) return;
    const Analytic& analytic = pack_.analytics[check->analytic];
    const Result<Query> query = engine_.Compile(analytic.search, {.name = analytic.file});
    if (!query.ok()) return;
    const plan::Node& asked = *query->impl().compilation.plan;
    const std::vector<const plan::ScanNode*> scans = plan::ScansOf(asked);
    if (scans.empty()) return;
    const Core& core = engine_.impl()->core;
    plan::NodePtr plan = plan::CopyPlan(count, core.fields(), core.entries());
    const plan::Expr* predicate = scans.front()->predicate.get();
    plan::ScanOf(*plan)->predicate = predicate == nullptr ? nullptr : JsonTypeCall(*predicate);
    const auto known = std::find_if(kinds_.begin(), kinds_.end(), [&plan](const Kind& other) {
      return plan::EqualPlans(*other.plan, *plan);
    });
    askers_.emplace_back(check, static_cast<size_t>(known - kinds_.begin()));
    if (known == kinds_.end()) {
      kinds_.push_back({std::move(plan), std::make_unique<CountSink>()});
    }
  }

  const Pack& pack_;
  const Engine& engine_;
  std::vector<Kind> kinds_;
  std::vector<std::pair<AnalyticCheck*, size_t>> askers_;
};

}  // namespace
}  // namespace engine

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRuns:
      return "runs";
    case Verdict::kDiffers:
      return "differs";
    case Verdict::kUnsupported:
      return "unsupported";
    case Verdict::kWrong:
      break;
  }
  return "wrong";
}

Result<std::vector<AnalyticCheck>> CheckPack(const Pack& pack, const Engine& engine) {
  if (const absl::Status& status = engine.impl()->core.status(); !status.ok()) {
    return engine::ToError(status);
  }
  std::vector<AnalyticCheck> checks;
  for (size_t a = 0; a < pack.analytics.size(); ++a) {
    checks.push_back(engine::CheckOne(pack.analytics[a], a, engine));
  }
  return checks;
}

Result<Summary> CountPackEvents(const Pack& pack, const Engine& engine, const Input& input,
                                const RunOptions& options, std::vector<AnalyticCheck>* checks) {
  absl::StatusOr<Summary> summary = engine::KindCounts(pack, engine).Run(input, options, checks);
  if (!summary.ok()) return engine::ToError(summary.status());
  return std::move(*summary);
}

}  // namespace spelk
