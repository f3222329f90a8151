// Scoring series and keeping the best.
#include "commands/chart/series_filter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

constexpr size_t kSeriesEntry = 96;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

// ---------------------------------------------------------------- choice

// Ties are broken by the names (timechart, "limit").
bool SeriesChoice::Before(const Ranked& a, const Ranked& b) const {
  const double sign = filter_.test == SeriesTest::kLowest ? 1 : -1;
  return std::tuple(sign * a.score, std::string_view(a.series)) <
         std::tuple(sign * b.score, std::string_view(b.series));
}

absl::Status SeriesChoice::Add(std::string_view series, double score, std::string_view what) {
  ++seen_;
  const auto reserve = [&]() -> absl::Status {
    const size_t bytes = kSeriesEntry + 2 * series.size();
    return reservation_.Grow(bytes) ? absl::OkStatus()
                                    : reservation_.budget()->Exhausted(what, bytes);
  };
  switch (filter_.test) {
    case SeriesTest::kAll:
      return absl::OkStatus();
    case SeriesTest::kAbove:
    case SeriesTest::kBelow: {
      const bool above = filter_.test == SeriesTest::kAbove;
      if (above ? !(score > filter_.threshold) : !(score < filter_.threshold)) {
        return absl::OkStatus();
      }
      passed_.emplace(series);
      return reserve();
    }
    case SeriesTest::kHighest:
    case SeriesTest::kLowest:
      break;
  }
  const auto before = [this](const Ranked& a, const Ranked& b) { return Before(a, b); };
  // What has no score comes last.
  const double last = filter_.test == SeriesTest::kLowest ? kInfinity : -kInfinity;
  Ranked ranked{std::isnan(score) ? last : score, std::string(series)};
  if (best_.size() < filter_.count) {
    best_.push_back(std::move(ranked));
    std::push_heap(best_.begin(), best_.end(), before);
    return reserve();
  }
  if (best_.empty() || !Before(ranked, best_.front())) return absl::OkStatus();
  std::pop_heap(best_.begin(), best_.end(), before);
  best_.back() = std::move(ranked);
  std::push_heap(best_.begin(), best_.end(), before);
  return absl::OkStatus();
}

void SeriesChoice::Close() {
  named_ = std::move(passed_);
  for (Ranked& each : best_) named_.insert(std::move(each.series));
  best_.clear();
}

bool SeriesChoice::Keeps(std::string_view series) const {
  if (filter_.test == SeriesTest::kAll) return true;
  return named_.contains(series) != filter_.negated;
}

bool SeriesChoice::keeps_all() const {
  if (filter_.test == SeriesTest::kAll) return true;
  return filter_.negated ? named_.empty() : named_.size() == seen_;
}

// ---------------------------------------------------------------- scores

SeriesScores::SeriesScores(const plan::AggregateOps& ops, double number,
                           const exec::RunContext& run, std::string_view what)
    : layout_({&ops}), table_(layout_, run, what), number_(number), run_(run), what_(what) {}

absl::StatusOr<uint32_t> SeriesScores::Group(std::string_view series) {
  absl::StatusOr<uint32_t> group = table_.Group(series);
  if (!absl::IsResourceExhausted(group.status()) || table_.size() == 0) return group;
  SPELK_RETURN_IF_ERROR(table_.Spill());
  return table_.Group(series);
}

absl::Status SeriesScores::Account(const plan::AggregateMemory& memory) {
  const absl::Status status = table_.Account(memory);
  return absl::IsResourceExhausted(status) ? table_.Spill() : status;
}

absl::Status SeriesScores::AddCell(std::string_view series, const Value& cell) {
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, Group(series));
  plan::AggregateMemory memory;
  plan::AggregateInput input;
  for (const Value& each : cell.each()) {
    input.value = each;
    layout_.ops(0).add(table_.State(group, 0), input, memory);
  }
  return Account(memory);
}

absl::Status SeriesScores::AddState(std::string_view series, const void* state) {
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, Group(series));
  plan::AggregateMemory memory;
  layout_.ops(0).merge(table_.State(group, 0), state, memory);
  return Account(memory);
}

absl::StatusOr<SeriesChoice> SeriesScores::Choose(const SeriesFilter& filter) {
  SeriesChoice choice(filter, run_.budget);
  Arena arena(run_.budget);
  const auto add = [&](std::string_view series, char* states) -> absl::Status {
    plan::AggregateResult result{.arena = arena, .number = number_};
    const std::optional<Number> score = NumberOf(layout_.ops(0).result(states, result));
    SPELK_RETURN_IF_ERROR(arena.status(what_));
    arena.Reset();
    return choice.Add(series, score ? score->value : std::nan(""), what_);
  };
  SPELK_RETURN_IF_ERROR(table_.ForEach(add));
  choice.Close();
  return choice;
}

}  // namespace spelk::commands
