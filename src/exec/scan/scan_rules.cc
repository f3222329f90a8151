// Choosing the events that a rule is for, and computing its field for them.
#include "exec/scan/scan_rules.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/scan/rule_runner.h"

namespace spelk::exec {

ScanColumns::ScanColumns(SchemaPtr schema, size_t physical_rows, const std::vector<uint32_t>& rows,
                         BatchMemoryPtr memory, Read read)
    : schema_(std::move(schema)),
      physical_rows_(physical_rows),
      rows_(rows),
      memory_(std::move(memory)),
      read_(std::move(read)),
      columns_(schema_->size(), Column::Null(physical_rows)),
      own_(schema_->size()),
      known_(schema_->size(), false) {}

absl::StatusOr<std::span<Value>> ScanColumns::NewValues() {
  auto* values = memory_->arena.AllocateArray<Value>(physical_rows_);
  if (values == nullptr) return memory_->arena.status("reading events");
  return std::span<Value>(values, physical_rows_);
}

absl::Status ScanColumns::Require(size_t column) {
  if (known_[column]) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(own_[column], NewValues());
  SPELK_RETURN_IF_ERROR(read_(column, rows_, own_[column]));
  columns_[column] = Column::Values(own_[column]);
  known_[column] = true;
  return absl::OkStatus();
}

absl::Status ScanColumns::MakeOwn(size_t column) {
  if (!own_[column].empty()) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(const std::span<Value> copy, NewValues());
  for (const uint32_t row : rows_) copy[row] = columns_[column].At(row);
  own_[column] = copy;
  columns_[column] = Column::Values(copy);
  return absl::OkStatus();
}

absl::Status ScanColumns::Change(size_t column, std::span<const uint32_t> rows,
                                 const Column& values) {
  SPELK_RETURN_IF_ERROR(MakeOwn(column));
  for (const uint32_t row : rows) own_[column][row] = values.At(row);
  return absl::OkStatus();
}

absl::Status ScanColumns::CopyInto(size_t target, size_t column, std::span<const uint32_t> rows) {
  if (known_[column]) return Change(target, rows, columns_[column]);
  cells_.resize(physical_rows_);
  SPELK_RETURN_IF_ERROR(read_(column, rows, cells_));
  return Change(target, rows, Column::Values(cells_));
}

// The events of a stanza; consecutive events mostly have the same value.
struct ScanRules::Set {
  std::unique_ptr<const Regex> regex;
  std::unique_ptr<RegexMatcher> matcher;
  size_t column = 0;
  std::string last;
  bool known = false;
  bool result = false;

  bool Matches(const Value& value) {
    if (value.is_null()) return false;
    const Value& first = value.is_multi() ? value.each().front() : value;
    if (!first.is_text()) return false;
    if (known && last == first.text()) return result;
    last = first.text();
    known = true;
    result = matcher->Match(last) == MatchResult::kYes;
    return result;
  }
};

struct ScanRules::Rule {
  const plan::FieldRule* rule = nullptr;
  std::unique_ptr<plan::Evaluator> evaluator;
  RuleRunnerPtr runner;  // Of rules that are no expression.
  std::vector<size_t> targets;
  std::optional<size_t> alias;  // The value is that of this column.
  std::vector<size_t> inputs;
  std::optional<Set> where;  // Nothing: every event.
  std::vector<Set> except;
};

ScanRules::~ScanRules() = default;

absl::StatusOr<ScanRules::Set> ScanRules::MakeSet(const plan::EventSet& events,
                                                  const Schema& schema, const RunContext& run) {
  Set set;
  SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(events.pattern));
  set.regex = std::make_unique<const Regex>(std::move(regex));
  set.matcher = std::make_unique<RegexMatcher>(*set.regex);
  set.column = *schema.Find(run.fields->Intern(plan::NameOf(events.stanza)));
  return set;
}

// What computes the rule's values.
absl::Status ScanRules::Prepare(const Schema& schema, const RunContext& run, Rule* rule) {
  switch (rule->rule->kind) {
    case plan::RuleKind::kExtract: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeExtractRunner(*rule->rule, schema, run));
      return absl::OkStatus();
    }
    case plan::RuleKind::kLookup: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeLookupRunner(*rule->rule, schema, run));
      return absl::OkStatus();
    }
    case plan::RuleKind::kClassify: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeClassifyRunner(*rule->rule, schema, run));
      return absl::OkStatus();
    }
    default: {
      const plan::Expr& value = *rule->rule->value;
      if (value.kind == plan::ExprKind::kField) rule->alias = rule->inputs.front();
      SPELK_ASSIGN_OR_RETURN(rule->evaluator, plan::Evaluator::Make(value, run.evaluation));
      return absl::OkStatus();
    }
  }
}

