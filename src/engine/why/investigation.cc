// The jobs of an investigation, and what is concluded from their rows.
#include "engine/why/investigation.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <utility>

#include "base/status.h"
#include "engine/subsearch.h"
#include "engine/why/expression_tree.h"
#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "engine/why/knowledge.h"
#include "engine/why/origins.h"
#include "engine/why/other_rows.h"
#include "engine/why/stage_conditions.h"
#include "engine/why/trials.h"
#include "plan/node_facets.h"
#include "plan/nodes.h"
#include "plan/partial.h"
#include "plan/scan_conditions.h"

namespace spelk::engine {
namespace {

using Kind = WhyFinding::Kind;

// What a row may lack; partial rows, which statistics read where there are any, are no events.
bool IsOfRows(Field field) {
  return !field.hidden() && !field.name().starts_with(plan::kPartialPrefix);
}

constexpr size_t kMostClauses = 24;

class Investigation {
 public:
  Investigation(const Core& core, const Source& source, const RunRequest& request,
                const WhyOptions& options)
      : core_(core),
        source_(source),
        request_(request),
        options_(options),
        fields_(&core.fields()),
        trials_(core, request) {}

  absl::StatusOr<Why> Ask(const plan::Node& plan) {
    root_ = plan::CopyPlan(plan, fields_, core_.entries());
    AddTimeRange();
    plan::NumberPlan(*root_);
    for (plan::Node* node : plan::ChainOf(*root_)) chain_.push_back(node);
    SPELK_RETURN_IF_ERROR(CountStages());
    if (why_.dropped_by) {
      stage_ = *why_.dropped_by;
      SPELK_RETURN_IF_ERROR(LookAtStage());
      SPELK_RETURN_IF_ERROR(CountTogether());
      SPELK_RETURN_IF_ERROR(TryParts());
      Conclude();
    }
    JoinStages(chain_, &why_);
    return std::move(why_);
  }

 private:
  bool scans() const { return plan::TryAs<plan::ScanNode>(chain_.front()) != nullptr; }
  const plan::ScanNode& scan() const { return plan::As<plan::ScanNode>(*chain_.front()); }
  bool at_base() const { return stage_ == 0; }

  // The time range of the run is one of the conditions.
  void AddTimeRange() {
    const RunOptions& options = request_.options;
    if (options.earliest.empty() && options.latest.empty()) return;
    for (plan::ScanNode* scan : plan::ScansOf(*root_)) {
      plan::AddCondition(
          plan::MakeTimeRange(fields_.Intern("_time"), options.earliest, options.latest), scan,
          plan::Placed::kFirst);
    }
  }

  plan::NodePtr Copy(const plan::Node& node) {
    return plan::CopyPlan(node, fields_, core_.entries());
  }
  // All that the search's source gives, whatever the base search asks for.
  plan::NodePtr Bare() {
    plan::NodePtr copy = Copy(*chain_.front());
    if (scans()) {
      auto& bare = static_cast<plan::ScanNode&>(*copy);
      bare.predicate.reset();
      bare.time_ranges.clear();
    } else {
      for (plan::ExprPtr* condition : ConditionsOf(*copy)) *condition = plan::MakeBoolean(true);
    }
    return copy;
  }
  // What comes to the stage.
  plan::NodePtr Before() { return at_base() ? Bare() : Copy(*chain_[stage_ - 1]); }
  plan::NodePtr Filtered(plan::NodePtr input, const plan::Expr& predicate) {
    if (at_base() && scans()) {
      static_cast<plan::ScanNode&>(*input).predicate = plan::Copy(predicate);
      return input;
    }
    auto filter = plan::Make<plan::FilterNode>(predicate.span);
    filter->predicate = plan::Copy(predicate);
    filter->input = std::move(input);
    return filter;
  }
  // With fields that only those have who ask for them.
  plan::NodePtr WithFields(plan::NodePtr input, const plan::FieldSet& fields) {
    auto project = plan::Make<plan::ProjectNode>(Span());
    for (const Field field : fields.fields()) {
      if (!field.hidden() && !plan::IsPattern(field.name())) project->names.push_back(field);
    }
    for (const std::string_view name : {"sourcetype", "source", "index", "host"}) {
      project->names.push_back(fields_.Intern(name));
    }
    project->input = std::move(input);
    return project;
  }
  plan::FieldSet FieldsRead() const {
    plan::FieldSet fields;
    for (const plan::Node* node : chain_) fields.Add(node->GetDataflow().reads);
    if (const plan::ExprPtr* predicate = PredicateOf(*chain_.front())) {
      plan::CollectFields(**predicate, &fields);
    }
    return fields;
  }

