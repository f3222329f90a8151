// KeyCache: what a reader found for the keys of the lines before, in the order in which they came.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "io/path_tree.h"

namespace spelk::io {

// Events of one layout repeat their keys. To compare a key with the one that followed last time is
// cheaper than to look it up. One for each reader; its memory is bounded.
class KeyCache {
 public:
  KeyCache() { Forget(); }

  // A line begins.
  void Begin() { at_ = 0; }

  // True if the key followed here before: *child is what `parent` has for it. `key` reaches from
  // after its quote to the colon. Keys lie in a line with slack after it.
  bool Follow(const PathTree::Node& parent, std::string_view key, const PathTree::Node** child) {
    const Step& from = steps_[at_];
    return Take(from.next, parent, key, child) || Take(from.other, parent, key, child);
  }

  // What Follow() did not know; it is what follows here from now on.
  void Learn(const PathTree::Node& parent, std::string_view key, const PathTree::Node* child);

 private:
  static constexpr size_t kMostKey = 32;
  static constexpr size_t kMostSteps = 1024;
  static constexpr size_t kTable = 4096;

  struct Step {
    const PathTree::Node* parent = nullptr;
    const PathTree::Node* child = nullptr;
    uint16_t next = 0;   // What came here last that was new,
    uint16_t other = 0;  // and before that: feeds mix layouts.
    uint32_t size = 0;
    char key[kMostKey] = {};
  };

  bool Take(uint16_t next, const PathTree::Node& parent, std::string_view key,
            const PathTree::Node** child) {
    const Step& step = steps_[next];
    const bool same = step.parent == &parent && step.size + 1 == key.size() && key.back() == '"' &&
                      Same(step.key, key.substr(0, step.size));
    if (!same) return false;
    at_ = next;
    *child = step.child;
    return true;
  }

  // `step` has kMostKey bytes, the key at most so many.
  static bool Same(const char* step, std::string_view key) {
    const auto differ8 = [](const char* a, const char* b) {
      uint64_t x = 0;
      uint64_t y = 0;
      std::memcpy(&x, a, 8);
      std::memcpy(&y, b, 8);
      return x ^ y;
    };
    const char* text = key.data();
    const size_t size = key.size();
    if (size <= 8) {
      const uint64_t behind = size == 8 ? 0 : ~uint64_t{0} << (8 * size);
      return (differ8(step, text) & ~behind) == 0;
    }
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (differ8(step + i, text + i) != 0) return false;
    }
    return differ8(step + size - 8, text + size - 8) == 0;
  }

  void Forget();

  std::vector<Step> steps_;      // The first stands before the first key of a line.
  std::vector<uint16_t> table_;  // Open addressing over the steps; 0 is free.
  uint16_t at_ = 0;
};

}  // namespace spelk::io
