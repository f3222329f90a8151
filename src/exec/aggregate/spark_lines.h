// SparkLines: a statistic of each span of time, for sparkline().
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "exec/aggregate/aggregate_arguments.h"
#include "exec/aggregate/aggregation_plan.h"
#include "exec/aggregate/group_keys.h"
#include "exec/group_table.h"

namespace spelk::exec {

// The states of one call, by span and group. Movable, not thread-safe.
class SparkLines {
 public:
  SparkLines(const AggregationPlan& plan, const AggregationPlan::SparkCall& call);

  absl::Status Add(const Batch& batch, Position at, const AggregateArgument& argument);
  absl::Status Merge(SparkLines other);
  // The same with other names for groups.
  absl::Status MergeAs(SparkLines& other, const RenameGroup& rename);
  void KeepForAgain() { table_.KeepForAgain(); }
  bool has_spilled() const { return table_.has_spilled(); }
  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

  // The states of all groups for partial rows; then those of one as a text.
  absl::Status CollectPartial(Arena& arena);
  Value PartialOf(std::string_view group, Arena& arena) const;
  // Merges what a partial row holds; false if it is damaged.
  absl::StatusOr<bool> AddPartial(std::string_view group, std::string_view text);

  // Makes the lines of all groups; their values live in the arena.
  absl::Status Collect(Arena& arena);
  // The line of a group: a mark, then a number for each span.
  Value LineOf(std::string_view group, Arena& arena) const;

 private:
  struct Point {
    double start;
    Value value;
  };
  absl::StatusOr<std::vector<double>> Starts(const TimeSpan& span);
  absl::Status AddRow(std::string_view key, const Batch& batch, size_t row, double start,
                      const AggregateRows& rows, const Column& column);
  absl::Status CollectFrom(GroupTable& table, Arena& arena);

  const AggregationPlan* plan_;
  const AggregationPlan::SparkCall* call_;
  uint64_t most_;     // Points of a line.
  GroupTable table_;  // By start and group.
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  std::string key_;
  // After Collect.
  std::vector<double> starts_;
  StringMap<std::vector<Point>> lines_;
  Value nothing_;  // Of a span without any event.
  Reservation reservation_;
};

}  // namespace spelk::exec
