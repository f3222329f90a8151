// SeriesScores and SeriesChoice: which series of a chart have columns of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/string_map.h"
#include "commands/chart/chart_node.h"
#include "exec/group_table.h"

namespace spelk::commands {

// The keys of series that are none of the field's values, which are UTF-8.
inline constexpr std::string_view kNullSeries = "\xFF";
inline constexpr std::string_view kOtherSeries = "\xFE";

// The series that the filter keeps. What is neither kept nor without a value is "other".
class SeriesChoice {
 public:
  SeriesChoice(const SeriesFilter& filter, MemoryBudget* budget)
      : filter_(filter), reservation_(budget) {}

  // Every series once, without those that have no value; a score that is no number is nan.
  absl::Status Add(std::string_view series, double score, std::string_view what);
  bool Keeps(std::string_view series) const;
  bool keeps_all() const;

 private:
  friend class SeriesScores;
  struct Ranked {
    double score;
    std::string series;
  };
  bool Before(const Ranked& a, const Ranked& b) const;
  // Nothing is added after this.
  void Close();

  const SeriesFilter& filter_;
  Reservation reservation_;
  std::vector<Ranked> best_;  // A heap with the worst of them on top: top and bottom.
  StringSet passed_;          // Those beyond the threshold.
  StringSet named_;           // All of these, once they are known.
  uint64_t seen_ = 0;
};

// A score for each series: a statistic of the chart's cells, or one of the series' events.
class SeriesScores {
 public:
  // `ops` outlive the scores.
  SeriesScores(const plan::AggregateOps& ops, double number, const exec::RunContext& run,
               std::string_view what);

  absl::Status AddCell(std::string_view series, const Value& cell);
  absl::Status AddState(std::string_view series, const void* state);
  // The scores can be asked for once.
  absl::StatusOr<SeriesChoice> Choose(const SeriesFilter& filter);

 private:
  absl::StatusOr<uint32_t> Group(std::string_view series);
  absl::Status Account(const plan::AggregateMemory& memory);

  exec::GroupLayout layout_;
  exec::GroupTable table_;
  const double number_;
  const exec::RunContext& run_;
  const std::string_view what_;
};

}  // namespace spelk::commands
