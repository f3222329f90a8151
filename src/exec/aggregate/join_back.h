// JoinBack: statistics of groups, written onto every row of the groups; what eventstats is.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "exec/aggregate/aggregation.h"
#include "exec/operator.h"
#include "exec/sorter.h"

namespace spelk::exec {

// Adds the statistics of an aggregate node to the rows, which keep their order. A row without a BY
// field stays as it is; one that belongs to several groups gets the results of each, as
// multivalues. `what` is the command.
OperatorPtr BuildJoinBack(const plan::AggregateNode& node, std::string_view what,
                          const RunContext& run);

// The state of one worker: the groups, and the rows that wait for their results.
struct JoinBackState {
  Aggregation groups;
  Sorter rows;

  absl::Status Merge(JoinBackState other);
  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);
};

// The results of groups by their keys, in memory.
class GroupResults {
 public:
  GroupResults(const RunContext& run, std::string_view what);

  // All groups of an aggregation; ResourceExhausted if they do not fit.
  absl::Status Fill(Aggregation& groups);
  // The values' texts live in arena() already.
  absl::Status Add(std::string_view key, std::span<const Value> results);
  // As many values as were added; null if there is no such group.
  const Value* Find(std::string_view key) const;

  // The fields that Fill found.
  const std::vector<Field>& fields() const { return fields_; }
  const std::shared_ptr<Arena>& arena() const { return arena_; }

 private:
  const RunContext* run_;
  std::string what_;
  std::shared_ptr<Arena> arena_;  // Shared with the batches that show the values.
  Reservation reservation_;
  absl::flat_hash_map<std::string_view, const Value*, StringHash, std::equal_to<>> results_;
  std::vector<Field> fields_;
};

// Writes results onto the rows of one batch.
class RowJoiner {
 public:
  RowJoiner(const std::vector<Field>& fields, std::string_view what)
      : fields_(fields), what_(what) {}

  absl::Status Start(Batch batch);
  bool started() const { return started_; }
  const Batch& batch() const { return batch_; }
  // The first results of a row replace what the fields held; further ones are added to them. The
  // values must live as long as the batch.
  absl::Status Append(size_t row, std::span<const Value> results);
  // What the row has under the name now: a result, or what it came with.
  Value At(Field field, size_t physical) const;
  Batch Finish();

 private:
  Value Joined(const Value& a, const Value& b);

  std::vector<Field> fields_;
  std::string what_;
  Batch batch_;
  std::vector<Value*> columns_;  // One value for each physical row.
  std::vector<bool> joined_;     // Likewise.
  bool started_ = false;
};

// The same where the results of all groups do not fit into memory: groups and the keys of rows are
// divided over files, and each row finds its results there.
absl::Status JoinBackOnDisk(JoinBackState state, const AggregationPlan& plan, Output& out);

}  // namespace spelk::exec
