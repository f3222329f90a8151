// LiteralIndex: finds all of many literals in one pass and says which, so that one pass over a text
// serves many searches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "value/literal_search.h"

namespace spelk {

// A hash of a few bytes of each, then a comparison. Immutable.
class LiteralIndex {
 public:
  explicit LiteralIndex(std::vector<LiteralFinder> finders);

  // Calls found(literal) for each place of a literal of which some byte, not always the first, is
  // in [from, end) of the text; not for literals of which skip(literal) is true.
  template <class Skip, class Found>
  void ForEach(std::string_view text, size_t from, size_t end, Skip skip, Found found) const {
    const size_t readable = text.size() < kMostBytes ? 0 : text.size() - kMostBytes + 1;
    const size_t last = std::max(from, std::min(end, readable));
    for (size_t at = from; at < last; ++at) {
      const uint32_t bytes = Folded(text.data() + at);
      if (long_.MayHold(bytes)) Compare(long_, text, at, bytes, skip, found);
      if (short_.MayHold(bytes & short_.mask)) {
        Compare(short_, text, at, bytes & short_.mask, skip, found);
      }
    }
    for (size_t at = last; at < end && at + short_.bytes <= text.size(); ++at) {
      char left[kMostBytes] = {};
      std::copy(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), left);
      Compare(short_, text, at, Folded(left) & short_.mask, skip, found);
    }
  }
  size_t size() const { return finders_.size(); }

 private:
  static constexpr size_t kMostBytes = 4;
  static constexpr size_t kBits = 16;  // Of a hash.
  struct Entry {
    uint32_t bytes;  // Of its window, folded.
    uint32_t literal;
    uint32_t before;  // In the literal, what is before the window.
    uint32_t next;    // In entries, of the same hash; 0 is none.
  };
  // Literals of which equally many bytes are hashed: few short ones would make the hashes of all
  // say little.
  struct Tier {
    explicit Tier(size_t hashed);
    void Add(const LiteralFinder& finder, uint32_t literal);
    static size_t HashOf(uint32_t bytes) { return (bytes * 0x9E3779B1U) >> (32U - kBits); }
    bool MayHold(uint32_t window) const {
      const size_t hash = HashOf(window);
      return ((filter[hash / 64] >> (hash % 64)) & 1U) != 0;
    }

    size_t bytes;
    uint32_t mask;
    std::vector<uint64_t> filter;  // A bit for each hash.
    std::vector<uint32_t> heads;   // By hash, into entries.
    std::vector<Entry> entries;
  };

  // All bytes are folded alike: what is found is compared afterwards.
  static uint32_t Folded(const char* at) {
    uint32_t bytes = 0;
    std::memcpy(&bytes, at, kMostBytes);
    return bytes | 0x20202020U;
  }

  template <class Skip, class Found>
  void Compare(const Tier& tier, std::string_view text, size_t at, uint32_t window, Skip skip,
               Found found) const {
    for (uint32_t e = tier.heads[Tier::HashOf(window)]; e != 0; e = tier.entries[e].next) {
      const Entry& entry = tier.entries[e];
      if (entry.bytes != window || at < entry.before || skip(entry.literal)) continue;
      if (finders_[entry.literal].StandsAt(text, at - entry.before)) found(entry.literal);
    }
  }

  std::vector<LiteralFinder> finders_;
  Tier long_;
  Tier short_;
};

}  // namespace spelk
