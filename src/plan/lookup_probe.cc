// Looking up one row.
#include "plan/lookup_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/services.h"
#include "plan/table.h"

namespace spelk::plan {
namespace {

// Of the values of one row. More are cut off with a warning.
constexpr size_t kMostCombinations = 10'000;

}  // namespace

absl::StatusOr<LookupProbe> LookupProbe::Make(std::string_view lookup,
                                              const std::vector<std::string>& inputs,
                                              const std::vector<std::string>& outputs,
                                              Tables& tables, MemoryBudget* budget) {
  LookupProbe probe;
  SPELK_ASSIGN_OR_RETURN(probe.lookup_, tables.FindLookup(lookup));
  if (probe.lookup_ == nullptr) {
    return absl::NotFoundError(
        fmt::format("the lookup table '{}' does not exist or is not available", lookup));
  }
  SPELK_ASSIGN_OR_RETURN(probe.table_, tables.Rows(*probe.lookup_));
  probe.reservation_ = Reservation(budget);
  if (probe.lookup_->assumed) {
    probe.outputs_.resize(outputs.size());
    return probe;
  }
  const auto column_of = [&](const std::string& name) -> absl::StatusOr<size_t> {
    if (const std::optional<size_t> column = probe.table_->Find(name)) return *column;
    return absl::InvalidArgumentError(
        fmt::format("the lookup table '{}' has no column '{}'", lookup, name));
  };
  for (const std::string& name : inputs) SPELK_RETURN_IF_ERROR(column_of(name).status());
  for (const std::string& name : outputs) {
    SPELK_ASSIGN_OR_RETURN(const size_t column, column_of(name));
    probe.outputs_.push_back(column);
  }
  SPELK_ASSIGN_OR_RETURN(probe.index_, tables.Index(*probe.lookup_, inputs));
  return probe;
}

void LookupProbe::FindOne(std::optional<double> time) {
  const bool more = index_->Find(values_, time, &some_);
  matches_cut_ = matches_cut_ || (more && lookup_->matches_by_limit);
  if (some_.size() < lookup_->min_matches) {
    defaults_ += static_cast<size_t>(lookup_->min_matches) - some_.size();
  }
  const size_t bytes = 2 * (rows_.size() + some_.size()) * sizeof(rows_[0]);
  if (bytes > reservation_.bytes() && !reservation_.Resize(bytes)) {
    exhausted_ = true;
    return;
  }
  rows_.insert(rows_.end(), some_.begin(), some_.end());
}

bool LookupProbe::Find(std::span<const Value> values, std::optional<double> time) {
  rows_.clear();
  defaults_ = 0;
  if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) {
    return false;
  }
  if (lookup_->assumed) return true;
  places_.assign(values.size(), 0);
  values_.resize(values.size());
  for (size_t done = 0; !exhausted_; ++done) {
    if (done == kMostCombinations) {
      truncated_ = true;
      return true;
    }
    for (size_t i = 0; i < values.size(); ++i) values_[i] = values[i].each()[places_[i]];
    FindOne(time);
    // The last one runs fastest.
    size_t at = values.size();
    while (at > 0 && ++places_[at - 1] == values[at - 1].count()) places_[--at] = 0;
    if (at == 0) return true;
  }
  return true;
}

Value LookupProbe::Output(size_t output, Arena& arena) const {
  const size_t column = outputs_[output];
  size_t count = defaults_;
  for (const uint32_t row : rows_) count += table_->At(column, row).count();
  if (count == 0) return Value::Null();
  if (count == 1 && rows_.size() == 1 && defaults_ == 0) return table_->At(column, rows_[0]);
  auto* values = arena.AllocateArray<Value>(count);
  if (values == nullptr) return Value::Null();
  size_t at = 0;
  for (const uint32_t row : rows_) {
    const Value value = table_->At(column, row);  // Of which each() is a view.
    for (const Value& each : value.each()) values[at++] = each;
  }
  std::fill_n(values + at, defaults_, Value::Text(lookup_->default_match));
  return Value::Multi({values, count});
}

absl::Status LookupProbe::status() const {
  if (!exhausted_) return absl::OkStatus();
  return reservation_.budget()->Exhausted("lookup", 2 * reservation_.bytes());
}

}  // namespace spelk::plan
