// Counters by their places.
#include "engine/inner_counts.h"

#include <cstdint>

namespace spelk::engine {

void InnerCounts::Append(const InnerCounts& more) {
  stages.insert(stages.end(), more.stages.begin(), more.stages.end());
  expressions.insert(expressions.end(), more.expressions.begin(), more.expressions.end());
}

void InnerCounts::Place(const std::function<Span(Span)>& place) {
  const auto move = [&place](size_t* offset, size_t* length) {
    const auto begin = static_cast<uint32_t>(*offset);
    const Span span = place({begin, begin + static_cast<uint32_t>(*length)});
    *offset = span.begin;
    *length = span.size();
  };
  for (StageCount& stage : stages) move(&stage.offset, &stage.length);
  for (ExpressionCount& each : expressions) move(&each.offset, &each.length);
}

void RoundCounts::Add(const InnerCounts& round) {
  std::map<std::pair<size_t, size_t>, size_t> seen;
  for (const StageCount& stage : round.stages) {
    const size_t which = seen[{stage.offset, stage.length}]++;
    const auto [sum, is_new] = stages_.try_emplace({stage.offset, stage.length, which}, stage);
    if (is_new) continue;
    sum->second.rows += stage.rows;
    sum->second.bytes += stage.bytes;
    sum->second.seconds += stage.seconds;
  }
  seen.clear();
  for (const ExpressionCount& each : round.expressions) {
    const size_t which = seen[{each.offset, each.length}]++;
    const auto [sum, is_new] = expressions_.try_emplace({each.offset, each.length, which}, each);
    if (is_new) continue;
    sum->second.rows += each.rows;
    sum->second.is_true += each.is_true;
    sum->second.is_false += each.is_false;
  }
}

void RoundCounts::AppendTo(InnerCounts* counts) const {
  for (const auto& [key, stage] : stages_) counts->stages.push_back(stage);
  for (const auto& [key, each] : expressions_) counts->expressions.push_back(each);
}

}  // namespace spelk::engine
