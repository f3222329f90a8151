// Rules and conditions over the union of the rows that plans want.
#include "exec/scan/shared_scan.h"

#include <bit>
#include <utility>

#include "base/status.h"

namespace spelk::exec {
std::vector<uint32_t> RowMarks::Rows() const {
  std::vector<uint32_t> rows;
  for (size_t w = 0; w < words_.size(); ++w) {
    for (uint64_t left = words_[w]; left != 0; left &= left - 1) {
      rows.push_back(static_cast<uint32_t>(w * 64 + static_cast<size_t>(std::countr_zero(left))));
    }
  }
  return rows;
}

struct SharedScan::Taken {
  Taken(const CompiledScan& scan, ScanRows& scan_rows, const RowsOfPlans& rows_of_plan,
        std::vector<uint32_t> wanted)
      : rows(scan_rows),
        of_plan(rows_of_plan),
        all(std::move(wanted)),
        memory(scan_rows.NewMemory()),
        events(scan.shared->fields, scan_rows, memory->arena),
        columns(scan.shared->schema, scan_rows.size(), all, memory, events) {
    memory->pins.push_back(scan_rows.memory());
  }

  ScanRows& rows;
  const RowsOfPlans& of_plan;
  const std::vector<uint32_t> all;
  const BatchMemoryPtr memory;
  FieldEvents events;
  ScanColumns columns;
};

SharedScan::SharedScan(const CompiledScan& scan) : scan_(scan) {}
SharedScan::~SharedScan() = default;

absl::StatusOr<std::unique_ptr<SharedScan>> SharedScan::Make(const CompiledScan& scan) {
  std::unique_ptr<SharedScan> made(new SharedScan(scan));
  const CompiledScan::Shared& shared = *scan.shared;
  SPELK_ASSIGN_OR_RETURN(made->rules_,
                         ColumnComputer::Make(*shared.rules, *shared.schema, *scan.run));
  if (shared.kinds != nullptr) {
    SPELK_ASSIGN_OR_RETURN(made->kinds_, EventKinds::Make(scan));
  }
  for (const CompiledScan::Condition& condition : shared.conditions) {
    SPELK_ASSIGN_OR_RETURN(std::unique_ptr<plan::Evaluator> evaluator,
                           plan::Evaluator::Make(*condition.expr, scan.run->evaluation));
    made->conditions_.push_back({std::move(evaluator), {}});
  }
  return made;
}

absl::Status SharedScan::Start(ScanRows& rows, const RowsOfPlans& rows_of_plan) {
  if (kinds_ != nullptr) {
    SPELK_RETURN_IF_ERROR(kinds_->Start(rows));
    for (size_t p = 0; p < rows_of_plan.size(); ++p) kinds_->KeepFor(p, rows_of_plan[p]);
  }
  RowMarks any;
  any.Reset(rows.size());
  for (size_t p = 0; p < rows_of_plan.size(); ++p) {
    if (scan_.plans[p].group != CompiledScan::kNone) any.Add(*rows_of_plan[p]);
  }
  taken_ = std::make_unique<Taken>(scan_, rows, rows_of_plan, any.Rows());
  for (Condition& condition : conditions_) condition.met.Clear();
  if (taken_->all.empty()) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(ApplyRules());
  for (size_t c = 0; c < conditions_.size(); ++c) SPELK_RETURN_IF_ERROR(Judge(c));
  SPELK_RETURN_IF_ERROR(taken_->memory->arena.status("reading events"));
  return rows.memory()->arena.status("reading events");
}

void SharedScan::Finish() { taken_.reset(); }

const BatchMemoryPtr& SharedScan::memory() const { return taken_->memory; }

// Each rule is applied to the rows of the plans that read what it makes.
absl::Status SharedScan::ApplyRules() {
  const CompiledScan::Shared& shared = *scan_.shared;
  const size_t size = taken_->rows.size();
  std::vector<RowMarks> of_group(shared.groups.size());
  for (size_t p = 0; p < scan_.plans.size(); ++p) {
    const size_t group = scan_.plans[p].group;
    if (group == CompiledScan::kNone || taken_->of_plan[p]->empty()) continue;
    if (of_group[group].empty()) of_group[group].Reset(size);
    of_group[group].Add(*taken_->of_plan[p]);
  }
  std::vector<std::vector<uint32_t>> of_bundle(shared.bundles.groups.size());
  RowMarks marks;
  for (size_t b = 0; b < of_bundle.size(); ++b) {
    marks.Reset(size);
    for (const size_t group : shared.bundles.groups[b]) {
      if (!of_group[group].empty()) marks.Add(of_group[group]);
    }
    of_bundle[b] = marks.Rows();
  }
  const auto rows_of = [&](size_t rule) -> const std::vector<uint32_t>& {
    return of_bundle[shared.bundles.of_rule[rule]];
  };
  return rules_->ApplyEach(rows_of, &taken_->columns);
}

absl::Status SharedScan::Judge(size_t index) {
  const CompiledScan::Condition& condition = scan_.shared->conditions[index];
  RowMarks asked;
  asked.Reset(taken_->rows.size());
  for (const size_t plan : condition.plans) asked.Add(*taken_->of_plan[plan]);
  std::vector<uint32_t> rows = asked.Rows();
  if (rows.empty()) return absl::OkStatus();
  RowMarks& met = conditions_[index].met;
  met.Reset(taken_->rows.size());
  if (kinds_ != nullptr) {
    std::vector<uint32_t> known;
    kinds_->TakeMet(index, &rows, &known);
    met.Add(known);
    if (rows.empty()) return absl::OkStatus();
  }
  std::vector<Column> columns;
  for (const size_t field : condition.fields) {
    SPELK_ASSIGN_OR_RETURN(Column column, ColumnOf(field, rows, taken_->memory->arena));
    columns.push_back(std::move(column));
  }
  Batch batch(condition.schema, std::move(columns), taken_->rows.size(), taken_->memory);
  batch.Select(rows);
  SPELK_RETURN_IF_ERROR(conditions_[index].evaluator->Filter(&batch));
  if (!batch.empty()) met.Add(*batch.selection());
  return absl::OkStatus();
}

std::vector<uint32_t> SharedScan::RowsOf(size_t plan) const {
  std::vector<uint32_t> rows = *taken_->of_plan[plan];
  for (const size_t condition : scan_.plans[plan].conditions) {
    const RowMarks& met = conditions_[condition].met;
    std::erase_if(rows, [&met](uint32_t row) { return !met.Has(row); });
  }
  return rows;
}

absl::StatusOr<Column> SharedScan::ColumnOf(size_t field, const std::vector<uint32_t>& rows,
                                            Arena& arena) {
  const size_t place = scan_.shared->places[field];
  if (place == CompiledScan::kNone) return taken_->rows.ColumnOf(field, rows, arena);
  SPELK_RETURN_IF_ERROR(taken_->columns.Require(place, rows));
  return taken_->columns.column(place);
}

}  // namespace spelk::exec
