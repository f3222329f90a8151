// JsonReader: takes the values of some field names out of a line in one forward pass.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/json_index.h"
#include "io/json_text.h"
#include "io/key_cache.h"
#include "io/path_tree.h"

namespace spelk::io {

// One for each worker.
class JsonReader {
 public:
  JsonReader(const PathTree& tree, MemoryBudget* budget) : tree_(tree), index_(budget) {}

  // Fills one RawValue for each slot; absent ones stay kAbsent. For a slot of an array the raw
  // value is the array itself (JsonFlattener takes it apart), as far as a fault in it. `faulty` is
  // set if a fault was met before the reading stopped; members before it are kept. Reading stops
  // when every slot is filled.
  LineVerdict Read(std::string_view line, std::span<RawValue> slots, bool* faulty);
  // Of the object read last: the slots that are not absent, in any order.
  const std::vector<uint32_t>& filled() const { return filled_; }
  // Slots that somebody else wrote into since are emptied by the next Read only if it is told.
  void SlotsChanged() { emptied_ = nullptr; }
  // Reads every member to the end, to tell of any fault.
  LineVerdict Check(std::string_view line, bool* faulty);

  // Of the object read last: which of the marked names were there, as far as it was read; which of
  // them stood within the window; and how many members it has if that is within the window, too.
  uint64_t marks() const { return marks_; }
  uint64_t marks_in_window() const { return marks_in_window_; }
  std::optional<size_t> members_in_window() const {
    return ended_ && members_ <= tree_.window() ? std::optional(members_) : std::nullopt;
  }

  void Shrink() { index_.Shrink(); }
  // The line indexed last, for whoever reads on in it.
  const JsonIndex& index() const { return index_; }

 private:
  bool WalkObject(uint32_t* at, const PathTree::Node& node);
  bool WalkValue(uint32_t* at, const PathTree::Node* node);
  bool SkipContainer(uint32_t* at, int level);
  bool SkipScalar(uint32_t* at);
  bool TakeArray(uint32_t* at, const PathTree::Node& node);
  bool TakeRaw(uint32_t at, const PathTree::Node& node);
  void FillSlot(uint32_t slot, const RawValue& value);
  bool ReadKey(uint32_t at, const PathTree::Node& node, const PathTree::Node** child);
  const PathTree::Node* FindKey(const PathTree::Node& node, std::string_view key);
  bool TakeScalar(uint32_t* at, const PathTree::Node* node);
  void Fill(const PathTree::Node& node, const RawValue& value);
  char CharAt(uint32_t at) const { return text_[structurals_[at]]; }
  // A string with nothing to be checked, and no blank after it.
  bool IsPlainString(uint32_t at) const {
    return CharAt(at) == '"' && text_[structurals_[at + 1] - 1] == '"' && !suspect_;
  }
  // What stands in the line itself for a part of the text that is read.
  std::string_view Original(std::string_view part) const {
    return {index_.original().data() + (part.data() - text_), part.size()};
  }
  void Note(const PathTree::Node& node);
  // True if nothing that may still come is wanted.
  bool Done() const { return open_slots_ == 0 && members_ >= tree_.window(); }

  const PathTree& tree_;
  JsonIndex index_;
  KeyCache trail_;
  const char* text_ = nullptr;
  const uint32_t* structurals_ = nullptr;
  bool suspect_ = false;
  std::span<RawValue> slots_;
  const RawValue* emptied_ = nullptr;  // The slots of which all but `filled_` are absent.
  std::vector<uint32_t> filled_;
  size_t open_slots_ = 0;
  size_t members_ = 0;      // Of the outermost object, so far.
  bool ended_ = false;      // It was read to its end.
  bool cut_array_ = false;  // A fault was met in an array, of which the part before it was taken.
  uint64_t marks_ = 0;
  uint64_t marks_in_window_ = 0;
  int depth_ = 0;
  std::string key_;
  std::vector<uint64_t> kinds_;  // Of the containers being skipped: a bit each, set for objects.
  size_t skip_depth_ = 0;        // How many were open where the skipping ended.
};

}  // namespace spelk::io
