// RowSlots: what the slots of rows hold. Where many searches ask for many fields there are
// thousands of slots, of which an event fills a few dozen.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "io/json_text.h"

namespace spelk::exec {

class RowSlots {
 public:
  void Clear();
  // A row with those of the slots that are not absent.
  void Add(std::span<const io::RawValue> slots, std::span<const uint32_t> filled);
  size_t size() const { return rows_.size(); }
  // Once a row is added.
  size_t BytesWith(size_t slots, size_t filled) const;

  const io::RawValue& At(uint32_t row, size_t slot) const {
    static const io::RawValue kAbsent;
    const Row& of_row = rows_[row];
    const size_t word = slot / kBits;
    if (word >= of_row.words) return kAbsent;
    const Word& known = words_[of_row.first_word + word];
    const uint64_t bit = uint64_t{1} << (slot % kBits);
    if ((known.filled & bit) == 0) return kAbsent;
    return values_[known.first_value +
                   static_cast<size_t>(std::popcount(known.filled & (bit - 1)))];
  }

 private:
  static constexpr size_t kBits = 64;
  struct Word {
    uint64_t filled = 0;
    size_t first_value = 0;  // Into values_: of the first slot that is filled.
  };
  struct Row {
    size_t first_word;
    size_t words;  // Slots beyond are absent.
  };

  std::vector<Row> rows_;
  std::vector<Word> words_;
  std::vector<io::RawValue> values_;  // In the order of the slots.
};

}  // namespace spelk::exec
