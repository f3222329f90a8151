// Steps that were not known, and those that lead elsewhere than before.
#include "io/key_cache.h"

#include "base/hash.h"

namespace spelk::io {

void KeyCache::Forget() {
  steps_.assign(1, Step());
  table_.assign(kTable, 0);
  at_ = 0;
}

void KeyCache::Learn(const PathTree::Node& parent, std::string_view key,
                     const PathTree::Node* child) {
  if (key.size() > kMostKey) return;  // The next key is compared with what followed before it.
  // More keys than fit, so what is known is of little use.
  if (steps_.size() > kMostSteps) Forget();
  const uint64_t hash = HashCombine(KeyHash(key), reinterpret_cast<uintptr_t>(&parent));
  size_t place = hash % kTable;
  for (; table_[place] != 0; place = (place + 1) % kTable) {
    const Step& step = steps_[table_[place]];
    if (step.parent == &parent && step.size == key.size() && Same(step.key, key)) break;
  }
  if (table_[place] == 0) {
    table_[place] = static_cast<uint16_t>(steps_.size());
    Step step;
    step.parent = &parent;
    step.child = child;
    step.size = static_cast<uint32_t>(key.size());
    key.copy(step.key, kMostKey);
    steps_.push_back(step);
  }
  steps_[at_].other = steps_[at_].next;
  steps_[at_].next = table_[place];
  at_ = table_[place];
}

}  // namespace spelk::io
