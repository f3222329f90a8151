// States of running statistics without a window, in tables of groups.
#include "exec/aggregate/running_groups.h"

#include <utility>

#include "base/status.h"

namespace spelk::exec {

RunningGroups::RunningGroups(const WindowSlots& slots, const RunContext& run, std::string_view what)
    : slots_(slots), run_(run), what_(what) {
  Clear();
}

void RunningGroups::Clear() {
  learned_.clear();
  memory_ = {};
  fixed_.reset();  // What it held is given back before the new one asks.
  fixed_.emplace(slots_.plan().layout(), run_, what_);
}

absl::Status RunningGroups::AddTo(std::string_view key, const RunningRow& row, uint64_t number,
                                  bool current, Arena& arena, std::vector<Value>* results) {
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, fixed_->Group(key));
  if (current) SPELK_RETURN_IF_ERROR(Add(key, row, number, group));
  Results(key, group, arena, results);
  return current ? absl::OkStatus() : Add(key, row, number, group);
}

absl::Status RunningGroups::Add(std::string_view key, const RunningRow& row, uint64_t number,
                                uint32_t group) {
  const size_t fixed = slots_.fixed();
  for (size_t slot = 0; slot < row.values.size(); ++slot) {
    if (row.values[slot].is_null()) continue;
    const RunningSlot& of = slots_.slots()[slot];
    char* states = nullptr;
    if (slot < fixed) {
      states = fixed_->States(group);
    } else {
      const size_t index = slot - fixed;
      if (index >= learned_.size()) learned_.resize(index + 1);
      std::optional<GroupTable>& table = learned_[index];
      if (!table) table.emplace(*of.layout, run_, what_);
      SPELK_ASSIGN_OR_RETURN(const uint32_t own, table->Group(key));
      states = table->States(own);
    }
    AddToSlot(of, states, row.values[slot], number, row.time, memory_);
  }
  return absl::OkStatus();
}

void RunningGroups::Results(std::string_view key, uint32_t group, Arena& arena,
                            std::vector<Value>* results) const {
  results->clear();
  const size_t fixed = slots_.fixed();
  for (size_t slot = 0; slot < slots_.slots().size(); ++slot) {
    const RunningSlot& of = slots_.slots()[slot];
    const char* states = nullptr;
    if (slot < fixed) {
      states = fixed_->States(group);
    } else if (const size_t index = slot - fixed; index < learned_.size() && learned_[index]) {
      states = learned_[index]->Find(key);
    }
    if (states != nullptr) {
      results->push_back(slots_.plan().ResultOf(*of.call, *of.layout, states, arena));
      continue;
    }
    const StateBlock empty(*of.layout);
    results->push_back(slots_.plan().ResultOf(*of.call, *of.layout, empty.states(), arena));
  }
}

absl::Status RunningGroups::Account() { return fixed_->Account(std::exchange(memory_, {})); }

}  // namespace spelk::exec
