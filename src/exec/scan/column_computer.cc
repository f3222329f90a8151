// Choosing the events that a rule is for, and computing its field for them.
#include "exec/scan/column_computer.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/scan/rule_runner.h"

namespace spelk::exec {

ScanColumns::ScanColumns(SchemaPtr schema, size_t physical_rows, const std::vector<uint32_t>& rows,
                         BatchMemoryPtr memory, ScanEvents& events)
    : schema_(std::move(schema)),
      physical_rows_(physical_rows),
      rows_(rows),
      memory_(std::move(memory)),
      events_(events),
      columns_(schema_->size(), Column::Null(physical_rows)),
      own_(schema_->size()),
      complete_(schema_->size(), false),
      known_(schema_->size()) {}

absl::Status ScanColumns::MakeOwn(size_t column) {
  if (!own_[column].empty()) return absl::OkStatus();
  auto* values = memory_->arena.AllocateArray<Value>(physical_rows_);
  if (values == nullptr) return memory_->arena.status("reading events");
  std::fill(values, values + physical_rows_, Value::Null());
  for (const uint32_t row : rows_) {
    if (Knows(column, row)) values[row] = columns_[column].At(row);
  }
  own_[column] = {values, physical_rows_};
  columns_[column] = Column::Values(own_[column]);
  return absl::OkStatus();
}

absl::Status ScanColumns::Require(size_t column, std::span<const uint32_t> rows) {
  if (complete_[column]) return absl::OkStatus();
  const bool all = rows.size() == rows_.size();
  if (!known_[column].empty()) {
    unknown_.clear();
    for (const uint32_t row : rows) {
      if (!known_[column][row]) unknown_.push_back(row);
    }
    rows = unknown_;
  }
  if (!rows.empty()) {
    SPELK_RETURN_IF_ERROR(MakeOwn(column));
    SPELK_RETURN_IF_ERROR(events_.Read(column, rows, own_[column]));
  }
  complete_[column] = all;
  if (all) return absl::OkStatus();
  known_[column].resize(physical_rows_, false);
  for (const uint32_t row : rows) known_[column][row] = true;
  return absl::OkStatus();
}

absl::Status ScanColumns::Change(size_t column, std::span<const uint32_t> rows,
                                 const Column& values) {
  SPELK_RETURN_IF_ERROR(MakeOwn(column));
  for (const uint32_t row : rows) own_[column][row] = values.At(row);
  if (complete_[column]) return absl::OkStatus();
  known_[column].resize(physical_rows_, false);
  for (const uint32_t row : rows) known_[column][row] = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> ScanColumns::IsNull(size_t column, uint32_t row) {
  if (!Knows(column, row)) {
    if (const std::optional<bool> has = events_.HasValue(column, row)) return !*has;
    SPELK_RETURN_IF_ERROR(Require(column, {&row, 1}));
  }
  return columns_[column].At(row).is_null();
}

absl::Status ScanColumns::Keep(size_t column, bool null, std::vector<uint32_t>* rows) {
  size_t kept = 0;
  for (const uint32_t row : *rows) {
    SPELK_ASSIGN_OR_RETURN(const bool is_null, IsNull(column, row));
    if (is_null == null) (*rows)[kept++] = row;
  }
  rows->resize(kept);
  return absl::OkStatus();
}

struct ColumnComputer::Rule {
  const plan::ComputedColumns* rule = nullptr;
  std::unique_ptr<plan::Evaluator> evaluator;
  RuleRunnerPtr runner;  // Of rules that are no expression.
  bool is_expression = false;
  std::vector<size_t> targets;
  std::optional<size_t> alias;  // The value is that of this column.
  std::vector<size_t> inputs;
  RuleEvents events;
  std::optional<size_t> text;  // _raw, for rules that are for events with one of their own.
};

ColumnComputer::ColumnComputer(const RunContext& run) : run_(run) {}
ColumnComputer::~ColumnComputer() = default;

// What computes the rule's values, if it is not there.
absl::Status ColumnComputer::Prepare(const Schema& schema, Rule* rule) const {
  if (rule->evaluator != nullptr || rule->runner != nullptr) return absl::OkStatus();
  switch (rule->rule->kind) {
    case plan::RuleKind::kExtract: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeExtractRunner(*rule->rule, schema, run_));
      return absl::OkStatus();
    }
    case plan::RuleKind::kLookup: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeLookupRunner(*rule->rule, schema, run_));
      return absl::OkStatus();
    }
    case plan::RuleKind::kClassify: {
      SPELK_ASSIGN_OR_RETURN(rule->runner, MakeClassifyRunner(*rule->rule, schema, run_));
      return absl::OkStatus();
    }
    default: {
      SPELK_ASSIGN_OR_RETURN(rule->evaluator,
                             plan::Evaluator::Make(*rule->rule->value, run_.evaluation));
      return absl::OkStatus();
    }
  }
}

