// GroupTable: aggregate states by key, in memory while the budget lasts and in partitions on disk
// beyond.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "exec/run_context.h"
#include "exec/spill_file.h"
#include "plan/aggregate.h"

namespace spelk::exec {

// Which states each group has, and where they lie in its memory.
class GroupLayout {
 public:
  explicit GroupLayout(std::vector<const plan::AggregateOps*> aggregates,
                       const plan::AggregateMost& most = {});

  size_t size() const { return aggregates_.size(); }
  const plan::AggregateOps& ops(size_t aggregate) const { return *aggregates_[aggregate]; }
  size_t offset(size_t aggregate) const { return offsets_[aggregate]; }
  size_t bytes() const { return bytes_; }

  void Construct(char* states) const;
  void Destroy(char* states) const;

 private:
  std::vector<const plan::AggregateOps*> aggregates_;
  std::vector<size_t> offsets_;
  size_t bytes_ = 0;
  plan::AggregateMost most_;
  bool limits_ = false;  // Some state asks for it.
};

// The groups of one worker. Not thread-safe. Where a call fails with ResourceExhausted, Spill()
// makes room: it moves all groups to disk, and the call may be repeated.
class GroupTable {
 public:
  // `layout` outlives the table.
  GroupTable(const GroupLayout& layout, const RunContext& run, std::string_view what,
             unsigned level = 0);
  GroupTable(GroupTable&& other) noexcept = default;
  ~GroupTable();

  // The number of the group with that key, made if new. Valid until the table is spilled or
  // cleared.
  absl::StatusOr<uint32_t> Group(std::string_view key);
  void* State(uint32_t group, size_t aggregate) const {
    return groups_[group].states + layout_->offset(aggregate);
  }
  // The states of a group as a whole, which the layout divides.
  char* States(uint32_t group) const { return groups_[group].states; }
  std::string_view key(uint32_t group) const { return groups_[group].key; }
  size_t size() const { return groups_.size(); }
  bool has_spilled() const { return !partitions_.empty(); }

  // Accounts for heap memory that states took. ResourceExhausted when the budget is used up: the
  // memory is in use already, and spilling gives it back.
  absl::Status Account(const plan::AggregateMemory& memory);
  // Moves all groups to disk. Nothing has happened if it fails with ResourceExhausted.
  absl::Status Spill();
  // Spills if memory is short and this table holds much of it. To be called now and then.
  absl::Status SpillUnderPressure();
  absl::Status Merge(GroupTable other);
  // Merges the states of one group of another table of the same layout.
  absl::Status MergeStates(std::string_view key, char* states);

  // Every group once, in no particular order, partition by partition if it was spilled. The states
  // may be moved from. A table that was spilled gives its groups once, unless they are kept.
  using Take = std::function<absl::Status(std::string_view key, char* states)>;
  absl::Status ForEach(const Take& take);
  // ForEach may be called again.
  void KeepForAgain() { keep_ = true; }
  // The states of a key; null if there is no such group. Only for tables that were not spilled.
  const char* Find(std::string_view key) const;

  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

 private:
  struct Entry {
    uint64_t hash;
    std::string_view key;
    char* states;
  };
  static constexpr size_t kPartitions = 16;
  using Partitions = std::array<std::unique_ptr<SpillFile>, kPartitions>;

  uint64_t HashOf(std::string_view key) const;
  // The slot of the key, or the free one where it belongs.
  size_t SlotOf(std::string_view key, uint64_t hash) const;
  void Prepare();
  absl::Status Grow();
  absl::Status Exhausted(size_t bytes) const;
  size_t HeapBytes(const Entry& entry) const;
  absl::Status MergeEntry(const Entry& from);
  void Clear();
  void SaveEntry(const Entry& entry, std::string& record) const;
  absl::Status LoadRecord(std::string_view record);
  absl::Status AddRecord(std::string_view record);
  absl::Status ForEachInMemory(const Take& take);
  absl::Status ForEachPartition(const Take& take);

  const GroupLayout* layout_;
  const RunContext* run_;
  std::string what_;
  unsigned level_;
  bool keep_ = false;
  std::unique_ptr<Arena> arena_;  // Keys and states.
  std::vector<Entry> groups_;
  std::vector<uint32_t> slots_;  // Open addressing: 0 is free, otherwise the group's number + 1.
  Reservation table_reservation_;
  Reservation heap_reservation_;
  std::vector<Partitions>
      partitions_;  // None, or one for each table that was spilled and merged into this.
};

}  // namespace spelk::exec
