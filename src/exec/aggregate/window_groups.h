// WindowGroups: the rows that count for the next row, group by group.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exec/aggregate/window_slots.h"

namespace spelk::exec {

// Which of the rows before count.
struct RunningWindow {
  uint64_t rows = 0;       // So many, the current one included if it counts; 0 is all.
  double seconds = 0;      // Less than so far away in time; 0 is any.
  bool current = true;     // The current row counts.
  bool own_group = false;  // `rows` are those of the group, not of all groups.

  bool bounded() const { return rows > 0 || seconds > 0; }
};

// The values of one row for all slots, and where it stands.
struct RunningRow {
  std::vector<Value> values;  // One for each slot; may be multivalues.
  std::optional<Number> time;
};

// Rows come one by one, in order. Without a window a group is its states. With one it is the rows
// in the window as bytes, from which the states are made again for each row; in larger windows
// stretches of rows have states of their own, which are merged.
class WindowGroups {
 public:
  WindowGroups(const WindowSlots& slots, const RunningWindow& window, MemoryBudget* budget);

  // Begins a row, which belongs to one group or to several.
  void StartRow(const std::optional<Number>& time);
  // The results for the row in a group, in the order of the slots; texts live in `arena`.
  void AddTo(std::string_view key, const RunningRow& row, Arena& arena,
             std::vector<Value>* results);
  // Forgets all rows.
  void Clear();
  // ResourceExhausted if what is kept has outgrown the budget.
  absl::Status Account(std::string_view what);

 private:
  struct Entry {
    uint64_t number;  // Of the row among all rows, or among those of the group.
    double time;
    std::string values;
  };
  struct Group {
    explicit Group(std::string group_key) : key(std::move(group_key)) {}
    std::string key;
    std::unique_ptr<RunningStates> all;  // Without a window.
    std::deque<Entry> entries;           // Otherwise the rows in it.
    uint64_t first = 0;                  // Counts the rows that left entries.
    std::deque<std::unique_ptr<RunningStates>> stretches;
    uint64_t rows = 0;
  };

  Group& GroupOf(std::string_view key);
  void Add(Group& group, const RunningRow& row);
  void AddValues(RunningStates& states, const Entry& entry);
  void AddToStates(RunningStates& states, size_t slot, const Value& value, uint64_t number,
                   const std::optional<Number>& time);
  void DropFirst(Group& group);
  void Expire(Group& group);
  void ExpireAll();
  bool IsOutside(const Entry& entry, uint64_t number) const;
  void Results(Group& group, Arena& arena, std::vector<Value>* results);

  const WindowSlots& slots_;
  const RunningWindow window_;
  const size_t stretch_;  // Rows of a stretch; 0 for small windows.
  StringMap<std::unique_ptr<Group>> groups_;
  std::deque<Group*> arrivals_;  // Of each entry, unless every group has a window of its own.
  uint64_t row_ = 0;
  std::optional<Number> time_;
  plan::AggregateMemory memory_;
  int64_t bytes_ = 0;  // Of groups and entries.
  Reservation reservation_;
};

}  // namespace spelk::exec
