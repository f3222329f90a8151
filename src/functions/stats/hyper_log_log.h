// HyperLogLog: an estimate of how many distinct hashes were seen, in fixed memory.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace spelk::functions {

// 2^precision registers of one byte. Merging takes the greater register, so neither the order nor
// the grouping of merges shows.
class HyperLogLog {
 public:
  explicit HyperLogLog(unsigned precision);

  void Add(uint64_t hash);
  // `other` has the same precision.
  void Merge(const HyperLogLog& other);
  // Ertl's improved raw estimator, which needs no table of corrections.
  double Estimate() const;
  // The relative standard error that estimates of this precision have.
  double Error() const;

  void Save(ByteWriter& out) const;
  // False, with the reader failed, for damaged bytes.
  bool Load(ByteReader& in);
  size_t heap_bytes() const { return registers_.capacity(); }

 private:
  unsigned precision_;
  std::vector<uint8_t> registers_;
};

}  // namespace spelk::functions
