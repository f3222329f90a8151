// RunningGroups: statistics of all rows so far, group by group.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exec/aggregate/window_slots.h"
#include "exec/group_table.h"

namespace spelk::exec {

// The values of one row for all slots, and where it stands.
struct RunningRow {
  std::vector<Value> values;  // One for each slot; may be multivalues.
  std::optional<Number> time;
};

// Rows come one by one, in order, and stay: a group is no more than its states, in tables that
// count what they take.
class RunningGroups {
 public:
  // `slots`, `run` and `what` outlive it.
  RunningGroups(const WindowSlots& slots, const RunContext& run, std::string_view what);

  // Adds the row `number` to a group, after its results were taken unless the row counts for
  // itself. They stand in the order of the slots; texts live in `arena`.
  absl::Status AddTo(std::string_view key, const RunningRow& row, uint64_t number, bool current,
                     Arena& arena, std::vector<Value>* results);
  // Forgets all rows.
  void Clear();
  // ResourceExhausted if what is kept has outgrown the budget.
  absl::Status Account();

 private:
  absl::Status Add(std::string_view key, const RunningRow& row, uint64_t number, uint32_t group);
  void Results(std::string_view key, uint32_t group, Arena& arena,
               std::vector<Value>* results) const;

  const WindowSlots& slots_;
  const RunContext& run_;
  const std::string_view what_;
  std::optional<GroupTable> fixed_;                 // The states of the slots without a pattern.
  std::vector<std::optional<GroupTable>> learned_;  // Of each slot with one, once it got a value.
  plan::AggregateMemory memory_;                    // Since it was last accounted for.
};

}  // namespace spelk::exec
