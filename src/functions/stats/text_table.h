// TextTable: the distinct texts that a state saw, each with something counted for it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash.h"

namespace spelk::functions {

// Grows without copying what is large: texts and entries stay where they are, only the index of
// four bytes an entry is made anew. Small for a few texts, as many groups have few.
template <class Payload>
class TextTable {
  static_assert(std::is_trivially_copyable_v<Payload>);

 public:
  struct Entry {
    const char* data;
    uint32_t size;
    uint32_t hash;
    Payload payload;
    std::string_view text() const { return {data, size}; }
  };

  TextTable() = default;
  TextTable(const TextTable&) = delete;  // The address is the seed of the hashes.
  TextTable& operator=(const TextTable&) = delete;

  size_t size() const { return size_; }
  const Entry& entry(size_t index) const {
    return blocks_[index / kBlockEntries][index % kBlockEntries];
  }

  // What is kept for the text; `is_new` says whether that is a fresh Payload().
  Payload& Get(std::string_view text, bool* is_new) {
    const auto hash = static_cast<uint32_t>(HashBytes(text, reinterpret_cast<uintptr_t>(this)));
    size_t slot = 0;
    if (Entry* found = Find(text, hash, &slot)) {
      *is_new = false;
      return found->payload;
    }
    *is_new = true;
    Entry& made = Append();
    made = {Copy(text), static_cast<uint32_t>(text.size()), hash, Payload()};
    if (!slots_.empty()) slots_[slot] = static_cast<uint32_t>(size_);
    if (size_ > kLinear && size_ * 2 > slots_.size()) Rehash();
    return made.payload;
  }

  // The entries in the order of their texts' bytes.
  std::vector<const Entry*> Sorted() const {
    std::vector<const Entry*> sorted(size_);
    for (size_t i = 0; i < size_; ++i) sorted[i] = &entry(i);
    std::sort(sorted.begin(), sorted.end(),
              [](const Entry* a, const Entry* b) { return a->text() < b->text(); });
    return sorted;
  }

  size_t HeapBytes() const {
    return heap_ + slots_.capacity() * sizeof(uint32_t) + blocks_.capacity() * sizeof(blocks_[0]) +
           texts_.capacity() * sizeof(texts_[0]);
  }

 private:
  static constexpr size_t kBlockEntries = 2048;
  static constexpr size_t kLinear = 8;  // So few entries are searched one by one.
  static constexpr size_t kLargestText = 64U << 10U;

  Entry& At(size_t index) { return blocks_[index / kBlockEntries][index % kBlockEntries]; }

  Entry* Find(std::string_view text, uint32_t hash, size_t* slot) {
    const auto is_it = [&](const Entry& e) { return e.hash == hash && e.text() == text; };
    if (slots_.empty()) {
      for (size_t i = 0; i < size_; ++i) {
        if (is_it(At(i))) return &At(i);
      }
      return nullptr;
    }
    const size_t mask = slots_.size() - 1;
    for (*slot = hash & mask; slots_[*slot] != 0; *slot = (*slot + 1) & mask) {
      if (Entry& e = At(slots_[*slot] - 1); is_it(e)) return &e;
    }
    return nullptr;
  }

  // Room for one more entry. The first block grows by doubling, all others are of full size.
  Entry& Append() {
    if (size_ == capacity_) {
      if (capacity_ < kBlockEntries) {
        const size_t grown = capacity_ == 0 ? 2 : capacity_ * 2;
        auto block = std::make_unique<Entry[]>(grown);
        if (capacity_ > 0) std::copy_n(blocks_[0].get(), capacity_, block.get());
        if (blocks_.empty()) blocks_.emplace_back();
        blocks_[0] = std::move(block);
        heap_ += (grown - capacity_) * sizeof(Entry);
        capacity_ = grown;
      } else {
        blocks_.push_back(std::make_unique<Entry[]>(kBlockEntries));
        heap_ += kBlockEntries * sizeof(Entry);
        capacity_ += kBlockEntries;
      }
    }
    return At(size_++);
  }

  void Rehash() {
    const size_t size = std::max<size_t>(32, slots_.size() * 2);
    slots_ = std::vector<uint32_t>();  // The old index is not needed to make the new one.
    slots_.resize(size, 0);
    for (size_t i = 0; i < size_; ++i) {
      size_t slot = At(i).hash & (size - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
      slots_[slot] = static_cast<uint32_t>(i + 1);
    }
  }

  const char* Copy(std::string_view text) {
    if (text.empty()) return "";
    if (text.size() > text_left_) {
      const size_t bytes =
          std::max(text.size(), std::min(kLargestText, std::max<size_t>(32, 2 * last_text_)));
      texts_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
      heap_ += bytes;
      text_at_ = texts_.back().get();
      text_left_ = bytes;
      last_text_ = std::min(bytes, kLargestText);
    }
    char* to = text_at_;
    std::memcpy(to, text.data(), text.size());
    text_at_ += text.size();
    text_left_ -= text.size();
    return to;
  }

  std::vector<std::unique_ptr<Entry[]>> blocks_;
  std::vector<std::unique_ptr<char[]>> texts_;
  std::vector<uint32_t> slots_;  // Open addressing: 0 is free, otherwise the entry's number + 1.
  char* text_at_ = nullptr;
  size_t text_left_ = 0;
  size_t last_text_ = 0;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t heap_ = 0;
};

}  // namespace spelk::functions