  // ---- the first pass: the whole search, and the feed as it is

  absl::Status CountStages() {
    const size_t whole = trials_.Count(Copy(*root_));
    const size_t feed = trials_.Profile(Bare());
    const size_t named = trials_.Profile(WithFields(Bare(), FieldsRead()));
    std::vector<size_t> prefixes;
    for (size_t i = 0; i < chain_.size() && options_.in_detail; ++i) {
      prefixes.push_back(trials_.Profile(Copy(*chain_[i]), true));
    }
    SPELK_RETURN_IF_ERROR(trials_.Run());
    SPELK_RETURN_IF_ERROR(trials_.status(whole));
    events_ = trials_.TakeProfile(feed);
    events_->AddFieldsOf(*trials_.TakeProfile(named));
    const Summary& summary = trials_.summary(whole);
    why_.generates = !scans();
    why_.events = events_->rows();
    why_.bytes = summary.bytes;
    why_.rows = summary.rows;
    uint64_t in = why_.events;
    for (size_t i = 0; i < chain_.size(); ++i) {
      WhyStage& stage = why_.stages.emplace_back(StageOf(*chain_[i], i));
      const auto counted = std::find_if(summary.stages.begin(), summary.stages.end(),
                                        [&](const StageCount& s) { return s.id == chain_[i]->id; });
      stage.rows_in = in;
      stage.known = counted != summary.stages.end();
      if (stage.known) in = counted->rows;
      if (!chain_[i]->streams.empty()) in = RowsOfStreams(*chain_[i], summary);
      if (i + 1 == chain_.size()) in = summary.rows;
      stage.rows_out = in;
      if (i < prefixes.size()) stage.row = trials_.TakeProfile(prefixes[i])->first_row();
      if (in == 0 && !why_.dropped_by) why_.dropped_by = i;
    }
    why_.kept = why_.stages.front().rows_out;
    lookups_ = summary.lookups;
    return absl::OkStatus();
  }

  WhyStage StageOf(const plan::Node& node, size_t index) const {
    WhyStage stage;
    stage.name = index == 0 && scans() ? "search" : std::string(node.label());
    const Span span = Placed(node.span);
    if (span.empty()) return stage;
    // Of a search that begins with another command.
    if (index == 0 && scans() && chain_.size() > 1 && chain_[1]->span == node.span) {
      stage.name = "all events";
      return stage;
    }
    stage.text = TextOf(source_.written(), span);
    // What the planner makes of a command has the command's name.
    const std::string first = stage.text.substr(0, stage.text.find_first_of(" \t\r\n"));
    const bool base = index == 0 && scans();
    if (!base && core_.entries().Command(first) != nullptr) stage.name = first;
    stage.offset = span.begin;
    stage.length = span.size();
    stage.line = source_.Locate(span.begin).line;
    return stage;
  }

  // A place in the text as it was given. A plan that was loaded has no text.
  Span Placed(Span span) const {
    if (span.empty() || span.end > source_.text().size()) return {};
    return source_.Written(span);
  }

  // ---- the second pass: what came to the stage that gave none

