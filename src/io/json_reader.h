// JsonReader: takes the values of some field names out of a line in one forward pass.
#pragma once

#include <cstdint>
#include <memory>
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
    // Takes whatever stands there, objects and arrays too, as its JSON text; for what tells shapes
    // apart.
    bool raw = false;
  };
  // Slot i of a row is names[i]. A name given twice has two slots. Reading may stop when the first
  // `required` slots are filled; with kReadAll it never does.
  static constexpr size_t kReadAll = SIZE_MAX;
  PathTree(const std::vector<Name>& names, size_t required);

  struct Node {
    std::vector<uint32_t> slots;
    std::vector<uint32_t> raw_slots;
    std::vector<uint32_t> arrays;  // Slots of names with "{}".
    std::vector<uint32_t> table;   // Open addressing over `keys`, by KeyHash; 0 is free.
    std::vector<std::string> keys;
    std::vector<std::unique_ptr<Node>> children;
    uint64_t mask = 0;
    bool nests = false;  // Some child has children of its own.

    const Node* Find(std::string_view key, uint64_t hash) const;
    Node* FindOrAdd(std::string_view key);
    void Seal();
  };
  const Node& root() const { return root_; }
  size_t size() const { return size_; }
  size_t required() const { return required_; }
  // What follows the "{}" of an array's slot; null for other slots.
  const std::string* array_rest(size_t slot) const {
    return array_rests_[slot].empty() ? nullptr : &array_rests_[slot];
  }

 private:
  Node root_;
  size_t size_ = 0;
  size_t required_ = 0;
  std::vector<std::string> array_rests_;  // With the "{}" itself.
};

// A hash of a key that reads eight bytes at each end; `key` lies in a line with slack behind it, or
// is padded.
uint64_t KeyHash(std::string_view key);

// One for each worker.
class JsonReader {
 public:
  JsonReader(const PathTree& tree, MemoryBudget* budget) : tree_(tree), index_(budget) {}

  // Fills one RawValue for each slot; absent ones stay kAbsent. For a slot of an array the raw
  // value is the array itself (JsonFlattener takes it apart). `faulty` is set if a fault was met
  // before the reading stopped; members before it are kept. Reading stops when every slot is
  // filled.
  LineVerdict Read(std::string_view line, std::span<RawValue> slots, bool* faulty);
  // Reads every member to the end, to tell of any fault.
  LineVerdict Check(std::string_view line, bool* faulty);

  void Shrink() { index_.Shrink(); }
  // The line indexed last, for whoever reads on in it.
  const JsonIndex& index() const { return index_; }

 private:
  bool WalkObject(uint32_t* at, const PathTree::Node& node);
  bool WalkValue(uint32_t* at, const PathTree::Node* node);
  bool SkipContainer(uint32_t* at);
  bool TakeArray(uint32_t* at, const PathTree::Node& node);
  bool TakeRaw(uint32_t at, const PathTree::Node& node);
  void FillSlot(uint32_t slot, const RawValue& value);
  const PathTree::Node* FindKey(const PathTree::Node& node, std::string_view key);
  bool TakeScalar(uint32_t* at, const PathTree::Node* node);
  void Fill(const PathTree::Node& node, const RawValue& value);
  char CharAt(uint32_t at) const { return text_[structurals_[at]]; }

  const PathTree& tree_;
  JsonIndex index_;
  const char* text_ = nullptr;
  const uint32_t* structurals_ = nullptr;
  bool suspect_ = false;
  std::span<RawValue> slots_;
  size_t open_slots_ = 0;
  int depth_ = 0;
  std::string key_;
  std::vector<uint64_t> kinds_;  // Of the containers being skipped: a bit each, set for objects.
};

// One value with its field name, while a line or a value is flattened.
class FieldTaker {
 public:
  virtual ~FieldTaker() = default;
  // `array` tells apart the values of one array from a name that is repeated: 0 outside of arrays.
  virtual void Take(std::string_view name, const RawValue& value, uint32_t array) = 0;
};

// Gives every field of a JSON text in order, named as above. False if a fault was met (what came
// before it was given). Nesting beyond `kMaxJsonDepth` is a fault.
inline constexpr int kMaxJsonDepth = 512;
class JsonFlattener {
 public:
  explicit JsonFlattener(MemoryBudget* budget) : budget_(budget), index_(budget) {}
  LineVerdict Flatten(std::string_view line, FieldTaker& taker, bool* faulty);
  // Any JSON text: an object, an array or a scalar. The names begin with `name`. The values given
  // hold until the next call.
  bool FlattenValue(std::string_view json, std::string_view name, FieldTaker& taker);
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

// The texts of the elements of a JSON array that a reader took: well-formed, so only strings and
// nesting matter.
std::vector<std::string_view> ArrayElements(std::string_view array);

}  // namespace spelk::io
