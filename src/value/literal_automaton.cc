// The tree of all beginnings, level by level out of the sorted literals, then its links.
#include "value/literal_automaton.h"

#include <algorithm>
#include <numeric>

namespace spelk {

LiteralAutomaton::LiteralAutomaton(const std::vector<std::string>& literals) {
  if (literals.empty()) return;
  std::vector<uint32_t> order(literals.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return literals[a] < literals[b]; });
  Build(literals, order);
  Link();
}

// Literals with a common beginning are neighbours, the one that is no more than that is the first.
void LiteralAutomaton::Build(const std::vector<std::string>& literals,
                             const std::vector<uint32_t>& order) {
  struct Group {
    size_t begin;
    size_t end;
    size_t depth;
  };
  std::vector<Group> groups = {{0, order.size(), 0}};  // Of each node, in the order of the nodes.
  nodes_.emplace_back();
  for (size_t n = 0; n < groups.size(); ++n) {
    auto [at, end, depth] = groups[n];
    nodes_[n].first_literal = static_cast<uint32_t>(literals_.size());
    for (; at < end && literals[order[at]].size() == depth; ++at) literals_.push_back(order[at]);
    nodes_[n].literals = static_cast<uint32_t>(literals_.size()) - nodes_[n].first_literal;
    nodes_[n].first_edge = static_cast<uint32_t>(edges_.size());
    while (at < end) {
      const char byte = literals[order[at]][depth];
      size_t next = at;
      while (next < end && literals[order[next]][depth] == byte) ++next;
      edges_.push_back({static_cast<uint8_t>(byte), static_cast<uint32_t>(nodes_.size())});
      nodes_.emplace_back();
      groups.push_back({at, next, depth + 1});
      at = next;
    }
    nodes_[n].edges = static_cast<uint32_t>(edges_.size()) - nodes_[n].first_edge;
  }
}

// Nodes stand by depth, so what a node links to was linked before.
void LiteralAutomaton::Link() {
  for (uint32_t i = 0; i < nodes_[0].edges; ++i) root_[edges_[i].byte] = edges_[i].to;
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    for (uint32_t i = 0; i < node.edges; ++i) {
      const Edge edge = edges_[node.first_edge + i];
      Node& to = nodes_[edge.to];
      to.shorter = n == 0 ? 0 : Next(node.shorter, edge.byte);
      to.ending = to.literals > 0 ? edge.to : nodes_[to.shorter].ending;
    }
  }
}

}  // namespace spelk
