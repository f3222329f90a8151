// WindowSlots: the columns that running statistics give, and the states behind them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exec/aggregate/aggregate_arguments.h"
#include "exec/aggregate/aggregation_plan.h"

namespace spelk::exec {

// The states of one group, built by a layout.
class StateBlock {
 public:
  explicit StateBlock(const GroupLayout& layout);
  ~StateBlock();
  StateBlock(const StateBlock&) = delete;
  StateBlock& operator=(const StateBlock&) = delete;

  char* states() const { return states_; }
  size_t bytes() const { return layout_.bytes() + kAlignment + sizeof(StateBlock); }

 private:
  static constexpr size_t kAlignment = 16;
  const GroupLayout& layout_;
  std::unique_ptr<char[]> memory_;
  char* states_;
};

// One column of results: of a call, or of a call with a pattern over one field that it takes.
struct RunningSlot {
  const AggregationPlan::Call* call = nullptr;
  const GroupLayout* layout = nullptr;
  Field field;  // Null for a call without a pattern.
  Field output;
  bool seen = false;  // A row had a value. A pattern's column begins with the first one.
};

// Adds a value of the row `number` to the states of a slot.
void AddToSlot(const RunningSlot& slot, char* states, const Value& value, uint64_t number,
               const std::optional<Number>& time, plan::AggregateMemory& memory);

// The slots of one run. Those of patterns come with the fields that rows turn out to have.
class WindowSlots {
 public:
  explicit WindowSlots(const AggregationPlan& plan);

  // Learns the fields of a batch that patterns take; a field counts from the first row that has it.
  absl::Status Learn(const Batch& batch);

  const AggregationPlan& plan() const { return *plan_; }
  // Notes the values of a row, by slot.
  void Note(const std::vector<Value>& values);
  // True if the slot has a result, be it null.
  bool has_result(size_t slot) const { return slot < fixed() || slots_[slot].seen; }
  size_t fixed() const { return plan_->calls().size(); }  // So many slots have no pattern.
  const std::vector<RunningSlot>& slots() const { return slots_; }
  // Slots in the order of their columns.
  std::vector<size_t> InOrder() const;

 private:
  const AggregationPlan* plan_;
  std::vector<RunningSlot> slots_;
  std::vector<std::vector<size_t>> by_pattern_;  // Slots of each call with a pattern.
};

// The states of all slots for some rows. Slots that were learned later have none until they get a
// value.
class RunningStates {
 public:
  explicit RunningStates(const WindowSlots& slots)
      : slots_(&slots), fixed_(slots.plan().layout()) {}

  // A value of the row `number`.
  void Add(size_t slot, const Value& value, uint64_t number, const std::optional<Number>& time,
           plan::AggregateMemory& memory) {
    AddToSlot(slots_->slots()[slot], MakeStates(slot), value, number, time, memory);
  }
  void Merge(const RunningStates& other, plan::AggregateMemory& memory);
  Value Result(size_t slot, Arena& arena) const;
  // What all of it takes, the states' own heap memory left out.
  size_t bytes() const;
  size_t heap_bytes() const;

 private:
  // Null if the slot has no states here.
  char* StatesOf(size_t slot) const;
  char* MakeStates(size_t slot);

  const WindowSlots* slots_;
  StateBlock fixed_;
  std::vector<std::unique_ptr<StateBlock>> more_;
};

}  // namespace spelk::exec
