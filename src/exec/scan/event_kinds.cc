// Finding what tells kinds apart, and asking it once of each kind.
#include "exec/scan/event_kinds.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "exec/scan/field_events.h"
#include "exec/scan/kind_bounds.h"
#include "exec/scan/shared_conditions.h"
#include "plan/computed_columns.h"
#include "value/codec.h"

namespace spelk::exec {
namespace {

using plan::Expr;
using plan::ExprKind;
using Kinds = CompiledScan::Kinds;

// So many plans must ask for a field's numbers, and as many in proportion to those that ask for the
// field of most. Each field more makes more kinds, and those of ports, say, would be too many.
constexpr size_t kFewestPlans = 4;
constexpr size_t kLeastShare = 8;

bool IsMatch(const Expr& expr) {
  return expr.kind == ExprKind::kMatch || expr.kind == ExprKind::kMatchAny;
}

bool IsNumber(const plan::Pattern& pattern) {
  return !pattern.text.empty() && std::all_of(pattern.text.begin(), pattern.text.end(),
                                              [](char c) { return c >= '0' && c <= '9'; });
}

class Maker {
 public:
  Maker(const CompiledScan& scan, FieldTable& fields) : scan_(scan), table_(fields) {}

  std::unique_ptr<Kinds> Make() {
    FindFields();
    TakeRules();
    AddBounds();
    if (made_->bounds.empty()) return nullptr;
    std::vector<Field> fields;
    for (const size_t field : made_->fields) fields.push_back(scan_.fields[field].field);
    made_->schema = std::make_shared<Schema>(std::move(fields));
    made_->kind_schema = std::make_shared<Schema>(told_.fields());
    for (const Field field : told_.fields()) made_->columns.push_back(*made_->schema->Find(field));
    return std::move(made_);
  }

 private:
  template <class Visit>
  static void ForEachMatch(const Expr& expr, const Visit& visit) {
    if (IsMatch(expr)) visit(expr);
    for (const plan::ExprPtr& argument : expr.arguments) ForEachMatch(*argument, visit);
  }

  // Asks for a tag or an event type that the event itself has, whatever knowledge says: see the
  // optimizer's event classes.
  static bool AsksForOwn(const Expr& expr) {
    const std::string_view name = expr.field.name();
    const bool is_class = name == "eventtype" || name == "tag" || name.starts_with("tag::");
    return is_class && expr.unset == plan::Unset::kFalse;
  }

  // The names, what stands for the index, and numbers that many plans ask for.
  void FindFields() {
    std::map<size_t, size_t> askers;  // Of numbers, by field.
    for (const CompiledScan::Plan& plan : scan_.plans) {
      if (plan.node->predicate == nullptr) continue;
      std::vector<size_t> asked;
      ForEachMatch(*plan.node->predicate, [&](const Expr& match) {
        const size_t field = IndexOf(match.field);
        if (IsName(field) || AsksForOwn(match)) told_.Add(match.field);
        if (AsksForOwn(match)) own_.Add(match.field);
        const bool numbers = std::all_of(match.patterns.begin(), match.patterns.end(), &IsNumber);
        if (numbers && std::find(asked.begin(), asked.end(), field) == asked.end()) {
          asked.push_back(field);
        }
      });
      for (const size_t field : asked) ++askers[field];
    }
    size_t most = 0;
    for (const auto& [field, plans] : askers) most = std::max(most, plans);
    for (const auto& [field, plans] : askers) {
      const bool many = plans >= kFewestPlans && plans * kLeastShare >= most;
      if (many) told_.Add(scan_.fields[field].field);
    }
  }

  // Hosts are many, and few searches ask for one.
  bool IsName(size_t field) const {
    using Kind = CompiledScan::FieldSource::Kind;
    switch (scan_.fields[field].kind) {
      case Kind::kSourcetype:
      case Kind::kSource:
      case Kind::kSourcetypes:
      case Kind::kSources:
      case Kind::kIndex:
      case Kind::kOwnIndex:
        return true;
      default:
        return false;
    }
  }

