// Aggregation: groups rows and keeps the states of statistics; what stats, eventstats, top … are
// made of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exec/aggregate/aggregate_arguments.h"
#include "exec/aggregate/aggregation_plan.h"
#include "exec/aggregate/group_keys.h"
#include "exec/aggregate/spark_lines.h"
#include "exec/group_table.h"
#include "exec/operator.h"

namespace spelk::exec {

// One result column of a group: its name, and its value.
struct AggregateColumn {
  Field field;
  Value value;
};

// The states of one worker. Movable, not thread-safe.
class Aggregation {
 public:
  static absl::StatusOr<Aggregation> Make(const AggregationPlan& plan);

  absl::Status Update(const Batch& batch, Position at);
  absl::Status Merge(Aggregation other);
  // The same with other names for groups; `other` must be kept for again, or is used up.
  absl::Status MergeAs(Aggregation& other, const RenameGroup& rename);
  // What is made of the groups may be made again.
  void KeepForAgain();
  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

  // Pushes one row for each group, sorted by the BY texts: BY fields, then results. Without BY
  // exactly one row.
  absl::Status Emit(Output& out);
  // The same rows in no order, batch by batch; none if no row was seen.
  using TakeRows = std::function<absl::Status(Batch rows)>;
  absl::Status EmitRows(const TakeRows& take);
  // Each group with its results, in no order. The values live in `arena` until it is reset.
  using TakeGroup = std::function<absl::Status(std::string_view key, uint64_t types,
                                               const std::vector<AggregateColumn>& results)>;
  absl::Status ForEachGroup(Arena& arena, const TakeGroup& take);

  // Some groups lie on disk: ForEachGroup and what is made of it can be called once only.
  bool has_spilled() const;

  GroupTable& table() { return table_; }
  const AggregationPlan& plan() const { return *plan_; }

 private:
  class RowBuilder;
  class PartialReader;
  struct PartialColumns;

  Aggregation(const AggregationPlan& plan, AggregateArguments arguments);
  absl::Status UpdateMixed(const Batch& batch, const Column& versions, Position at);
  absl::Status UpdateRows(const Batch& batch, Position at);
  absl::Status AddPartialRows(const Batch& batch, Position at, const std::vector<uint32_t>& rows);
  absl::Status AddPartialRow(PartialReader& reader, size_t physical, const RowRank& rank,
                             std::string_view key, uint64_t types);
  absl::StatusOr<bool> AddPartialField(PartialReader& reader, size_t index,
                                       const PartialColumns& columns, size_t physical,
                                       const RowRank& rank, std::string_view key);
  static absl::StatusOr<uint32_t> GroupOrSpill(GroupTable& table, std::string_view key);
  static absl::Status AccountOrSpill(GroupTable& table, const plan::AggregateMemory& memory);
  void NoteTaken(const Aggregation& other);
  absl::Status CheckTaken() const;
  // What the ranks of the rows at hand go by, some of which may have been taken out.
  AggregateRows RowsOf(const Batch& batch, Position at) const {
    return AggregateRows(*plan_, batch, at, places_);
  }
  absl::StatusOr<std::vector<AggregateColumn>> PatternColumns(
      const AggregationPlan::PatternCall& pattern, std::string_view field, const char* states,
      Arena& arena) const;
  absl::StatusOr<std::vector<AggregateColumn>> PartialPatternColumns(
      const AggregationPlan::PatternCall& pattern, std::string_view field, const char* states,
      Arena& arena) const;
  // The state of a call as columns of a partial row.
  void AppendPartial(const AggregationPlan::Call& call, const char* states, Arena& arena,
                     std::vector<AggregateColumn>* results) const;
  // Statistics may share a column of partial rows: the first that says something counts.
  static void AppendColumn(Field field, const Value& value, std::vector<AggregateColumn>* results);
  absl::Status UpdateGroups(const Batch& batch, Position at,
                            const std::vector<AggregateArgument>& arguments);
  absl::Status UpdateAll(const Batch& batch, Position at,
                         const std::vector<AggregateArgument>& arguments);
  absl::Status Flush(const Batch& batch, Position at,
                     const std::vector<AggregateArgument>& arguments);
  absl::Status FlushAndSpill(const Batch& batch, Position at,
                             const std::vector<AggregateArgument>& arguments);
  absl::Status AddPatterns(const Batch& batch, Position at);
  absl::Status AddPatternField(size_t index, const Batch& batch, Position at, Field field,
                               const Column& column);
  absl::Status CollectPatterns(Arena& arena);
  void AppendPatternResults(size_t index, std::string_view key, Arena& arena,
                            std::vector<AggregateColumn>* results) const;

  const AggregationPlan* plan_;
  AggregateArguments arguments_;
  GroupTable table_;
  std::vector<GroupTable> pattern_tables_;
  std::vector<SparkLines> spark_lines_;
  // Of the rows being added: their indexes and physical rows, groups and types, side by side.
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> physical_;
  std::vector<uint32_t> groups_;
  std::vector<uint64_t> types_;
  std::vector<void*> states_;
  const std::vector<uint32_t>* places_ = nullptr;
  // Of partial rows: whether there were any, and for each call, in the order of the plan's lists,
  // whether one of them held something for it.
  bool any_partial_ = false;
  std::vector<bool> taken_;
  // After CollectPatterns: for each pattern call, by group key, the fields with their values.
  std::vector<StringMap<std::vector<AggregateColumn>>> pattern_results_;
  std::vector<std::vector<Field>> pattern_fields_;
  Reservation pattern_reservation_;
};

}  // namespace spelk::exec
