// LOOKUP-: fields of events looked up in tables.
#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "exec/scan/rule_runner.h"
#include "plan/limits.h"
#include "plan/lookup_probe.h"
#include "plan/services.h"
#include "plan/table.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

class LookupRunner final : public RuleRunner {
 public:
  LookupRunner(const plan::ComputedColumns& rule, const Schema& schema, plan::LookupProbe probe,
               const RunContext& run)
      : rule_(rule), run_(run), probe_(std::move(probe)), values_(rule.lookup.inputs.size()) {
    for (const Field input : rule.lookup.inputs) inputs_.push_back(*schema.Find(input));
    for (const Field target : rule.targets) targets_.push_back(*schema.Find(target));
    if (rule.lookup.time) time_ = schema.Find(rule.lookup.time);
  }

  absl::Status Run(const std::vector<uint32_t>& rows, ScanColumns* columns) override {
    Arena& arena = columns->memory()->arena;
    std::vector<uint32_t> looked_up;
    std::vector<Value*> results;
    for (size_t t = 0; t < targets_.size(); ++t) {
      results.push_back(arena.AllocateArray<Value>(columns->physical_rows()));
    }
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    for (const uint32_t row : rows) {
      for (size_t i = 0; i < inputs_.size(); ++i) {
        values_[i] = columns->column(inputs_[i]).At(row);
      }
      if (!probe_.Find(values_, TimeOf(row, *columns))) continue;
      looked_up.push_back(row);
      for (size_t t = 0; t < targets_.size(); ++t) {
        const Value& own = columns->column(targets_[t]).At(row);
        const bool kept = rule_.lookup.only_missing && !own.is_null();
        results[t][row] = kept ? own : probe_.Output(t, arena);
      }
    }
    SPELK_RETURN_IF_ERROR(probe_.status());
    if (probe_.matches_cut()) {
      run_.warnings->Add(ErrorCode::kTruncated,
                         fmt::format("lookup: took the first {} rows of '{}' that match and left "
                                     "out more{}",
                                     probe_.most_matches(), rule_.lookup.table,
                                     plan::CutBy(plan::kLookupMaxMatches)));
    }
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    if (looked_up.empty()) return absl::OkStatus();
    columns->memory()->pins.push_back(probe_.table());
    for (size_t t = 0; t < targets_.size(); ++t) {
      SPELK_RETURN_IF_ERROR(columns->Change(
          targets_[t], looked_up, Column::Values({results[t], columns->physical_rows()})));
    }
    return absl::OkStatus();
  }

 private:
  std::optional<double> TimeOf(uint32_t row, const ScanColumns& columns) const {
    if (!time_) return std::nullopt;
    const std::optional<Number> time = NumberOf(columns.column(*time_).At(row));
    return time ? std::optional(time->value) : std::nullopt;
  }

  const plan::ComputedColumns& rule_;
  const RunContext& run_;
  plan::LookupProbe probe_;
  std::vector<Value> values_;
  std::vector<size_t> inputs_;
  std::vector<size_t> targets_;
  std::optional<size_t> time_;
};

}  // namespace

absl::StatusOr<RuleRunnerPtr> MakeLookupRunner(const plan::ComputedColumns& rule,
                                               const Schema& schema, const RunContext& run) {
  const plan::RuleLookup& lookup = rule.lookup;
  SPELK_ASSIGN_OR_RETURN(
      plan::LookupProbe probe,
      plan::LookupProbe::Make(lookup.table, lookup.input_columns, lookup.output_columns,
                              *run.services.tables, run.budget));
  return std::make_unique<LookupRunner>(rule, schema, std::move(probe), run);
}

}  // namespace spelk::exec
