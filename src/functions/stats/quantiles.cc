// Buckets, their merging, and the numbers they stand for.
#include "functions/stats/quantiles.h"

#include <algorithm>
#include <bit>

namespace spelk::functions {
namespace {

constexpr uint64_t kSign = uint64_t{1} << 63U;

uint64_t KeyOf(double number) {
  const auto bits = std::bit_cast<uint64_t>(number + 0.0);  // -0 is 0.
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double NumberOfKey(uint64_t key) {
  return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key);
}

}  // namespace

void Quantiles::Add(double number) {
  const uint64_t key = KeyOf(number);
  least_ = std::min(least_, key);
  greatest_ = std::max(greatest_, key);
  ++count_;
  recent_.push_back(key);
  // Sorting in as many as there are already costs little for each.
  constexpr size_t kFew = 64;
  if (recent_.size() >= std::max(kFew, sorted_.size() / 2)) RoundOnAssignment();
}

void Quantiles::InsertOne(uint64_t key) const {
  const auto place =
      std::lower_bound(sorted_.begin(), sorted_.end(), key,
                       [](const Bucket& bucket, uint64_t wanted) { return bucket.key < wanted; });
  if (place != sorted_.end() && place->key == key) {
    ++place->count;
  } else {
    sorted_.insert(place, {key, 1});
  }
}

void Quantiles::MergeBuckets(const std::vector<Bucket>& from) const {
  std::vector<Bucket> merged;
  merged.reserve(sorted_.size() + from.size());
  const auto take = [&](const Bucket& bucket) {
    if (!merged.empty() && merged.back().key == bucket.key) {
      merged.back().count += bucket.count;
    } else {
      merged.push_back(bucket);
    }
  };
  auto a = sorted_.begin();
  for (const Bucket& bucket : from) {
    for (; a != sorted_.end() && a->key <= bucket.key; ++a) take(*a);
    take(bucket);
  }
  for (; a != sorted_.end(); ++a) take(*a);
  sorted_ = std::move(merged);
}

void Quantiles::RoundOnAssignment() const {
  if (recent_.empty()) return;
  if (recent_.size() * 16 < sorted_.size()) {
    for (const uint64_t key : recent_) InsertOne(key >> shift_);
  } else {
    std::sort(recent_.begin(), recent_.end());
    std::vector<Bucket> added;
    added.reserve(recent_.size());
    for (const uint64_t key : recent_) added.push_back({key >> shift_, 1});
    MergeBuckets(added);
  }
  recent_.clear();
  while (sorted_.size() > most_buckets_) Coarsen(shift_ + 1);
}

void Quantiles::Coarsen(unsigned shift) const {
  const unsigned more = shift - shift_;
  size_t kept = 0;
  for (size_t i = 0; i < sorted_.size(); ++i) {
    const Bucket bucket = {sorted_[i].key >> more, sorted_[i].count};
    if (kept > 0 && sorted_[kept - 1].key == bucket.key) {
      sorted_[kept - 1].count += bucket.count;
    } else {
      sorted_[kept++] = bucket;
    }
  }
  sorted_.resize(kept);
  shift_ = shift;
}

void Quantiles::Merge(const Quantiles& other) {
  RoundOnAssignment();
  other.RoundOnAssignment();
  count_ += other.count_;
  least_ = std::min(least_, other.least_);
  greatest_ = std::max(greatest_, other.greatest_);
  if (shift_ < other.shift_) Coarsen(other.shift_);
  if (other.shift_ < shift_) {
    Quantiles from = other;
    from.Coarsen(shift_);
    MergeBuckets(from.sorted_);
  } else {
    MergeBuckets(other.sorted_);
  }
  while (sorted_.size() > most_buckets_) Coarsen(shift_ + 1);
}

double Quantiles::NumberIn(uint64_t key, bool upper) const {
  if (shift_ == 0) return NumberOfKey(key);
  const uint64_t width = (uint64_t{1} << shift_) - 1;
  const uint64_t low = key << shift_;
  return NumberOfKey(std::clamp(low + (upper ? width : width / 2), least_, greatest_));
}

double Quantiles::At(uint64_t rank, bool upper) const {
  RoundOnAssignment();
  if (rank == 0) return NumberOfKey(least_);
  if (rank + 1 == count_) return NumberOfKey(greatest_);
  for (const Bucket& bucket : sorted_) {
    if (rank < bucket.count) return NumberIn(bucket.key, upper);
    rank -= bucket.count;
  }
  return NumberOfKey(greatest_);
}

void Quantiles::Save(ByteWriter& out) const {
  RoundOnAssignment();
  out.Byte(static_cast<uint8_t>(shift_));
  out.Fixed(least_);
  out.Fixed(greatest_);
  out.Varint(sorted_.size());
  uint64_t before = 0;
  for (const Bucket& bucket : sorted_) {
    out.Varint(bucket.key - before);
    out.Varint(bucket.count);
    before = bucket.key;
  }
}

void Quantiles::Load(ByteReader& in) {
  sorted_.clear();
  recent_.clear();
  count_ = 0;
  shift_ = std::min<unsigned>(in.Byte(), 63);
  least_ = in.Fixed<uint64_t>();
  greatest_ = in.Fixed<uint64_t>();
  const size_t buckets = in.Count(2);
  sorted_.reserve(buckets);
  uint64_t key = 0;
  for (size_t i = 0; i < buckets && !in.failed(); ++i) {
    const uint64_t step = in.Varint();
    const uint64_t times = in.Varint();
    if (key + step < key || (i > 0 && step == 0)) (void)in.Raw(UINT64_MAX);  // Not ascending.
    key += step;
    sorted_.push_back({key, times});
    count_ += times;
  }
  // Damaged bytes may hold anything; what is used must hold together all the same.
  if (in.failed() || sorted_.empty() || least_ > greatest_) {
    sorted_.clear();
    count_ = 0;
    least_ = UINT64_MAX;
    greatest_ = 0;
  }
}

}  // namespace spelk::functions
