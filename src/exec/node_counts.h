// NodeCounts: what the nodes of a plan gave, and how long they took.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace spelk::exec {

struct NodeCount {
  std::atomic<uint64_t> rows{0};  // That the node gave.
  std::atomic<uint64_t> batches{0};
  // Only where the run measures. The time of the node itself is what passed inside of it, less what
  // passed after it, where it handed its rows on.
  std::atomic<uint64_t> bytes{0};  // Of the values of these rows.
  std::atomic<uint64_t> nanoseconds_inside{0};
  std::atomic<uint64_t> nanoseconds_after{0};
};

// Counters of the nodes of one plan, by their ids. The references stay.
class NodeCounts {
 public:
  NodeCounts(uint32_t last_id, bool measures) : measures_(measures), counts_(size_t{last_id} + 1) {}
  NodeCount& Of(uint32_t id) { return counts_[id < counts_.size() ? id : 0]; }
  bool measures() const { return measures_; }

 private:
  const bool measures_;
  std::deque<NodeCount> counts_;
};

}  // namespace spelk::exec
