// Counting the lines that groups let through.
#include "exec/scan/prefilter_choice.h"

#include <algorithm>
#include <utility>

#include "value/byte_search.h"

namespace spelk::exec {
namespace {

// Of all lines. The first group saves the reading of lines, further ones are asked line by line.
constexpr double kMostForKeys = 0.7;

size_t LinesWith(const LiteralSet& literals, std::string_view text) {
  size_t lines = 0;
  for (size_t at = literals.Find(text); at != std::string_view::npos;) {
    ++lines;
    const size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) break;
    at = literals.Find(text, newline + 1);
  }
  return lines;
}

}  // namespace

PrefilterChoice::PrefilterChoice(const CompiledScan::Plan& plan) : plan_(plan) {
  for (const CompiledScan::Plan::Group& group : plan.groups) groups_.push_back(&group.literals);
}

void PrefilterChoice::Start(std::string_view block) {
  if (plan_.groups.empty() || blocks_left_-- > 0) return;
  blocks_left_ = 0;
  std::string_view text = block.substr(0, kTriedBytes);
  const size_t newline = FindLastByte(text, '\n');
  if (newline == std::string_view::npos) return;
  text = text.substr(0, newline + 1);
  Try(text);
}

void PrefilterChoice::Try(std::string_view text) {
  const size_t lines = CountByte(text, '\n');
  if (lines < kFewestLines) return;
  blocks_left_ = kBlocksBetween;
  std::vector<std::pair<double, const LiteralSet*>> shares;
  for (const CompiledScan::Plan::Group& group : plan_.groups) {
    const double share =
        static_cast<double>(LinesWith(group.literals, text)) / static_cast<double>(lines);
    if (!group.keys || share <= kMostForKeys) shares.emplace_back(share, &group.literals);
  }
  std::stable_sort(shares.begin(), shares.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  groups_.clear();
  for (const auto& [share, literals] : shares) groups_.push_back(literals);
}

}  // namespace spelk::exec
