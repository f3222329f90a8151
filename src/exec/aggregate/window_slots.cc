// States of running statistics.
#include "exec/aggregate/window_slots.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::exec {

StateBlock::StateBlock(const GroupLayout& layout)
    : layout_(layout), memory_(std::make_unique<char[]>(layout.bytes() + kAlignment)) {
  const auto address = reinterpret_cast<uintptr_t>(memory_.get());
  states_ = memory_.get() + (kAlignment - address % kAlignment) % kAlignment;
  layout_.Construct(states_);
}

StateBlock::~StateBlock() { layout_.Destroy(states_); }

void AddToSlot(const RunningSlot& slot, char* states, const Value& value, uint64_t number,
               const std::optional<Number>& time, plan::AggregateMemory& memory) {
  plan::AggregateInput input;
  input.rank.position.morsel = number;
  input.time = time;
  const auto add = [&](size_t state) {
    slot.layout->ops(state).add(states + slot.layout->offset(state), input, memory);
  };
  for (const Value& each : value.each()) {
    input.value = each;
    if (slot.call->text_count != SIZE_MAX) add(slot.call->text_count);
    add(slot.call->state);
    ++input.rank.value;
  }
}

// ---------------------------------------------------------------- slots

WindowSlots::WindowSlots(const AggregationPlan& plan)
    : plan_(&plan), by_pattern_(plan.pattern_calls().size()) {
  for (const AggregationPlan::Call& call : plan.calls()) {
    slots_.push_back({&call, &plan.layout(), Field(), call.call->output, false});
  }
}

absl::Status WindowSlots::Learn(const Batch& batch) {
  for (size_t p = 0; p < by_pattern_.size(); ++p) {
    const AggregationPlan::PatternCall& pattern = plan_->pattern_calls()[p];
    std::vector<std::pair<size_t, Field>> found;  // With the first row that has a value.
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      const bool known = std::any_of(by_pattern_[p].begin(), by_pattern_[p].end(),
                                     [&](size_t slot) { return slots_[slot].field == field; });
      if (known || !plan_->Takes(pattern, field)) continue;
      size_t row = 0;
      while (row < batch.size() && batch.At(c, row).is_null()) ++row;
      if (row < batch.size()) found.emplace_back(row, field);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first, a.second.name()) < std::pair(b.first, b.second.name());
    });
    for (const auto& [row, field] : found) {
      SPELK_ASSIGN_OR_RETURN(const Field output, plan_->OutputOf(*pattern.call.call, field.name()));
      by_pattern_[p].push_back(slots_.size());
      slots_.push_back({&pattern.call, pattern.layout.get(), field, output, false});
    }
  }
  return absl::OkStatus();
}

void WindowSlots::Note(const std::vector<Value>& values) {
  for (size_t slot = fixed(); slot < slots_.size(); ++slot) {
    if (!values[slot].is_null()) slots_[slot].seen = true;
  }
}

std::vector<size_t> WindowSlots::InOrder() const {
  std::vector<size_t> order;
  for (const size_t index : plan_->order()) {
    if (index < fixed()) {
      order.push_back(index);
      continue;
    }
    const std::vector<size_t>& slots = by_pattern_[index - fixed()];
    order.insert(order.end(), slots.begin(), slots.end());
  }
  return order;
}

// ---------------------------------------------------------------- states

char* RunningStates::StatesOf(size_t slot) const {
  const size_t fixed = slots_->fixed();
  if (slot < fixed) return fixed_.states();
  const size_t index = slot - fixed;
  return index < more_.size() && more_[index] != nullptr ? more_[index]->states() : nullptr;
}

char* RunningStates::MakeStates(size_t slot) {
  if (char* states = StatesOf(slot); states != nullptr) return states;
  const size_t index = slot - slots_->fixed();
  if (index >= more_.size()) more_.resize(index + 1);
  more_[index] = std::make_unique<StateBlock>(*slots_->slots()[slot].layout);
  return more_[index]->states();
}

void RunningStates::Merge(const RunningStates& other, plan::AggregateMemory& memory) {
  const auto merge = [&](const GroupLayout& layout, char* into, const char* from) {
    for (size_t i = 0; i < layout.size(); ++i) {
      layout.ops(i).merge(into + layout.offset(i), from + layout.offset(i), memory);
    }
  };
  merge(slots_->plan().layout(), fixed_.states(), other.fixed_.states());
  for (size_t i = 0; i < other.more_.size(); ++i) {
    if (other.more_[i] == nullptr) continue;
    const size_t slot = slots_->fixed() + i;
    merge(*slots_->slots()[slot].layout, MakeStates(slot), other.more_[i]->states());
  }
}

Value RunningStates::Result(size_t slot, Arena& arena) const {
  const RunningSlot& of = slots_->slots()[slot];
  if (const char* states = StatesOf(slot); states != nullptr) {
    return slots_->plan().ResultOf(*of.call, *of.layout, states, arena);
  }
  const StateBlock empty(*of.layout);
  return slots_->plan().ResultOf(*of.call, *of.layout, empty.states(), arena);
}

size_t RunningStates::bytes() const {
  size_t bytes = sizeof(RunningStates) + fixed_.bytes() + more_.capacity() * sizeof(void*);
  for (const auto& block : more_) bytes += block == nullptr ? 0 : block->bytes();
  return bytes;
}

size_t RunningStates::heap_bytes() const {
  size_t bytes = 0;
  const auto add = [&](const GroupLayout& layout, const char* states) {
    for (size_t i = 0; i < layout.size(); ++i) {
      bytes += layout.ops(i).heap_bytes(states + layout.offset(i));
    }
  };
  add(slots_->plan().layout(), fixed_.states());
  for (size_t i = 0; i < more_.size(); ++i) {
    if (more_[i] != nullptr) add(*slots_->slots()[slots_->fixed() + i].layout, more_[i]->states());
  }
  return bytes;
}

}  // namespace spelk::exec
