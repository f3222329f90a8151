// Aggregation: groups rows and keeps the states of statistics; what stats, eventstats, top … are
// made of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exec/group_keys.h"
#include "exec/group_table.h"
#include "exec/operator.h"
#include "plan/nodes.h"

namespace spelk::exec {

// How the calls of an aggregate node are carried out; made once and shared by all states.
// Immutable.
class AggregationPlan {
 public:
  static absl::StatusOr<std::unique_ptr<const AggregationPlan>> Make(
      const std::vector<plan::AggregateCall>& calls, const std::vector<Field>& by, bool all_numbers,
      bool distinct_split_values, const RunContext& run, std::string_view what);

  struct Call {
    const plan::AggregateEntry* entry;
    const plan::AggregateCall* call;
    size_t state = 0;              // Index in the layout.
    size_t text_count = SIZE_MAX;  // allnum: the state that counts values which are no numbers.
    bool boolean = false;          // The argument is a Boolean expression: only true counts.
  };
  // A call with a pattern: one result for each field that it takes, kept in a table of its own by
  // field name.
  struct PatternCall {
    Call call;
    std::unique_ptr<GroupLayout> layout;
  };

  const std::vector<Call>& calls() const { return calls_; }
  const std::vector<PatternCall>& pattern_calls() const { return pattern_calls_; }
  const GroupLayout& layout() const { return *layout_; }
  const std::vector<Field>& by() const { return by_; }
  bool distinct_split_values() const { return distinct_; }
  const RunContext& run() const { return *run_; }
  const std::string& what() const { return what_; }
  size_t types_state() const { return types_state_; }
  // The calls in the order written: an index into calls(), or past their number into
  // pattern_calls().
  const std::vector<size_t>& order() const { return order_; }

 private:
  std::vector<Call> calls_;
  std::vector<PatternCall> pattern_calls_;
  std::vector<size_t> order_;
  std::unique_ptr<GroupLayout> layout_;
  std::vector<Field> by_;
  bool distinct_ = false;
  size_t types_state_ = 0;  // How the BY values were written.
  const RunContext* run_ = nullptr;
  std::string what_;
};

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
  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

  // Pushes one row for each group, sorted by the BY texts: BY fields, then results. Without BY
  // exactly one row.
  absl::Status Emit(Output& out);
  // Each group with its results, in no order. The values live in `arena` until it is reset.
  using TakeGroup = std::function<absl::Status(std::string_view key, uint64_t types,
                                               const std::vector<AggregateColumn>& results)>;
  absl::Status ForEachGroup(Arena& arena, const TakeGroup& take);

  GroupTable& table() { return table_; }
  const AggregationPlan& plan() const { return *plan_; }

 private:
  struct Argument;  // The column of a call over the batch at hand.

  explicit Aggregation(const AggregationPlan& plan);
  absl::Status UpdateGroups(const Batch& batch, Position at,
                            const std::vector<Argument>& arguments);
  absl::Status Flush(const Batch& batch, Position at, const std::vector<Argument>& arguments);
  absl::Status AddPatterns(const Batch& batch, Position at);
  absl::Status AddPatternField(size_t index, const Batch& batch, Position at, Field field,
                               const Column& column);
  absl::StatusOr<std::vector<Argument>> EvaluateArguments(const Batch& batch);
  Field OutputOf(const plan::AggregateCall& call, std::string_view field) const;
  absl::Status CollectPatterns(Arena& arena);

  const AggregationPlan* plan_;
  GroupTable table_;
  std::vector<GroupTable> pattern_tables_;
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators_;  // Null where a call reads a field.
  // Of the rows being added: their physical rows and groups, side by side.
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> groups_;
  std::vector<uint64_t> types_;
  std::vector<void*> states_;
  // After CollectPatterns: for each pattern call, by group key, the fields with their values.
  std::vector<StringMap<std::vector<AggregateColumn>>> pattern_results_;
  std::vector<std::vector<Field>> pattern_fields_;
};

}  // namespace spelk::exec