  absl::Status LookAtStage() {
    const plan::Node& node = *chain_[stage_];
    if (const plan::ExprPtr* predicate = PredicateOf(node)) {
      AddClauses(**predicate, &clauses_);
      if (clauses_.size() > kMostClauses) clauses_.resize(kMostClauses);
    }
    for (plan::ExprPtr* condition : ConditionsOf(*chain_[stage_])) {
      at_base() ? AddClauses(**condition, &clauses_) : conditions_.push_back(condition->get());
    }
    plan::FieldSet reads = node.GetDataflow().reads;
    for (const plan::Expr* clause : clauses_) plan::CollectFields(*clause, &reads);
    const size_t all = trials_.Profile(Before());
    const size_t named = trials_.Profile(WithFields(Before(), reads));
    const size_t computed = trials_.Profile(WithComputed(Before(), clauses_, fields_));
    std::vector<size_t> alone;
    for (const plan::Expr* clause : clauses_) {
      alone.push_back(trials_.Count(Filtered(Before(), *clause)));
    }
    if (const plan::ExprPtr* predicate = PredicateOf(node)) TryEarlier(**predicate);
    std::vector<size_t> conditions;
    for (const plan::Expr* condition : conditions_) {
      conditions.push_back(trials_.Count(Filtered(Before(), *condition)));
    }
    std::vector<size_t> subsearches;
    for (const plan::Expr* clause : clauses_) AddSubsearches(*clause, &subsearches);
    std::vector<size_t> others;
    for (const plan::NodePtr& other : node.others) others.push_back(trials_.Profile(Copy(*other)));
    ExpressionTree tree;
    if (options_.in_detail && !clauses_.empty() && PredicateOf(node) != nullptr) {
      tree.Plan(**PredicateOf(node),
                [&](const plan::Expr& part) { return trials_.Count(Filtered(Before(), part)); });
    }
    SPELK_RETURN_IF_ERROR(trials_.Run());
    rows_ = trials_.TakeProfile(all);
    rows_->AddFieldsOf(*trials_.TakeProfile(named));
    rows_->AddFieldsOf(*trials_.TakeProfile(computed));
    for (const size_t trial : alone) alone_.push_back(trials_.summary(trial).rows);
    for (const size_t trial : conditions) condition_rows_.push_back(trials_.summary(trial).rows);
    for (const size_t trial : subsearches) subsearches_.push_back(trials_.TakeProfile(trial));
    for (const size_t trial : others) others_.push_back(trials_.TakeProfile(trial));
    why_.expression = tree.Take(trials_, *rows_);
    for (WhyOperand& operand : why_.expression) Place(&operand);
    return absl::OkStatus();
  }

  // Whether rows met the condition before an earlier stage, which dropped or changed them.
  void TryEarlier(const plan::Expr& predicate) {
    constexpr size_t kMostStages = 8;
    for (size_t i = stage_; i-- > 0 && earlier_.size() < kMostStages;) {
      if (i == 0 && !scans()) break;
      // What a command does of its own is no stage that people know.
      const Span whole = chain_[stage_]->span;
      const Span part = chain_[i]->span;
      if (!part.empty() && whole.begin <= part.begin && part.end <= whole.end) continue;
      auto filter = plan::Make<plan::FilterNode>(predicate.span);
      filter->predicate = plan::Copy(predicate);
      filter->input = i == 0 ? Bare() : Copy(*chain_[i - 1]);
      earlier_.emplace_back(i, trials_.Count(std::move(filter)));
    }
  }

  void AddSubsearches(const plan::Expr& expr, std::vector<size_t>* trials) {
    if (expr.kind == plan::ExprKind::kSubsearch && expr.plan != nullptr) {
      subsearch_plans_.push_back(expr.plan.get());
      trials->push_back(trials_.Profile(Copy(*expr.plan)));
    }
    for (const plan::ExprPtr& argument : expr.arguments) AddSubsearches(*argument, trials);
  }

  // Where each condition holds for some rows: for how many the first two of them hold, and so on.
  absl::Status CountTogether() {
    if (clauses_.size() < 2 || std::count(alone_.begin(), alone_.end(), 0U) > 0) {
      return absl::OkStatus();
    }
    std::vector<size_t> together;
    for (size_t i = 2; i <= clauses_.size(); ++i) {
      std::vector<plan::ExprPtr> first;
      for (size_t c = 0; c < i; ++c) first.push_back(plan::Copy(*clauses_[c]));
      together.push_back(trials_.Count(
          Filtered(Before(), *plan::MakeLogical(plan::ExprKind::kAnd, std::move(first)))));
    }
    SPELK_RETURN_IF_ERROR(trials_.Run());
    together_.assign(1, alone_.front());
    for (const size_t trial : together) together_.push_back(trials_.summary(trial).rows);
    return absl::OkStatus();
  }

  template <class Placeable>
  void Place(Placeable* item) const {
    const Span span = Placed(
        {static_cast<uint32_t>(item->offset), static_cast<uint32_t>(item->offset + item->length)});
    item->offset = span.begin;
    item->length = span.size();
  }

  // Rows that come to a stage before the one that is asked about, or to it.
  const FieldProfile* RowsBefore(size_t stage) {
    constexpr size_t kMostStages = 32;
    if (stage == 0 || stage == stage_) return stage == 0 ? events_.get() : rows_.get();
    if (!before_.empty()) return before_[stage].get();
    before_.resize(stage_);
    std::vector<plan::NodePtr> plans;
    for (size_t i = 1; i < stage_ && i < kMostStages; ++i) {
      plans.push_back(Copy(*chain_[i - 1]));
      plans.push_back(WithFields(Copy(*chain_[i - 1]), FieldsRead()));
    }
    trials_.ProfilePairs(std::move(plans), &before_);
    return before_[stage].get();
  }