absl::StatusOr<std::unique_ptr<ColumnComputer>> ColumnComputer::Make(
    const plan::ComputedColumnsList& rules, const Schema& schema, const RunContext& run) {
  std::unique_ptr<ColumnComputer> made(new ColumnComputer(run));
  KnownStanzas stanzas(rules, schema, run);
  for (const plan::ComputedColumns& rule : rules) {
    Rule& each = made->rules_.emplace_back();
    each.rule = &rule;
    for (const Field target : rule.targets) each.targets.push_back(*schema.Find(target));
    const plan::FieldSet inputs = rule.Inputs();
    for (const Field field : inputs.fields()) each.inputs.push_back(*schema.Find(field));
    if (rule.text_source) each.text = schema.Find(rule.text_source);
    each.is_expression =
        rule.kind == plan::RuleKind::kAlias || rule.kind == plan::RuleKind::kCalculate;
    if (each.is_expression && rule.value->kind == plan::ExprKind::kField) {
      each.alias = each.inputs.front();
    }
    if (rule.kind == plan::RuleKind::kAutomatic) {
      SPELK_ASSIGN_OR_RETURN(each.runner, MakeAutomaticRunner(rule, stanzas, schema, run));
    }
    SPELK_ASSIGN_OR_RETURN(each.events, RuleEvents::Make(rule, stanzas));
    made->open_ = made->open_ || rule.open;
  }
  return made;
}

