// LiteralAutomaton: which of many texts stand in a text, in one pass over it (Aho and Corasick).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spelk {

// The time of a pass depends on the text and on what is found, not on how many literals there are.
// Immutable once made.
class LiteralAutomaton {
 public:
  LiteralAutomaton() = default;
  // Of literals that are not empty and folded (case_fold.h); each is called by its place among
  // them.
  explicit LiteralAutomaton(const std::vector<std::string>& literals);

  bool empty() const { return nodes_.empty(); }
  // Calls found(index) for each literal that stands in the folded text, once for each end of it,
  // until it returns true; the answer says whether it did.
  template <class Found>
  bool Scan(std::string_view folded, Found found) const {
    uint32_t at = 0;
    if (empty()) return false;
    for (const char c : folded) {
      at = Next(at, static_cast<uint8_t>(c));
      for (uint32_t node = nodes_[at].ending; node != 0;
           node = nodes_[nodes_[node].shorter].ending) {
        const Node& end = nodes_[node];
        for (uint32_t i = 0; i < end.literals; ++i) {
          if (found(literals_[end.first_literal + i])) return true;
        }
      }
    }
    return false;
  }

 private:
  // What was read: a beginning of some literals. Node 0 is the empty one.
  struct Node {
    uint32_t first_edge = 0;
    uint32_t edges = 0;
    uint32_t shorter = 0;  // The longest other beginning that what was read ends with.
    uint32_t ending = 0;   // This one or the next of these that is a whole literal; 0 if none is.
    uint32_t first_literal = 0;
    uint32_t literals = 0;
  };
  struct Edge {
    uint8_t byte;
    uint32_t to;
  };

  uint32_t Next(uint32_t at, uint8_t byte) const {
    for (;;) {
      if (at == 0) return root_[byte];
      const Node& node = nodes_[at];
      for (uint32_t i = 0; i < node.edges; ++i) {
        const Edge& edge = edges_[node.first_edge + i];
        if (edge.byte == byte) return edge.to;
      }
      at = node.shorter;
    }
  }
  void Build(const std::vector<std::string>& literals, const std::vector<uint32_t>& order);
  void Link();

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<uint32_t> literals_;
  std::array<uint32_t, 256> root_{};
};

}  // namespace spelk
