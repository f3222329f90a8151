// TopNPerKey: the first rows of each key, whatever order they arrive in. What dedup keeps.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exec/group_table.h"
#include "exec/sorter.h"

namespace spelk::exec {

// The rows of one key that come first in rank, at most `limit`. A state of a GroupTable: rows are
// views of owned batches while in memory, and bytes on disk and between machines.
class TopNPerKeyOfKey {
 public:
  struct Row {
    RowRank rank;
    std::shared_ptr<const Batch> batch;  // Shared by the rows that were kept of one batch.
    uint32_t row = 0;
    std::string bytes;  // Instead of the batch.
  };

  // Whether a row of that rank would be kept.
  bool Wants(const RowRank& rank, uint64_t limit) const {
    return rows_.size() < limit || rank < rows_.back().rank;
  }
  void Keep(Row row, uint64_t limit, plan::AggregateMemory& memory);
  const std::vector<Row>& rows() const { return rows_; }

  void Add(const plan::AggregateInput&, plan::AggregateMemory&) {}
  void Merge(const TopNPerKeyOfKey& other, plan::AggregateMemory& memory);
  Value Result(plan::AggregateResult&) const { return Value::Null(); }
  void Save(ByteWriter& out) const;
  void Load(ByteReader& in, plan::AggregateMemory& memory);

 private:
  uint64_t limit_ = 0;
  std::vector<Row> rows_;  // In order of rank.
};

// The first rows of all keys, and rows that are kept in any case. The state of a sink.
class TopNPerKey {
 public:
  // `what` is named in messages about memory; it outlives the object.
  TopNPerKey(uint64_t limit, std::string_view what, const RunContext& run);
  TopNPerKey(TopNPerKey&&) noexcept = default;

  // Writes the key of a row of the batch; false if it has none.
  using KeyOf = std::function<bool(size_t row, std::string& key)>;
  // A row without a key is kept in any case, or dropped.
  absl::Status Add(const Batch& batch, Position at, const KeyOf& key_of, bool keep_without_key);
  absl::Status Merge(TopNPerKey other);
  // Pushes the rows in order of their ranks; nothing is left.
  absl::Status Emit(Output& out);
  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

 private:
  struct Candidate {
    uint32_t group;
    uint32_t row;  // Of the batch.
  };
  absl::Status AddKeyless(const Batch& batch, const KeyOf& key_of,
                          const std::vector<RowRank>& ranks);
  absl::Status AddOnce(const Batch& batch, const KeyOf& key_of, const std::vector<RowRank>& ranks);
  absl::StatusOr<std::vector<Candidate>> Candidates(const KeyOf& key_of,
                                                    const std::vector<RowRank>& ranks);
  TopNPerKeyOfKey& StateOf(uint32_t group) {
    return *static_cast<TopNPerKeyOfKey*>(groups_.State(group, 0));
  }
  absl::Status MakeRoom();
  absl::Status MoveGroupsToRows();

  uint64_t limit_;
  std::string_view what_;
  const RunContext* run_;
  GroupTable groups_;
  Sorter rows_;  // Without a key; at the end all of them.
};

}  // namespace spelk::exec