// Leaves the rows in which one of the targets, or more, is missing.
absl::Status ColumnComputer::KeepLacking(const std::vector<size_t>& targets, ScanColumns* columns,
                                         std::vector<uint32_t>* rows) {
  if (targets.size() == 1) return columns->Keep(targets.front(), true, rows);
  std::vector<uint32_t> full = *rows;
  for (const size_t target : targets) SPELK_RETURN_IF_ERROR(columns->Keep(target, false, &full));
  auto next = full.begin();
  std::erase_if(*rows, [&](uint32_t row) {
    if (next == full.end() || *next != row) return false;
    ++next;
    return true;
  });
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint32_t>> ColumnComputer::EventsOf(Rule& rule,
                                                               std::vector<uint32_t> rows,
                                                               ScanColumns* columns) {
  if (!rule.events.all()) {
    if (!names_) names_ = BatchNames::Of(columns->rows(), columns);
    SPELK_RETURN_IF_ERROR(rule.events.Keep(*names_, columns, &rows));
  }
  if (rule.text) {
    std::erase_if(rows, [&](uint32_t row) { return !columns->events().HasText(*rule.text, row); });
  }
  return rows;
}

absl::StatusOr<std::vector<uint32_t>> ColumnComputer::RowsFor(Rule& rule,
                                                              const std::vector<uint32_t>& rows,
                                                              ScanColumns* columns) {
  if (rule.rule->only_missing && !rule.targets.empty() && !rule.events.all() && !names_) {
    std::vector<uint32_t> lacking = rows;
    SPELK_RETURN_IF_ERROR(KeepLacking(rule.targets, columns, &lacking));
    if (lacking.empty()) return lacking;
  }
  // Most rules are for events of which a batch has none.
  if (names_) {
    SPELK_ASSIGN_OR_RETURN(const bool none, rule.events.AreAbsent(*names_, columns));
    if (none) return std::vector<uint32_t>();
  }
  SPELK_ASSIGN_OR_RETURN(std::vector<uint32_t> taken, EventsOf(rule, rows, columns));
  if (rule.rule->only_missing && !rule.targets.empty()) {
    SPELK_RETURN_IF_ERROR(KeepLacking(rule.targets, columns, &taken));
    // An alias of what is missing, too, changes nothing.
    if (rule.alias) SPELK_RETURN_IF_ERROR(columns->Keep(*rule.alias, false, &taken));
  }
  return taken;
}

absl::Status ColumnComputer::Calculate(Rule& rule, const std::vector<uint32_t>& rows,
                                       const std::vector<Column>& before,
                                       ScanColumns* columns) const {
  SPELK_RETURN_IF_ERROR(Prepare(*columns->schema(), &rule));
  Batch batch(columns->schema(), before, columns->physical_rows(), columns->memory());
  batch.Select(rows);
  Column made;
  SPELK_RETURN_IF_ERROR(rule.evaluator->EvaluateAssigned(batch, &made));
  return columns->Change(rule.targets.front(), rows, made);
}

// What the rules read is read before any of them changes it.
absl::Status ColumnComputer::ApplyTogether(size_t begin, size_t end, const RowsOf& rows,
                                           ScanColumns* columns) {
  const std::span<Rule> rules(&rules_[begin], end - begin);
  std::vector<std::vector<uint32_t>> taken(rules.size());
  bool any = false;
  for (size_t r = 0; r < rules.size(); ++r) {
    if (rows(begin + r).empty()) continue;
    SPELK_ASSIGN_OR_RETURN(taken[r], RowsFor(rules[r], rows(begin + r), columns));
    if (taken[r].empty()) continue;
    any = true;
    for (const size_t input : rules[r].inputs) {
      SPELK_RETURN_IF_ERROR(columns->Require(input, taken[r]));
    }
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
absl::Status ColumnComputer::ApplyAlone(Rule& rule, const std::vector<uint32_t>& rows,
                                        ScanColumns* columns) {
  if (rule.targets.empty()) return absl::OkStatus();  // It is there for AddOpen.
  SPELK_ASSIGN_OR_RETURN(const std::vector<uint32_t> taken, RowsFor(rule, rows, columns));
  if (taken.empty()) return absl::OkStatus();
  for (const size_t input : rule.inputs) {
    SPELK_RETURN_IF_ERROR(columns->Require(input, taken));
  }
  if (rule.alias) {
    const Column source = columns->column(*rule.alias);
    return columns->Change(rule.targets.front(), taken, source);
  }
  for (const size_t target : rule.targets) {
    SPELK_RETURN_IF_ERROR(columns->Require(target, taken));
  }
  SPELK_RETURN_IF_ERROR(Prepare(*columns->schema(), &rule));
  return rule.runner->Run(taken, columns);
}

absl::Status ColumnComputer::AddOpen(uint32_t row, ScanColumns* columns, OpenFields* fields) {
  for (Rule& rule : rules_) {
    if (!rule.rule->open) continue;
    SPELK_ASSIGN_OR_RETURN(const std::vector<uint32_t> taken, EventsOf(rule, {row}, columns));
    if (taken.empty()) continue;
    for (const size_t input : rule.inputs) {
      SPELK_RETURN_IF_ERROR(columns->Require(input, taken));
    }
    SPELK_RETURN_IF_ERROR(Prepare(*columns->schema(), &rule));
    SPELK_RETURN_IF_ERROR(rule.runner->AddAll(row, columns, fields));
  }
  return absl::OkStatus();
}

absl::Status ColumnComputer::Apply(const std::vector<uint32_t>& rows, ScanColumns* columns) {
  return ApplyEach([&rows](size_t) -> const std::vector<uint32_t>& { return rows; }, columns);
}

absl::Status ColumnComputer::ApplyEach(const RowsOf& rows, ScanColumns* columns) {
  names_.reset();
  for (size_t begin = 0; begin < rules_.size();) {
    Rule& first = rules_[begin];
    size_t end = begin + 1;
    if (!first.rule->parallel_before && (first.alias || !first.is_expression)) {
      if (!rows(begin).empty()) SPELK_RETURN_IF_ERROR(ApplyAlone(first, rows(begin), columns));
      begin = end;
      continue;
    }
    while (first.rule->parallel_before && end < rules_.size() &&
           rules_[end].rule->parallel_before) {
      ++end;
    }
    SPELK_RETURN_IF_ERROR(ApplyTogether(begin, end, rows, columns));
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace spelk::exec
