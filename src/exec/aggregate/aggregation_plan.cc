// Making the plan of statistics, and single results.
#include "exec/aggregate/aggregation_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "plan/limits.h"
#include "value/wildcard.h"

namespace spelk::exec {
namespace {

// Replaces the stars of `to` by what those of `from` took of `name`.
std::string CarryStars(std::string_view from, std::string_view to, std::string_view name) {
  const Wildcard pattern(from, Case::kExact);
  const std::vector<std::string_view> taken = pattern.Captures(name);
  std::string out;
  size_t star = 0;
  for (const char c : to) {
    if (c != '*') {
      out += c;
    } else if (star < taken.size()) {
      out += taken[star++];
    }
  }
  return out;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const AggregationPlan>> AggregationPlan::Make(
    const std::vector<plan::AggregateCall>& calls, const std::vector<Field>& by, bool all_numbers,
    bool distinct_split_values, const RunContext& run, std::string_view what,
    std::vector<Field> split, PartialRows partial) {
  auto plan = std::make_unique<AggregationPlan>();
  plan->by_ = by;
  plan->split_ = std::move(split);
  plan->partial_ = partial;
  plan->distinct_ = distinct_split_values;
  plan->run_ = &run;
  plan->time_ = run.fields->Intern("_time");
  plan->what_ = what;
  plan->most_.listed = plan::MostOf(run.services.limits, plan::kStatsListMaxSize);
  plan->most_.values = plan::MostOf(run.services.limits, plan::kStatsMaxValues);
  std::vector<const plan::AggregateOps*> ops = {&plan::OpsOf<TypesState>()};
  for (const plan::AggregateCall& call : calls) {
    double number = 0;
    const plan::AggregateEntry* entry = run.entries->Aggregate(call.function, &number);
    SPELK_CHECK(entry != nullptr);
    Call planned{entry, &call};
    planned.boolean = call.expression != nullptr && call.expression->type == plan::Type::kBoolean;
    if (call.is_sparkline) {
      plan->order_.push_back(2 * calls.size() + plan->spark_calls_.size());
      plan->spark_calls_.push_back(
          {planned, std::make_unique<GroupLayout>(std::vector{&entry->ops()}, plan->most_),
           ParseTimeSpan(call.spark_span)});
      continue;
    }
    if (!call.pattern.empty()) {
      std::vector<const plan::AggregateOps*> own = {&entry->ops()};
      if (all_numbers && entry->numeric) {
        planned.text_count = own.size();
        own.push_back(&plan::OpsOf<TextCountState>());
      }
      plan->order_.push_back(calls.size() + plan->pattern_calls_.size());
      plan->pattern_calls_.push_back(
          {planned, std::make_unique<GroupLayout>(std::move(own), plan->most_)});
      continue;
    }
    planned.state = ops.size();
    ops.push_back(&entry->ops());
    if (all_numbers && entry->numeric) {
      planned.text_count = ops.size();
      ops.push_back(&plan::OpsOf<TextCountState>());
    }
    plan->order_.push_back(plan->calls_.size());
    plan->calls_.push_back(planned);
  }
  for (size_t& index : plan->order_) {
    if (index >= 2 * calls.size()) {
      index = index - 2 * calls.size() + plan->calls_.size() + plan->pattern_calls_.size();
    } else if (index >= calls.size()) {
      index = index - calls.size() + plan->calls_.size();
    }
  }
  plan->layout_ = std::make_unique<GroupLayout>(std::move(ops), plan->most_);
  return plan;
}

Value AggregationPlan::ResultOf(const Call& call, const GroupLayout& layout, const char* states,
                                Arena& arena) const {
  if (call.text_count != SIZE_MAX) {
    const char* counted = states + layout.offset(call.text_count);
    if (reinterpret_cast<const TextCountState*>(counted)->texts > 0) return Value::Null();
  }
  plan::AggregateResult result{
      .arena = arena, .number = call.call->number, .most_values = most_.values};
  const Value value = layout.ops(call.state).result(states + layout.offset(call.state), result);
  if (result.approximate) {
    run_->warnings->Add(ErrorCode::kDiffers,
                        fmt::format("{}: {} saw so many distinct values that it is an estimate",
                                    what_, call.call->function));
  }
  if (result.truncated != nullptr) {
    run_->warnings->Add(
        ErrorCode::kTruncated,
        fmt::format("{}: {} kept the first {} values of a group and left out more{}", what_,
                    call.call->function, value.count(), plan::CutBy(*result.truncated)));
  }
  return value;
}

absl::StatusOr<Field> AggregationPlan::OutputOf(const plan::AggregateCall& call,
                                                std::string_view field) const {
  return run_->fields->TryIntern(CarryStars(call.pattern, call.output_pattern, field));
}

bool AggregationPlan::Takes(const PatternCall& call, Field field) const {
  return !field.hidden() && !field.name().starts_with(plan::kPartialPrefix) &&
         plan::PatternTakes(call.call.call->pattern, field) &&
         std::find(by_.begin(), by_.end(), field) == by_.end() &&
         std::find(split_.begin(), split_.end(), field) == split_.end();
}

}  // namespace spelk::exec
