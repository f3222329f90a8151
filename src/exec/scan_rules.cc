// Choosing the events that a rule is for, and computing its field for them.
#include "exec/scan_rules.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::exec {

ScanColumns::ScanColumns(SchemaPtr schema, size_t physical_rows, BatchMemoryPtr memory, Read read)
    : schema_(std::move(schema)),
      physical_rows_(physical_rows),
      memory_(std::move(memory)),
      read_(std::move(read)),
      columns_(schema_->size(), Column::Null(physical_rows)),
      known_(schema_->size(), false) {}

absl::Status ScanColumns::Require(size_t column) {
  if (known_[column]) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(columns_[column], read_(column));
  known_[column] = true;
  return absl::OkStatus();
}

void ScanColumns::Replace(size_t index, Column column) {
  columns_[index] = column;
  known_[index] = true;
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
  size_t target = 0;
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

absl::StatusOr<std::unique_ptr<ScanRules>> ScanRules::Make(
    const std::vector<plan::FieldRule>& rules, const Schema& schema, const RunContext& run) {
  std::unique_ptr<ScanRules> made(new ScanRules());
  for (const plan::FieldRule& rule : rules) {
    Rule& each = made->rules_.emplace_back();
    each.rule = &rule;
    SPELK_ASSIGN_OR_RETURN(each.evaluator, plan::Evaluator::Make(*rule.value, run.evaluation));
    each.target = *schema.Find(rule.target);
    plan::FieldSet inputs;
    plan::CollectFields(*rule.value, &inputs);
    for (const Field field : inputs.fields()) each.inputs.push_back(*schema.Find(field));
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
  SPELK_RETURN_IF_ERROR(columns->Require(rule.target));
  std::vector<uint32_t> taken;
  const Column& target = columns->column(rule.target);
  if (rule.rule->only_missing) {
    for (const uint32_t row : rows) {
      if (target.At(row).is_null()) taken.push_back(row);
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

absl::Status ScanRules::ApplyRule(Rule& rule, const std::vector<uint32_t>& taken,
                                  const std::vector<uint32_t>& rows,
                                  const std::vector<Column>& before, ScanColumns* columns) {
  const BatchMemoryPtr& memory = columns->memory();
  Batch batch(columns->schema(), before, columns->physical_rows(), memory);
  batch.Select(taken);
  Column made;
  SPELK_RETURN_IF_ERROR(rule.evaluator->EvaluateAssigned(batch, &made));
  auto* values = memory->arena.AllocateArray<Value>(columns->physical_rows());
  if (values == nullptr) return memory->arena.status("reading events");
  const Column& target = columns->column(rule.target);
  for (const uint32_t row : rows) values[row] = target.At(row);
  for (const uint32_t row : taken) values[row] = made.At(row);
  columns->Replace(rule.target, Column::Values({values, columns->physical_rows()}));
  return absl::OkStatus();
}

absl::Status ScanRules::Apply(const std::vector<uint32_t>& rows, ScanColumns* columns) {
  for (size_t begin = 0; begin < rules_.size();) {
    size_t end = begin + 1;
    while (rules_[begin].rule->parallel_before && end < rules_.size() &&
           rules_[end].rule->parallel_before) {
      ++end;
    }
    // What the rules of the run read is read before any of them changes it.
    std::vector<std::vector<uint32_t>> taken(end - begin);
    bool any = false;
    for (size_t r = begin; r < end; ++r) {
      SPELK_ASSIGN_OR_RETURN(taken[r - begin], RowsFor(rules_[r], rows, columns));
      if (taken[r - begin].empty()) continue;
      any = true;
      for (const size_t input : rules_[r].inputs) SPELK_RETURN_IF_ERROR(columns->Require(input));
    }
    if (any) {
      const std::vector<Column> before = columns->columns();
      for (size_t r = begin; r < end; ++r) {
        if (taken[r - begin].empty()) continue;
        SPELK_RETURN_IF_ERROR(ApplyRule(rules_[r], taken[r - begin], rows, before, columns));
      }
    }
    begin = end;
  }
  return absl::OkStatus();
}

}  // namespace spelk::exec
