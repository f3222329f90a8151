// InnerCounts: counters of what ran within a plan, and the sum of rounds of the same commands.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include "base/span.h"
#include "spelk/engine.h"

namespace spelk::engine {

struct InnerCounts {
  std::vector<StageCount> stages;
  std::vector<ExpressionCount> expressions;

  void Append(const InnerCounts& more);
  // Gives each the place that `place` has for its own.
  void Place(const std::function<Span(Span)>& place);
};

// What map and foreach run once for each row or field: counted together, by the place in the search
// around it. Several nodes may stand at one place, in their order.
class RoundCounts {
 public:
  void Add(const InnerCounts& round);
  void AppendTo(InnerCounts* counts) const;

 private:
  using Key = std::tuple<size_t, size_t, size_t>;  // Offset, length, which of those there.
  std::map<Key, StageCount> stages_;
  std::map<Key, ExpressionCount> expressions_;
};

}  // namespace spelk::engine
