// Slots as bits, their values by rank.
#include "exec/scan/row_slots.h"

#include <algorithm>

namespace spelk::exec {

void RowSlots::Clear() {
  rows_.clear();
  words_.clear();
  values_.clear();
}

size_t RowSlots::BytesWith(size_t slots, size_t filled) const {
  return (rows_.size() + 1) * sizeof(Row) + (words_.size() + slots / kBits + 1) * sizeof(Word) +
         (values_.size() + filled) * sizeof(io::RawValue);
}

void RowSlots::Add(std::span<const io::RawValue> slots, std::span<const uint32_t> filled) {
  size_t end = 0;
  for (const uint32_t slot : filled) end = std::max(end, size_t{slot} + 1);
  const Row row{words_.size(), (end + kBits - 1) / kBits};
  rows_.push_back(row);
  words_.resize(row.first_word + row.words);
  for (const uint32_t slot : filled) {
    words_[row.first_word + slot / kBits].filled |= uint64_t{1} << (slot % kBits);
  }
  size_t values = values_.size();
  for (size_t w = row.first_word; w < words_.size(); ++w) {
    words_[w].first_value = values;
    for (uint64_t left = words_[w].filled; left != 0; left &= left - 1) {
      const auto bit = static_cast<size_t>(std::countr_zero(left));
      values_.push_back(slots[(w - row.first_word) * kBits + bit]);
    }
    values = values_.size();
  }
}

}  // namespace spelk::exec