  absl::Status TryParts() {
    std::vector<std::pair<const plan::Expr*, bool>> parts;
    for (size_t i = 0; i < alone_.size(); ++i) {
      if (alone_[i] == 0) AddInexactParts(*clauses_[i], false, true, &parts);
    }
    if (parts.empty()) return absl::OkStatus();
    std::vector<std::pair<const plan::Expr*, size_t>> trials;
    for (size_t i = 0; i < parts.size() && i < kMostClauses; ++i) {
      plan::ExprPtr part = plan::Copy(*parts[i].first);
      if (parts[i].second) part = plan::MakeNot(std::move(part));
      trials.emplace_back(parts[i].first, trials_.Count(Filtered(Before(), *part)));
    }
    SPELK_RETURN_IF_ERROR(trials_.Run());
    for (const auto& [part, trial] : trials) {
      if (trials_.summary(trial).rows > 0) holds_for_some_.insert(part);
    }
    return absl::OkStatus();
  }

  // ---- what it means

  // "rex (line 2)"
  std::string Named(size_t stage) const {
    const WhyStage& named = why_.stages[stage];
    return named.line > 0 ? fmt::format("{} (line {})", named.name, named.line) : named.name;
  }
  void Conclude() {
    FindingsContext context;
    context.rows = rows_.get();
    context.events = events_.get();
    context.base = at_base() && scans();
    context.zone = core_.zone();
    const FieldOrigins origins(
        chain_, stage_, fields_, *events_, *rows_, [this](size_t stage) { return Named(stage); },
        [this](size_t stage) {
          const WhyStage& lookup = why_.stages[stage];
          return lookup.name == "lookup" ? RowsOfTable(lookups_, lookup.text) : "";
        },
        [this](size_t stage) { return RowsBefore(stage); });
    context.holds_for_some = &holds_for_some_;
    context.origins = &origins;
    context.event_class = [this](std::string_view field, std::string_view value) {
      return core_.knowledge().classes().Described(field, value);
    };
    context.knowledge = [this](std::string_view field) {
      return KnowledgeOf(core_, fields_, field, *events_);
    };
    Findings findings(context);
    for (const plan::NodePtr& stream : chain_.front()->streams) {
      AddInnerTo(&findings, *stream, stream->span);
    }
    const uint64_t rows = rows_->rows();
    if (rows > 0) {
      AddClausesTo(&findings);
      AddNodeTo(&findings);
      AddEarlierTo(&findings);
    } else if (scans() && at_base()) {
      findings.Add(Kind::kClause, "", {}, "the input has no events");
    } else if (at_base() && chain_.front()->label().starts_with("input")) {
      findings.Add(Kind::kClause, "", chain_.front()->span, "the table has no rows");
    } else if (others_.size() > 1) {
      AddSetsTo(&findings);
    }
    why_.findings = findings.Take();
    for (WhyFinding& finding : why_.findings) Place(&finding);
  }

  void AddClausesTo(Findings* findings) {
    const plan::Expr* never = nullptr;
    for (size_t i = 0; i < alone_.size(); ++i) {
      if (alone_[i] > 0) continue;
      if (never == nullptr) never = clauses_[i];
      if (plan::HasSubsearch(*clauses_[i])) {
        for (size_t s = 0; s < subsearches_.size(); ++s) {
          findings->AddSubsearch(*subsearches_[s], clauses_[i]->span);
          AddInnerTo(findings, *subsearch_plans_[s], clauses_[i]->span);
        }
      } else {
        findings->AddClause(*clauses_[i], false);
      }
    }
    if (never != nullptr && findings->empty()) {
      findings->Add(
          Kind::kTogether, "", never->span,
          fmt::format("{} holds for none, though each part of it does for some", Shown(*never)));
    }
    if (never != nullptr || alone_.empty()) return;
    // Each holds somewhere: which one leaves nothing of what those before it left?
    size_t last = 0;
    while (last + 1 < together_.size() && together_[last] > 0) ++last;
    const uint64_t before = last == 0 ? rows_->rows() : together_[last - 1];
    findings->Add(Kind::kTogether, "", clauses_[last]->span,
                  fmt::format("{} holds for {} of {}, and for none of the {} for which the {} "
                              "before it",
                              Shown(*clauses_[last]), alone_[last], rows_->rows(), before,
                              last == 1 ? "condition holds" : "conditions hold"));
    for (size_t i = 0; i < last && clauses_.size() > 1; ++i) {
      findings->Add(
          Kind::kTogether, "", clauses_[i]->span,
          fmt::format("{} holds for {} of {}", Shown(*clauses_[i]), alone_[i], rows_->rows()));
    }
  }

