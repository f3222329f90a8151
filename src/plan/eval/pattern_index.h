// PatternIndex: which of many search patterns a text may match, without asking each of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/string_map.h"
#include "plan/expr.h"
#include "value/ip_address.h"
#include "value/literal_automaton.h"

namespace spelk::plan {

// Texts are one hash probe, patterns with stars one pass of an automaton over their longest pieces,
// CIDR blocks a probe for each length of prefix. Immutable once finished.
class PatternIndex {
 public:
  // Patterns may have one id in common; what has it is a candidate where any of them is.
  void Add(const Pattern& pattern, uint32_t id);
  void Finish();

  // How precisely patterns of a kind are found; what is found more precisely is better to look for.
  static size_t Precision(const Pattern& pattern);

  // Calls test(id) for each pattern that the text may match, and perhaps for some that it does not,
  // until it answers true; the answer says whether it did.
  template <class Test>
  bool AnyOf(std::string_view text, Test test) const {
    for (const uint32_t id : always_) {
      if (test(id)) return true;
    }
    std::string buffer;
    const std::string_view folded = Folded(text, &buffer);
    const auto each = [&test](const std::vector<uint32_t>& ids) {
      for (const uint32_t id : ids) {
        if (test(id)) return true;
      }
      return false;
    };
    if (const auto known = texts_.find(folded); known != texts_.end() && each(known->second)) {
      return true;
    }
    if (!blocks_.empty() && InBlocks(text, each)) return true;
    return !automaton_.empty() &&
           automaton_.Scan(folded, [&](uint32_t piece) { return each(piece_ids_[piece]); });
  }

 private:
  using Prefix = std::pair<bool, unsigned>;  // Version 4 or not, and bits.

  static std::string_view Folded(std::string_view text, std::string* buffer);
  static std::string Masked(const IpAddress& address, const Prefix& prefix);

  template <class Each>
  bool InBlocks(std::string_view text, Each each) const {
    const std::optional<IpAddress> address = ParseIpAddress(text);
    if (!address) return false;
    for (const auto& [prefix, blocks] : blocks_) {
      if (prefix.first != address->is_v4) continue;
      const auto known = blocks.find(Masked(*address, prefix));
      if (known != blocks.end() && each(known->second)) return true;
    }
    return false;
  }

  StringMap<std::vector<uint32_t>> texts_;  // Folded; those with exact case, too.
  std::map<Prefix, StringMap<std::vector<uint32_t>>> blocks_;
  StringMap<std::vector<uint32_t>> pieces_;  // Until Finish().
  std::vector<std::vector<uint32_t>> piece_ids_;
  LiteralAutomaton automaton_;
  std::vector<uint32_t> always_;  // Nothing but stars.
};

}  // namespace spelk::plan
