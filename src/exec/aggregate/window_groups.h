// WindowGroups: the rows that count for the next row, group by group.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exec/aggregate/running_groups.h"

namespace spelk::exec {

// Which of the rows before count.
struct RunningWindow {
  uint64_t rows = 0;       // So many, the current one included if it counts; 0 is all.
  double seconds = 0;      // Less than so far away in time; 0 is any.
  bool current = true;     // The current row counts.
  bool own_group = false;  // `rows` are those of the group, not of all groups.

  bool bounded() const { return rows > 0 || seconds > 0; }
};

// Rows come one by one, in order. A group is the rows in the window as bytes, from which the states
// are made again for each row; in larger windows stretches of rows have states of their own, which
// are merged. Without a window RunningGroups do the work.
class WindowGroups {
 public:
  // `slots`, `run` and `what` outlive it.
  WindowGroups(const WindowSlots& slots, const RunningWindow& window, const RunContext& run,
               std::string_view what);

  // Begins a row, which belongs to one group or to several.
  void StartRow(const std::optional<Number>& time);
  // The results for the row in a group, in the order of the slots; texts live in `arena`.
  absl::Status AddTo(std::string_view key, const RunningRow& row, Arena& arena,
                     std::vector<Value>* results);
  // Forgets all rows.
  void Clear();
  // ResourceExhausted if what is kept has outgrown the budget.
  absl::Status Account();

 private:
  struct Entry {
    uint64_t number;  // Of the row among all rows, or among those of the group.
    double time;
    std::string values;
  };
  struct Group {
    explicit Group(std::string group_key) : key(std::move(group_key)) {}
    std::string key;
    std::deque<Entry> entries;  // The rows in the window.
    uint64_t first = 0;         // Counts the rows that left entries.
    std::deque<std::unique_ptr<RunningStates>> stretches;
    uint64_t rows = 0;
  };

  static int64_t BytesOf(const Group& group);  // Without its entries.
  Group& GroupOf(std::string_view key);
  void Add(Group& group, const RunningRow& row);
  void AddValues(RunningStates& states, const Entry& entry);
  void DropFirst(Group& group);
  void Expire(Group& group);
  void ExpireAll();
  bool IsOutside(const Entry& entry, uint64_t number) const;
  void Results(Group& group, Arena& arena, std::vector<Value>* results);

  const WindowSlots& slots_;
  const std::string_view what_;
  const RunningWindow window_;
  std::optional<RunningGroups> all_;  // Without a window; then nothing else is used.
  const size_t stretch_;              // Rows of a stretch; 0 for small windows.
  StringMap<std::unique_ptr<Group>> groups_;
  std::deque<Group*> arrivals_;  // Of each entry, unless every group has a window of its own.
  uint64_t row_ = 0;
  std::optional<Number> time_;
  plan::AggregateMemory memory_;
  int64_t bytes_ = 0;  // Of groups and entries.
  Reservation reservation_;
};

}  // namespace spelk::exec
