// JsonReader: takes the values of some field names out of a line in one forward pass.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/json_index.h"
#include "io/json_text.h"

namespace spelk::io {

// The field names that a reader looks for, as Splunk's KV_MODE=json names them: `a.b` for members
// of objects and for keys that hold the dot, `a{}` for the values of an array, `a{}.b` for members
// of its objects. Immutable.
class PathTree {
 public:
  struct Name {
    std::string name;
    // Takes whatever stands there, objects and arrays too, as its JSON text.
    bool raw = false;
    // A piece that is kAny stands for any one member.
    bool any = false;
    // The last "{}" of the name is an array, those before it are part of keys: exports name a list
    // "tags{}".
    bool list = false;
  };
  static constexpr std::string_view kAny = "\x01";
  static constexpr size_t kReadAll = SIZE_MAX;
  static constexpr size_t kMostMarks = 64;
  struct Options {
    // Reading may stop when the first so many slots are filled; with kReadAll it never does.
    size_t required = kReadAll;
    // Names of which only the presence is noted, at most kMostMarks.
    std::vector<std::string> marks;
    // So many members of an object are read at least.
    size_t window = 0;
  };
  // Slot i of a row is names[i]. A name given twice has two slots.
  PathTree(const std::vector<Name>& names, const Options& options);

  struct Node {
    uint64_t marks = 0;  // A bit for each name of Options::marks.
    std::vector<uint32_t> slots;
    std::vector<uint32_t> raw_slots;
    std::vector<uint32_t> arrays;  // Slots of names with "{}".
    std::vector<uint32_t> table;   // Open addressing over `keys`, by KeyHash; 0 is free.
    std::vector<std::string> keys;
    std::vector<std::unique_ptr<Node>> children;
    std::unique_ptr<Node> any;  // For every key that is none of `keys`; may be null.
    uint64_t mask = 0;
    bool nests = false;  // Some child has children of its own.

    const Node* Find(std::string_view key, uint64_t hash) const;
    Node* FindOrAdd(std::string_view key);
    void Absorb(const Node& other);
    void Seal();
  };
  const Node& root() const { return root_; }
  size_t size() const { return size_; }
  size_t required() const { return required_; }
  size_t window() const { return window_; }
  // What follows the "{}" of an array's slot; null for other slots.
  const std::string* array_rest(size_t slot) const {
    return array_rests_[slot].empty() ? nullptr : &array_rests_[slot];
  }

 private:
  Node* NodeFor(std::string_view members, bool any);

  Node root_;
  size_t size_ = 0;
  size_t required_ = 0;
  size_t window_ = 0;
  std::vector<std::string> array_rests_;  // With the "{}" itself.
};

// A hash of a key that reads eight bytes at each end; `key` lies in a line with slack behind it, or
// is padded.
uint64_t KeyHash(std::string_view key);

// Containers may lie so deep in a line; the next level is a fault, whoever reads it.
inline constexpr int kMaxJsonDepth = 512;

// One for each worker.
class JsonReader {
 public:
  JsonReader(const PathTree& tree, MemoryBudget* budget) : tree_(tree), index_(budget) {}

  // Fills one RawValue for each slot; absent ones stay kAbsent. For a slot of an array the raw
  // value is the array itself (JsonFlattener takes it apart), as far as a fault in it. `faulty` is
  // set if a fault was met before the reading stopped; members before it are kept. Reading stops
  // when every slot is filled.
  LineVerdict Read(std::string_view line, std::span<RawValue> slots, bool* faulty);
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
  const PathTree::Node* FindKey(const PathTree::Node& node, std::string_view key);
  bool TakeScalar(uint32_t* at, const PathTree::Node* node);
  void Fill(const PathTree::Node& node, const RawValue& value);
  char CharAt(uint32_t at) const { return text_[structurals_[at]]; }
  void Note(const PathTree::Node& node);
  // True if nothing that may still come is wanted.
  bool Done() const { return open_slots_ == 0 && members_ >= tree_.window(); }

  const PathTree& tree_;
  JsonIndex index_;
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

// One value with its field name, while a line or a value is flattened.
class FieldTaker {
 public:
  virtual ~FieldTaker() = default;
  // `array` tells apart the values of one array from a name that is repeated: 0 outside of arrays.
  virtual void Take(std::string_view name, const RawValue& value, uint32_t array) = 0;
};

// Gives every field of a JSON text in order, named as above. False if a fault was met (what came
// before it was given).
class JsonFlattener {
 public:
  explicit JsonFlattener(MemoryBudget* budget) : budget_(budget), index_(budget) {}
  LineVerdict Flatten(std::string_view line, FieldTaker& taker, bool* faulty);
  // Any JSON text: an object, an array or a scalar. The names begin with `name`. The values given
  // hold until the next call. `open`: of an array that was cut off at a fault, RawValue::open.
  bool FlattenValue(std::string_view json, std::string_view name, FieldTaker& taker,
                    size_t open = 0);
  void Shrink() { index_.Shrink(); }
  // ResourceExhausted, naming `what`, if some text did not fit into the budget: its fields were not
  // given.
  absl::Status status(std::string_view what) const;

 private:
  MemoryBudget* budget_;
  JsonIndex index_;
  std::string copy_;
  size_t too_much_ = 0;  // Bytes that could not be reserved.
};

// Goes through the elements of a JSON array that a reader took: well-formed, so only strings and
// nesting matter.
class ArrayElements {
 public:
  explicit ArrayElements(std::string_view array) : array_(array) {}
  // The text of the next element; nothing at the end.
  std::optional<std::string_view> Next();

 private:
  std::string_view array_;
  size_t at_ = 1;
};

}  // namespace spelk::io
