// Windows over rows.
#include "exec/aggregate/window_groups.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "value/codec.h"

namespace spelk::exec {
namespace {

// A window of so many rows is gone through each time.
constexpr uint64_t kSmallWindow = 32;
constexpr size_t kTimedStretch = 64;

// What a group takes before it has a row: two deques begin with a block and a map each.
constexpr int64_t kEmptyDeque = 512 + 64 + 2 * 16;
constexpr size_t kGroupEntry = 96;

size_t StretchFor(const RunningWindow& window) {
  if (window.seconds > 0) return kTimedStretch;
  if (window.rows <= kSmallWindow) return 0;
  return static_cast<size_t>(std::sqrt(static_cast<double>(window.rows)));
}

}  // namespace

WindowGroups::WindowGroups(const WindowSlots& slots, const RunningWindow& window,
                           const RunContext& run, std::string_view what)
    : slots_(slots),
      what_(what),
      window_(window),
      stretch_(StretchFor(window)),
      reservation_(run.budget) {
  if (!window.bounded()) all_.emplace(slots, run, what);
}

void WindowGroups::StartRow(const std::optional<Number>& time) {
  ++row_;
  time_ = time;
  if (window_.bounded() && !window_.own_group) ExpireAll();
}

int64_t WindowGroups::BytesOf(const Group& group) {
  return static_cast<int64_t>(sizeof(Group) + 2 * group.key.size() + kGroupEntry) + 2 * kEmptyDeque;
}

WindowGroups::Group& WindowGroups::GroupOf(std::string_view key) {
  const auto found = groups_.find(key);
  if (found != groups_.end()) return *found->second;
  auto group = std::make_unique<Group>(std::string(key));
  Group& made = *group;
  bytes_ += BytesOf(made);
  groups_.emplace(made.key, std::move(group));
  return made;
}

absl::Status WindowGroups::AddTo(std::string_view key, const RunningRow& row, Arena& arena,
                                 std::vector<Value>* results) {
  if (all_) return all_->AddTo(key, row, row_, window_.current, arena, results);
  Group& group = GroupOf(key);
  if (window_.current) Add(group, row);
  if (window_.own_group) Expire(group);
  Results(group, arena, results);
  if (!window_.current) Add(group, row);
  return absl::OkStatus();
}

// ---------------------------------------------------------------- adding

void WindowGroups::AddValues(RunningStates& states, const Entry& entry) {
  Arena scratch;
  ByteReader in(entry.values);
  const std::optional<Number> time =
      std::isnan(entry.time) ? std::nullopt : std::optional(Number{entry.time, 0, 0});
  while (!in.at_end()) {
    const size_t slot = in.Varint();
    states.Add(slot, LoadValue(in, scratch), entry.number, time, memory_);
  }
}

void WindowGroups::Add(Group& group, const RunningRow& row) {
  ++group.rows;
  const uint64_t number = window_.own_group ? group.rows : row_;
  Entry entry{number, row.time ? row.time->value : std::nan(""), {}};
  ByteWriter out(entry.values);
  for (size_t slot = 0; slot < row.values.size(); ++slot) {
    if (row.values[slot].is_null()) continue;
    out.Varint(slot);
    SaveValue(row.values[slot], out);
  }
  entry.values.shrink_to_fit();
  bytes_ += static_cast<int64_t>(sizeof(Entry) + sizeof(Group*) + entry.values.capacity());
  if (stretch_ > 0) {
    const uint64_t index = group.first + group.entries.size();
    if (index % stretch_ == 0 || group.stretches.empty()) {
      group.stretches.push_back(std::make_unique<RunningStates>(slots_));
    } else {
      bytes_ -= static_cast<int64_t>(group.stretches.back()->bytes());
    }
    AddValues(*group.stretches.back(), entry);
    bytes_ += static_cast<int64_t>(group.stretches.back()->bytes());
  }
  group.entries.push_back(std::move(entry));
  if (!window_.own_group) arrivals_.push_back(&group);
}

// ---------------------------------------------------------------- leaving the window

bool WindowGroups::IsOutside(const Entry& entry, uint64_t number) const {
  if (window_.rows > 0 && entry.number + window_.rows < number + (window_.current ? 1 : 0)) {
    return true;
  }
  return window_.seconds > 0 && time_ && std::fabs(time_->value - entry.time) >= window_.seconds;
}

void WindowGroups::DropFirst(Group& group) {
  const Entry& entry = group.entries.front();
  bytes_ -= static_cast<int64_t>(sizeof(Entry) + sizeof(Group*) + entry.values.capacity());
  group.entries.pop_front();
  ++group.first;
  if (stretch_ > 0 && (group.first % stretch_ == 0 || group.entries.empty())) {
    const RunningStates& gone = *group.stretches.front();
    bytes_ -= static_cast<int64_t>(gone.bytes());
    memory_.grown -= static_cast<int64_t>(gone.heap_bytes());
    group.stretches.pop_front();
  }
}

void WindowGroups::Expire(Group& group) {
  const uint64_t number = window_.current ? group.rows : group.rows + 1;
  while (!group.entries.empty() && IsOutside(group.entries.front(), number)) DropFirst(group);
}

void WindowGroups::ExpireAll() {
  while (!arrivals_.empty()) {
    Group& group = *arrivals_.front();
    if (!IsOutside(group.entries.front(), row_)) return;
    DropFirst(group);
    arrivals_.pop_front();
    if (!group.entries.empty()) continue;
    bytes_ -= BytesOf(group);
    groups_.erase(groups_.find(group.key));
  }
}

void WindowGroups::Clear() {
  if (all_) return all_->Clear();
  groups_.clear();
  arrivals_.clear();
  memory_ = {};
  bytes_ = 0;
}

// ---------------------------------------------------------------- results

void WindowGroups::Results(Group& group, Arena& arena, std::vector<Value>* results) {
  const auto take = [&](const RunningStates& states) {
    for (size_t slot = 0; slot < slots_.slots().size(); ++slot) {
      results->push_back(states.Result(slot, arena));
    }
  };
  results->clear();
  RunningStates window(slots_);
  const plan::AggregateMemory before = memory_;  // What lives for this row only is not counted.
  const uint64_t end = group.first + group.entries.size();
  for (uint64_t index = group.first; index < end;) {
    if (stretch_ > 0 && index % stretch_ == 0) {
      const uint64_t stretch = index / stretch_ - group.first / stretch_;
      window.Merge(*group.stretches[stretch], memory_);
      index += stretch_;
      continue;
    }
    AddValues(window, group.entries[index - group.first]);
    ++index;
  }
  take(window);
  memory_ = before;
}

absl::Status WindowGroups::Account() {
  if (all_) return all_->Account();
  const auto bytes = static_cast<size_t>(std::max<int64_t>(0, bytes_ + memory_.grown));
  if (reservation_.Resize(bytes)) return absl::OkStatus();
  return reservation_.budget()->Exhausted(what_, bytes);
}

}  // namespace spelk::exec
