// Quantiles: the numbers that a state saw, in order, each with how often.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/aggregate.h"

namespace spelk::functions {

// Exact up to a number of distinct numbers, and a histogram beyond it: the low bits of the numbers
// are dropped, as few as keep the buckets within that number. Which these are depends on the whole
// set of numbers alone, so the result does not depend on how it was divided and merged.
class Quantiles {
 public:
  static constexpr size_t kUnlimited = SIZE_MAX;
  explicit Quantiles(size_t most_buckets) : most_buckets_(most_buckets) {}

  // Not for NaN.
  void Add(double number);
  void Merge(const Quantiles& other);

  uint64_t count() const { return count_; }
  bool estimates() const {
    RoundOnAssignment();
    return shift_ > 0;
  }
  // The number at a rank, counted from 0 and less than count(). With `upper` the greatest that it
  // may have been; the same unless estimated.
  double At(uint64_t rank, bool upper = false) const;

  size_t heap_bytes() const {
    return sorted_.capacity() * sizeof(Bucket) + recent_.capacity() * sizeof(uint64_t);
  }
  void Save(ByteWriter& out) const;
  void Load(ByteReader& in);

 private:
  // Doubles as integers in the same order.
  struct Bucket {
    uint64_t key;
    uint64_t count;
  };

  // Sorts in what was added since the last time. Changes how the numbers are held, not what they
  // are.
  void RoundOnAssignment() const;
  void InsertOne(uint64_t key) const;
  void MergeBuckets(const std::vector<Bucket>& from) const;
  void Coarsen(unsigned shift) const;
  double NumberIn(uint64_t key, bool upper) const;

  size_t most_buckets_;
  mutable unsigned shift_ = 0;            // Bits dropped from the keys of sorted_.
  mutable std::vector<Bucket> sorted_;    // Ascending, keys differ.
  mutable std::vector<uint64_t> recent_;  // Whole keys in no order.
  uint64_t count_ = 0;
  uint64_t least_ = UINT64_MAX;  // Whole keys.
  uint64_t greatest_ = 0;
};

}  // namespace spelk::functions
