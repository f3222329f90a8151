// PathTree: the field names that a reader looks for, as a tree of the members on the way to them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"

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
    StringMap<size_t> index;    // Of many keys, until the tree is sealed.
    std::unique_ptr<Node> any;  // For every key that is none of `keys`; may be null.
    uint64_t mask = 0;
    bool nests = false;          // Some child has children of its own.
    bool takes_scalars = false;  // A string, number or literal here is wanted.

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

// A hash of a key that reads eight bytes at each end; `key` lies in a line with slack after it, or
// is padded.
uint64_t KeyHash(std::string_view key);

}  // namespace spelk::io