  size_t IndexOf(Field field) const {
    const auto found = std::find_if(
        scan_.fields.begin(), scan_.fields.end(),
        [field](const CompiledScan::FieldSource& source) { return source.field == field; });
    return static_cast<size_t>(found - scan_.fields.begin());
  }

  // Those of the shared rules that make the fields, from the last one on: what each reads is needed
  // from those before it. Fields that are asked for as the event has them are not made.
  void TakeRules() {
    plan::FieldSet needed;
    for (const Field field : told_.fields()) {
      if (!own_.Has(field)) needed.Add(field);
    }
    plan::FieldSet all = told_;
    const plan::ComputedColumnsList& rules = *scan_.shared->rules;
    for (size_t r = rules.size(); r-- > 0;) {
      const plan::ComputedColumns& rule = rules[r];
      const bool wanted = std::any_of(rule.targets.begin(), rule.targets.end(),
                                      [&](Field target) { return needed.Has(target); });
      if (!wanted) continue;
      // Of events whose fields stand in a text nothing is told.
      if (rule.text_source) {
        made_->text = IndexOf(rule.text_source);
        continue;
      }
      plan::FieldSet read = rule.Inputs();
      for (const Field target : rule.targets) read.Add(target);
      made_here_.Add(plan::FieldSet::Of(rule.targets));
      const auto add_name = [&](const plan::EventSet& events) {
        if (!events.pattern.empty()) read.Add(table_.Intern(plan::NameOf(events.stanza)));
      };
      add_name(rule.where);
      for (const plan::EventSet& events : rule.except) add_name(events);
      for (const plan::TextSetting& setting : rule.text) add_name(setting.where);
      needed.Add(read);
      all.Add(read);
      made_->rules.push_back(rules[r]);
    }
    std::reverse(made_->rules.begin(), made_->rules.end());
    for (const Field field : all.fields()) made_->fields.push_back(IndexOf(field));
  }

  bool IsExact(const Expr& expr) const {
    if (!IsMatch(expr) || !told_.Has(expr.field)) return false;
    if (!own_.Has(expr.field)) return true;
    return AsksForOwn(expr) && !made_here_.Has(expr.field);
  }

  // Knowledge, which plans may apply for themselves, makes no hidden field.
  size_t AddBound(const Expr& condition, Bound bound, bool shares) {
    plan::ExprPtr made = BoundOf(condition, bound, [&](const Expr& expr) {
      return IsExact(expr) && (shares || expr.field.hidden());
    });
    if (made == nullptr) return CompiledScan::kNone;
    const auto [place, is_new] = known_.try_emplace(MeaningOf(*made), made_->bounds.size());
    if (is_new) made_->bounds.push_back(std::move(made));
    return place->second;
  }

  void AddBounds() {
    for (const CompiledScan::Plan& plan : scan_.plans) {
      const Expr* predicate = plan.node->predicate.get();
      const bool shares = plan.group != CompiledScan::kNone;
      made_->needed.push_back(predicate == nullptr ? CompiledScan::kNone
                                                   : AddBound(*predicate, Bound::kNeeded, shares));
    }
    for (const CompiledScan::Condition& condition : scan_.shared->conditions) {
      made_->enough.push_back(AddBound(*condition.expr, Bound::kEnough, true));
    }
  }

