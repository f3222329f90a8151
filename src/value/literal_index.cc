// Choosing the bytes of a literal that are hashed.
#include "value/literal_index.h"

#include <climits>
#include <string>
#include <utility>

namespace spelk {
namespace {

// How many bytes of short literals are hashed: as many as the shortest has.
size_t FewestBytes(const std::vector<LiteralFinder>& finders, size_t most) {
  size_t fewest = most;
  for (const LiteralFinder& finder : finders) fewest = std::min(fewest, finder.literal().size());
  return fewest;
}

}  // namespace

LiteralIndex::Tier::Tier(size_t hashed)
    : bytes(hashed),
      mask(hashed == kMostBytes ? ~0U : (1U << (8 * hashed)) - 1),
      filter(size_t{1} << (kBits - 6)),
      heads(size_t{1} << kBits),
      entries(1) {}

// The rarest bytes, as event data goes.
void LiteralIndex::Tier::Add(const LiteralFinder& finder, uint32_t literal) {
  const std::string& text = finder.literal();
  size_t best = 0;
  int best_score = INT_MAX;
  for (size_t at = 0; at + bytes <= text.size(); ++at) {
    int score = 0;
    for (size_t b = 0; b < bytes; ++b) score += Commonness(text[at + b]);
    if (score < best_score) best = at;
    best_score = std::min(best_score, score);
  }
  std::string window = text.substr(best, bytes);
  window.resize(kMostBytes);
  const uint32_t folded = Folded(window.data()) & mask;
  const size_t hash = HashOf(folded);
  filter[hash / 64] |= uint64_t{1} << (hash % 64);
  entries.push_back({folded, literal, static_cast<uint32_t>(best), heads[hash]});
  heads[hash] = static_cast<uint32_t>(entries.size() - 1);
}

LiteralIndex::LiteralIndex(std::vector<LiteralFinder> finders)
    : finders_(std::move(finders)),
      long_(kMostBytes),
      short_(FewestBytes(finders_, kMostBytes - 1)) {
  for (uint32_t i = 0; i < finders_.size(); ++i) {
    Tier& tier = finders_[i].literal().size() < kMostBytes ? short_ : long_;
    tier.Add(finders_[i], i);
  }
}

}  // namespace spelk
