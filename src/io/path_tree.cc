// Making the tree, and finding keys in it.
#include "io/path_tree.h"

#include <bit>
#include <cstring>

#include "base/hash.h"

namespace spelk::io {

uint64_t KeyHash(std::string_view key) {
  uint64_t first = 0;
  uint64_t last = 0;
  if (key.size() >= 8) {
    std::memcpy(&first, key.data(), 8);
    std::memcpy(&last, key.data() + key.size() - 8, 8);
  } else {
    std::memcpy(&first, key.data(), 8);
    first &= (uint64_t{1} << (8 * key.size())) - 1;
  }
  return hash_internal::Mix(first ^ (key.size() * 0x9E3779B97F4A7C15U), last ^ 0xD6E8FEB86659FD93U);
}

const PathTree::Node* PathTree::Node::Find(std::string_view key, uint64_t hash) const {
  if (keys.empty()) return any.get();
  for (uint64_t at = hash & mask;; at = (at + 1) & mask) {
    const uint32_t entry = table[at];
    if (entry == 0) return any.get();
    if (keys[entry - 1] == key) return children[entry - 1].get();
  }
}

PathTree::Node* PathTree::Node::FindOrAdd(std::string_view key) {
  constexpr size_t kShortList = 16;
  if (keys.size() > kShortList) {
    const auto found = index.find(key);
    if (found != index.end()) return children[found->second].get();
  } else {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == key) return children[i].get();
    }
  }
  keys.emplace_back(key);
  if (keys.size() > kShortList + 1) {
    index.emplace(key, keys.size() - 1);
  } else if (keys.size() == kShortList + 1) {
    for (size_t i = 0; i < keys.size(); ++i) index.emplace(keys[i], i);
  }
  children.push_back(std::make_unique<Node>());
  return children.back().get();
}

// Adds what another node, and those below it, take.
void PathTree::Node::Absorb(const Node& other) {
  marks |= other.marks;
  slots.insert(slots.end(), other.slots.begin(), other.slots.end());
  raw_slots.insert(raw_slots.end(), other.raw_slots.begin(), other.raw_slots.end());
  arrays.insert(arrays.end(), other.arrays.begin(), other.arrays.end());
  for (size_t i = 0; i < other.keys.size(); ++i) {
    FindOrAdd(other.keys[i])->Absorb(*other.children[i]);
  }
  if (other.any == nullptr) return;
  if (any == nullptr) any = std::make_unique<Node>();
  any->Absorb(*other.any);
}

void PathTree::Node::Seal() {
  takes_scalars = !slots.empty() || !raw_slots.empty();
  // A key that is named must give what any key gives, too.
  if (any != nullptr) {
    for (const std::unique_ptr<Node>& child : children) child->Absorb(*any);
    any->Seal();
    nests = nests || !any->keys.empty();
  }
  index = {};
  const size_t size = std::bit_ceil(keys.size() * 4 + 4);
  table.assign(size, 0);
  mask = size - 1;
  for (size_t i = 0; i < keys.size(); ++i) {
    std::string padded = keys[i];
    padded.append(8, '\0');
    uint64_t at = KeyHash(std::string_view(padded).substr(0, keys[i].size())) & mask;
    while (table[at] != 0) at = (at + 1) & mask;
    table[at] = static_cast<uint32_t>(i + 1);
    children[i]->Seal();
    nests = nests || !children[i]->keys.empty() || children[i]->any != nullptr;
  }
}

PathTree::PathTree(const std::vector<Name>& names, const Options& options)
    : size_(names.size()),
      required_(options.required),
      window_(options.window),
      array_rests_(names.size()) {
  for (uint32_t slot = 0; slot < names.size(); ++slot) {
    const std::string_view name = names[slot].name;
    const size_t found = names[slot].list ? name.rfind("{}") : name.find("{}");
    const size_t array = names[slot].raw ? std::string_view::npos : found;
    Node* node = NodeFor(name.substr(0, array), names[slot].any);
    if (names[slot].raw) {
      node->raw_slots.push_back(slot);
    } else if (array == std::string_view::npos) {
      node->slots.push_back(slot);
    } else {
      node->arrays.push_back(slot);
      array_rests_[slot] = name.substr(array);
      if (!names[slot].list) NodeFor(name, names[slot].any)->slots.push_back(slot);  // As a key.
    }
  }
  for (size_t mark = 0; mark < options.marks.size() && mark < kMostMarks; ++mark) {
    NodeFor(options.marks[mark], false)->marks |= uint64_t{1} << mark;
  }
  root_.Seal();
}

// Each dot may be nesting or part of a key: the tree has one node for each piece, and a key that
// holds dots is walked piece by piece.
PathTree::Node* PathTree::NodeFor(std::string_view members, bool any) {
  Node* node = &root_;
  for (size_t from = 0; from <= members.size();) {
    const size_t dot = members.find('.', from);
    const size_t end = dot == std::string_view::npos ? members.size() : dot;
    const std::string_view piece = members.substr(from, end - from);
    if (any && piece == kAny) {
      if (node->any == nullptr) node->any = std::make_unique<Node>();
      node = node->any.get();
    } else {
      node = node->FindOrAdd(piece);
    }
    from = end + 1;
  }
  return node;
}

}  // namespace spelk::io