absl::StatusOr<std::unique_ptr<ScanRules>> ScanRules::Make(
    const std::vector<plan::FieldRule>& rules, const Schema& schema, const RunContext& run) {
  std::unique_ptr<ScanRules> made(new ScanRules());
  for (const plan::FieldRule& rule : rules) {
    Rule& each = made->rules_.emplace_back();
    each.rule = &rule;
    for (const Field target : rule.targets) each.targets.push_back(*schema.Find(target));
    const plan::FieldSet inputs = rule.Inputs();
    for (const Field field : inputs.fields()) each.inputs.push_back(*schema.Find(field));
    SPELK_RETURN_IF_ERROR(Prepare(schema, run, &each));
    if (!rule.where.pattern.empty()) {
      SPELK_ASSIGN_OR_RETURN(Set set, MakeSet(rule.where, schema, run));
      each.where = std::move(set);
    }
    for (const plan::EventSet& events : rule.except) {
      SPELK_ASSIGN_OR_RETURN(Set set, MakeSet(events, schema, run));
      each.except.push_back(std::move(set));
    }
  }
  return made;
}

absl::StatusOr<std::vector<uint32_t>> ScanRules::RowsFor(Rule& rule,
                                                         const std::vector<uint32_t>& rows,
                                                         ScanColumns* columns) {
  for (const size_t target : rule.targets) SPELK_RETURN_IF_ERROR(columns->Require(target));
  std::vector<uint32_t> taken;
  if (rule.rule->only_missing) {
    const auto lacks = [columns](size_t target, uint32_t row) {
      return columns->column(target).At(row).is_null();
    };
    for (const uint32_t row : rows) {
      if (std::any_of(rule.targets.begin(), rule.targets.end(),
                      [&](size_t target) { return lacks(target, row); })) {
        taken.push_back(row);
      }
    }
  } else {
    taken = rows;
  }
  const auto keep = [&](Set& set, bool matching) -> absl::Status {
    if (taken.empty()) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(columns->Require(set.column));
    const Column& names = columns->column(set.column);
    std::erase_if(taken, [&](uint32_t row) { return set.Matches(names.At(row)) != matching; });
    return absl::OkStatus();
  };
  if (rule.where) SPELK_RETURN_IF_ERROR(keep(*rule.where, true));
  for (Set& set : rule.except) SPELK_RETURN_IF_ERROR(keep(set, false));
  return taken;
}

absl::Status ScanRules::Calculate(Rule& rule, const std::vector<uint32_t>& rows,
                                  const std::vector<Column>& before, ScanColumns* columns) {
  Batch batch(columns->schema(), before, columns->physical_rows(), columns->memory());
  batch.Select(rows);
  Column made;
  SPELK_RETURN_IF_ERROR(rule.evaluator->EvaluateAssigned(batch, &made));
  return columns->Change(rule.targets.front(), rows, made);
}

// What the rules read is read before any of them changes it.
absl::Status ScanRules::ApplyTogether(std::span<Rule> rules, const std::vector<uint32_t>& rows,
                                      ScanColumns* columns) {
  std::vector<std::vector<uint32_t>> taken(rules.size());
  bool any = false;
  for (size_t r = 0; r < rules.size(); ++r) {
    SPELK_ASSIGN_OR_RETURN(taken[r], RowsFor(rules[r], rows, columns));
    if (taken[r].empty()) continue;
    any = true;
    for (const size_t input : rules[r].inputs) SPELK_RETURN_IF_ERROR(columns->Require(input));
  }
  if (!any) return absl::OkStatus();
  const std::vector<Column> before = columns->columns();
  columns->Share();
  for (size_t r = 0; r < rules.size(); ++r) {
    if (taken[r].empty()) continue;
    SPELK_RETURN_IF_ERROR(Calculate(rules[r], taken[r], before, columns));
  }
  return absl::OkStatus();
}

// A rule that sees what the one before it made.
absl::Status ScanRules::ApplyAlone(Rule& rule, const std::vector<uint32_t>& rows,
                                   ScanColumns* columns) {
  SPELK_ASSIGN_OR_RETURN(const std::vector<uint32_t> taken, RowsFor(rule, rows, columns));
  if (taken.empty()) return absl::OkStatus();
  if (rule.alias) return columns->CopyInto(rule.targets.front(), *rule.alias, taken);
  for (const size_t input : rule.inputs) SPELK_RETURN_IF_ERROR(columns->Require(input));
  return rule.runner->Run(taken, columns);
}

absl::Status ScanRules::Apply(const std::vector<uint32_t>& rows, ScanColumns* columns) {
  for (size_t begin = 0; begin < rules_.size();) {
    Rule& first = rules_[begin];
    size_t end = begin + 1;
    if (!first.rule->parallel_before && (first.alias || first.runner != nullptr)) {
      SPELK_RETURN_IF_ERROR(ApplyAlone(first, rows, columns));
      begin = end;
      continue;
    }
    while (first.rule->parallel_before && end < rules_.size() &&
           rules_[end].rule->parallel_before) {
      ++end;
    }
    SPELK_RETURN_IF_ERROR(ApplyTogether({&first, end - begin}, rows, columns));
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace spelk::exec