  const CompiledScan& scan_;
  FieldTable& table_;
  std::unique_ptr<Kinds> made_ = std::make_unique<Kinds>();
  plan::FieldSet told_;
  plan::FieldSet own_;                   // Those of which the event's own values are asked.
  plan::FieldSet made_here_;             // By rules that make the others.
  std::map<std::string, size_t> known_;  // Bounds by their meaning.
};

}  // namespace

std::unique_ptr<Kinds> MakeKinds(const CompiledScan& scan, FieldTable& fields) {
  return Maker(scan, fields).Make();
}

absl::StatusOr<std::unique_ptr<EventKinds>> EventKinds::Make(const CompiledScan& scan) {
  std::unique_ptr<EventKinds> made(new EventKinds(scan));
  const Kinds& kinds = made->kinds_;
  SPELK_ASSIGN_OR_RETURN(made->rules_, ColumnComputer::Make(kinds.rules, *kinds.schema, *scan.run));
  for (const plan::ExprPtr& bound : kinds.bounds) {
    SPELK_ASSIGN_OR_RETURN(made->bounds_.emplace_back(),
                           plan::Evaluator::Make(*bound, scan.run->evaluation));
  }
  return made;
}

absl::Status EventKinds::Start(ScanRows& rows) {
  of_row_.assign(rows.size(), kNoKind);
  if (by_key_.size() > kMostKinds) return absl::OkStatus();
  std::vector<uint32_t> told;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    const bool in_text = kinds_.text != CompiledScan::kNone && rows.HasText(kinds_.text, row);
    if (!in_text) told.push_back(row);
  }
  const BatchMemoryPtr memory = rows.NewMemory();
  FieldEvents events(kinds_.fields, rows, memory->arena);
  ScanColumns columns(kinds_.schema, rows.size(), told, memory, events);
  for (const size_t column : kinds_.columns) SPELK_RETURN_IF_ERROR(columns.Require(column));
  SPELK_RETURN_IF_ERROR(rules_->Apply(told, &columns));
  for (const uint32_t row : told) {
    SPELK_ASSIGN_OR_RETURN(of_row_[row], KindOf(row, columns));
  }
  SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
  return rows.memory()->arena.status("reading events");
}

absl::StatusOr<uint32_t> EventKinds::KindOf(uint32_t row, const ScanColumns& columns) {
  key_.clear();
  ByteWriter out(key_);
  for (const size_t column : kinds_.columns) {
    SaveValue(columns.column(column).At(row), out);
    if (key_.size() > kLongestKey) return kNoKind;
  }
  if (const auto known = by_key_.find(key_); known != by_key_.end()) return known->second;
  if (by_key_.size() > kMostKinds) return kNoKind;
  SPELK_ASSIGN_OR_RETURN(const uint32_t kind, AddKind(row, columns));
  by_key_.emplace(key_, kind);
  return kind;
}

absl::StatusOr<uint32_t> EventKinds::AddKind(uint32_t row, const ScanColumns& columns) {
  std::vector<Column> values;
  for (const size_t column : kinds_.columns) {
    values.push_back(Column::Constant(columns.column(column).At(row), 1));
  }
  std::vector<bool> met;
  for (const std::unique_ptr<plan::Evaluator>& bound : bounds_) {
    Batch batch(kinds_.kind_schema, values, 1, columns.memory());
    SPELK_RETURN_IF_ERROR(bound->Filter(&batch));
    met.push_back(!batch.empty());
  }
  met_.push_back(std::move(met));
  return static_cast<uint32_t>(met_.size() - 1);
}

void EventKinds::KeepFor(size_t plan, std::vector<uint32_t>* rows) const {
  const size_t bound = kinds_.needed[plan];
  if (bound == CompiledScan::kNone) return;
  std::erase_if(*rows, [&](uint32_t row) {
    const uint32_t kind = of_row_[row];
    return kind != kNoKind && !met_[kind][bound];
  });
}

void EventKinds::TakeMet(size_t condition, std::vector<uint32_t>* rows,
                         std::vector<uint32_t>* met) const {
  const size_t bound = kinds_.enough[condition];
  if (bound == CompiledScan::kNone) return;
  std::erase_if(*rows, [&](uint32_t row) {
    const uint32_t kind = of_row_[row];
    const bool is_met = kind != kNoKind && met_[kind][bound];
    if (is_met) met->push_back(row);
    return is_met;
  });
}

}  // namespace spelk::exec