  // Why a search within this one gave no rows.
  void AddInnerTo(Findings* findings, const plan::Node& plan, Span span) {
    constexpr size_t kMost = 2;
    const plan::Node* root = &plan;
    // They say of no rows that there are none.
    while (root->input != nullptr && (root->label() == "format" || root->label() == "return")) {
      root = root->input.get();
    }
    const absl::StatusOr<Why> why = Investigate(core_, *root, source_, request_, {});
    if (!why.ok() || why->rows > 0) return;
    for (size_t i = 0; i < why->findings.size() && i < kMost; ++i) {
      findings->Add(Kind::kSubsearch, why->findings[i].field, span,
                    fmt::format("in the subsearch: {}", why->findings[i].text));
    }
  }

  void AddEarlierTo(Findings* findings) {
    for (const auto& [stage, trial] : earlier_) {
      const uint64_t met = trials_.summary(trial).rows;
      if (!trials_.status(trial).ok() || met == 0) continue;
      if (findings->HasRemoved()) return;
      const uint64_t before = stage == 0 ? why_.events : why_.stages[stage - 1].rows_out;
      const std::string condition = ShownValue(Shown(**PredicateOf(*chain_[stage_])));
      findings->Add(Kind::kTogether, "", chain_[stage]->span,
                    fmt::format("{} holds for {} of {} before {}", condition, met, before,
                                stage == 0 ? "the base search" : Named(stage)));
      return;
    }
  }

  // Commands that are no conditions.
  void AddNodeTo(Findings* findings) {
    const plan::Node& node = *chain_[stage_];
    if (!clauses_.empty() || (at_base() && scans())) return;
    const plan::Dataflow flow = node.GetDataflow();
    std::vector<Field> needed;
    if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node)) needed = aggregate->by;
    for (const plan::FieldSet& set : flow.ignores_without) {
      for (const Field field : set.fields()) needed.push_back(field);
    }
    if (needed.empty()) {
      for (const Field field : flow.reads.fields()) {
        if (IsOfRows(field)) needed.push_back(field);
      }
    }
    for (const Field field : needed) findings->AddNeeded(field.name(), node.span);
    AddConditionsTo(findings);
    AddOthersTo(findings, flow);
    AddSearchTo(findings);
    size_t least = 0;
    std::string counts;
    for (const Field field : needed) {
      const FieldValues* values = rows_->Find(field.name());
      if (values == nullptr || values->rows == rows_->rows()) continue;
      ++least;
      counts += fmt::format("{}{} in {}", counts.empty() ? "" : ", ", field.name(), values->rows);
    }
    if (least > 1) {
      findings->Add(Kind::kTogether, "", node.span,
                    fmt::format("no row has all fields that {} needs: {} of {}", node.label(),
                                counts, rows_->rows()));
    }
  }

  void AddConditionsTo(Findings* findings) {
    const plan::Node& node = *chain_[stage_];
    bool all = !conditions_.empty();
    for (size_t c = 0; c < conditions_.size(); ++c) {
      if (condition_rows_[c] > 0) continue;
      findings->AddClause(*conditions_[c], false);
      all = false;
    }
    if (!all) return;
    std::string counts;
    for (size_t c = 0; c < conditions_.size(); ++c) {
      counts += fmt::format("{}{} holds for {}", c > 0 ? ", " : "", Shown(*conditions_[c]),
                            condition_rows_[c]);
    }
    findings->Add(Kind::kTogether, "", node.span,
                  fmt::format("{} of {}, and {} finds nothing that has what it asks for in order",
                              counts, rows_->rows(), node.label()));
  }

  // Of what is run for each row: why it gives none for values that are there.
  void AddSearchTo(Findings* findings) {
    const plan::Node& node = *chain_[stage_];
    const auto* runs = dynamic_cast<const plan::RunsSearchOfRow*>(&node);
    if (runs == nullptr || depth_ > 0) return;
    const std::optional<plan::FilledText> text =
        runs->SearchFor([this](Field field) -> std::optional<std::string> {
          const FieldValues* values = rows_->Find(field.name());
          if (values == nullptr || values->values.empty()) return std::nullopt;
          return values->values.begin()->first;
        });
    Compilation search;
    if (!text || !Compile(core_, text->text(), {.name = "<map>"}, &search, &fields_).ok()) return;
    const WhyOptions options;  // It outlives the investigation, which keeps no copy.
    Investigation inner(core_, *search.source, request_, options);
    inner.depth_ = depth_ + 1;
    const absl::StatusOr<Why> why = inner.Ask(*search.plan);
    if (!why.ok() || why->rows > 0) return;
    for (size_t i = 0; i < why->findings.size() && i < 2; ++i) {
      findings->Add(Kind::kSubsearch, why->findings[i].field, node.span,
                    fmt::format("in {}: {}", ShownValue(text->text()), why->findings[i].text));
    }
  }

