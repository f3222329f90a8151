// Plans as bits of words.
#include "exec/scan/line_index.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "base/string_map.h"

namespace spelk::exec {
namespace {

constexpr size_t kBits = 64;

std::string KeyOf(const LiteralFinder& finder) {
  return finder.literal() + static_cast<char>('0' + finder.is_key() + finder.of_text()) +
         static_cast<char>('0' + finder.ignores_case());
}

// Equal for groups that are met by the same lines.
std::string KeyOf(const LiteralSet& literals) {
  std::vector<std::string> keys;
  for (const LiteralFinder& finder : literals.finders()) keys.push_back(KeyOf(finder));
  std::sort(keys.begin(), keys.end());
  std::string key;
  for (const std::string& each : keys) key += each + '\n';
  return key;
}

}  // namespace

std::unique_ptr<const CompiledScan::LineIndex> MakeLineIndex(
    const LiteralFinder& escape, std::vector<CompiledScan::Plan>* plans) {
  std::vector<LiteralFinder> finders;
  std::vector<std::vector<size_t>> askers;
  StringMap<size_t> known;
  const auto add = [&](const LiteralFinder& finder) {
    const auto [place, is_new] = known.try_emplace(KeyOf(finder), finders.size());
    if (is_new) {
      finders.push_back(finder);
      askers.emplace_back();
    }
    return place->second;
  };
  std::vector<size_t> filtered;
  for (size_t p = 0; p < plans->size(); ++p) {
    const CompiledScan::Plan& plan = (*plans)[p];
    if (plan.groups.empty()) continue;
    filtered.push_back(p);
    for (const LiteralFinder& finder : plan.groups[0].literals.finders()) {
      askers[add(finder)].push_back(p);
    }
  }
  if (filtered.empty()) return nullptr;
  askers[add(escape)] = filtered;
  auto index = std::make_unique<CompiledScan::LineIndex>(std::move(finders));
  index->words = (plans->size() + kBits - 1) / kBits;
  index->plans.resize(index->words * askers.size(), 0);
  for (size_t literal = 0; literal < askers.size(); ++literal) {
    for (const size_t plan : askers[literal]) {
      index->plans[literal * index->words + plan / kBits] |= uint64_t{1} << (plan % kBits);
    }
  }
  index->unfiltered.resize(index->words, 0);
  StringMap<size_t> groups;
  for (size_t p = 0; p < plans->size(); ++p) {
    CompiledScan::Plan& plan = (*plans)[p];
    if (plan.groups.empty()) index->unfiltered[p / kBits] |= uint64_t{1} << (p % kBits);
    for (size_t g = 1; g < plan.groups.size(); ++g) {
      if (plan.groups[g].keys) continue;
      const LiteralSet& literals = plan.groups[g].literals;
      const auto [place, is_new] = groups.try_emplace(KeyOf(literals), index->groups.size());
      if (is_new) index->groups.push_back(&literals);
      plan.further.push_back(place->second);
    }
  }
  return index;
}

LineMarks::LineMarks(const CompiledScan::LineIndex& index)
    : index_(index),
      seen_in_(index.literals.size(), 0),
      marks_(index.unfiltered),
      known_in_(index.groups.size(), 0),
      met_(index.groups.size(), false) {}

void LineMarks::StartLine() {
  marks_ = index_.unfiltered;
  if (++line_ != 0) return;
  // The numbers begin anew.
  std::fill(seen_in_.begin(), seen_in_.end(), 0);
  std::fill(known_in_.begin(), known_in_.end(), 0);
  line_ = 1;
}

void LineMarks::Mark(uint32_t literal) {
  seen_in_[literal] = line_;
  const uint64_t* plans = &index_.plans[literal * index_.words];
  for (size_t w = 0; w < index_.words; ++w) marks_[w] |= plans[w];
}

void LineMarks::Look(std::string_view text, size_t begin, size_t end) {
  StartLine();
  index_.literals.ForEach(
      text, begin, end, [this](uint32_t literal) { return seen_in_[literal] == line_; },
      [this](uint32_t literal) { Mark(literal); });
}

bool LineMarks::Meets(size_t group, std::string_view line) {
  if (known_in_[group] != line_) {
    known_in_[group] = line_;
    met_[group] = index_.groups[group]->Find(line) != std::string_view::npos;
  }
  return met_[group];
}

void LineMarks::Plans(std::string_view line, const std::vector<CompiledScan::Plan>& plans,
                      std::vector<size_t>* wanted) {
  wanted->clear();
  for (size_t w = 0; w < index_.words; ++w) {
    for (uint64_t left = marks_[w]; left != 0; left &= left - 1) {
      const size_t plan = w * kBits + static_cast<size_t>(std::countr_zero(left));
      const std::vector<size_t>& further = plans[plan].further;
      const bool meets = std::all_of(further.begin(), further.end(),
                                     [&](size_t group) { return Meets(group, line); });
      if (meets) wanted->push_back(plan);
    }
  }
}

}  // namespace spelk::exec