  // Searches of which none gives a row that is asked for: set and its like.
  void AddSetsTo(Findings* findings) {
    const plan::Node& node = *chain_[stage_];
    bool empty = false;
    for (size_t o = 0; o < others_.size(); ++o) {
      if (others_[o]->rows() > 0) continue;
      empty = true;
      findings->Add(Kind::kSubsearch, "", node.span, fmt::format("search {} gave no rows", o + 1));
      AddInnerTo(findings, *node.others[o], node.span);
    }
    if (!empty) AddDifferences(*others_[0], *others_[1], node.span, findings);
  }

  // join and its like.
  void AddOthersTo(Findings* findings, const plan::Dataflow& flow) {
    for (size_t o = 0; o < others_.size(); ++o) {
      const std::unique_ptr<FieldProfile>& other = others_[o];
      const Span span = chain_[stage_]->span;
      if (other->rows() == 0) {
        findings->Add(Kind::kSubsearch, "", span, "the subsearch gave no rows");
        AddInnerTo(findings, *chain_[stage_]->others[o], span);
        continue;
      }
      std::vector<std::pair<Field, Field>> pairs;
      if (const auto* node = dynamic_cast<const plan::MatchesOthers*>(chain_[stage_])) {
        pairs = node->MatchedFields();
      }
      if (pairs.empty()) {
        for (const Field field : flow.reads.fields()) pairs.emplace_back(field, field);
      }
      for (const auto& [ours, theirs] : pairs) {
        if (!IsOfRows(ours) || !IsOfRows(theirs)) continue;
        if (other->Find(theirs.name()) == nullptr) {
          findings->Add(Kind::kSubsearch, theirs.name(), span,
                        fmt::format("{}: in none of {} rows of the subsearch, which have {}",
                                    theirs.name(), other->rows(), ListOfNames(other->names())));
        } else if (rows_->Find(ours.name()) != nullptr) {
          AddKeys(ours.name(), *rows_->Find(ours.name()), *other->Find(theirs.name()), span,
                  findings);
        }
      }
    }
  }

  const Core& core_;
  const Source& source_;
  const RunRequest& request_;
  const WhyOptions& options_;
  FieldTable fields_;
  Trials trials_;
  plan::NodePtr root_;
  std::vector<plan::Node*> chain_;
  Why why_;
  size_t stage_ = 0;
  std::vector<const plan::Expr*> clauses_;     // Of the stage.
  std::vector<const plan::Expr*> conditions_;  // Of a command that is more than they are,
  std::vector<uint64_t> condition_rows_;       // and rows for which each holds.
  std::vector<LookupCount> lookups_;
  size_t depth_ = 0;                                // In how many searches that are run for rows.
  std::vector<uint64_t> alone_;                     // Rows for which each of them holds,
  std::vector<uint64_t> together_;                  // and for which it and all before it do.
  std::vector<std::pair<size_t, size_t>> earlier_;  // Stages, and trials of all of it before them.
  std::vector<const plan::Node*> subsearch_plans_;
  std::unique_ptr<FieldProfile> events_;
  std::unique_ptr<FieldProfile> rows_;                 // That came to the stage,
  std::vector<std::unique_ptr<FieldProfile>> before_;  // and to those before it.
  std::set<const plan::Expr*> holds_for_some_;
  std::vector<std::unique_ptr<FieldProfile>> others_;
  std::vector<std::unique_ptr<FieldProfile>> subsearches_;  // Of the clauses.
};

}  // namespace

absl::StatusOr<Why> Investigate(const Core& core, const plan::Node& plan, const Source& source,
                                const RunRequest& request, const WhyOptions& options) {
  if (Writes(plan)) {
    return absl::UnimplementedError(
        "the search writes a lookup table, so it is not run a second time to see why");
  }
  return Investigation(core, source, request, options).Ask(plan);
}

}  // namespace spelk::engine
