// RowRank: where a row stands in the order of the result.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "base/bytes.h"

namespace spelk::plan {

// The place of a batch in the order of its stream. Compares only; the numbers mean nothing else, as
// they depend on how the input was cut.
struct Position {
  uint64_t morsel = 0;
  uint32_t batch = 0;  // Within the morsel.

  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

// The least comes first: newest first where the stream is ordered by time (events without time
// last), ties and everything else by position.
struct RowRank {
  // Negated microseconds; kNoTime for an event without time; 0 throughout where time plays no part.
  static constexpr int64_t kNoTime = std::numeric_limits<int64_t>::max();
  int64_t age = 0;
  Position position;
  uint32_t row = 0;
  uint32_t value = 0;  // Which value of a multivalue.

  friend constexpr auto operator<=>(const RowRank&, const RowRank&) = default;

  void Save(ByteWriter& out) const {
    out.Fixed(age);
    out.Fixed(position.morsel);
    out.Fixed(position.batch);
    out.Fixed(row);
    out.Fixed(value);
  }
  static RowRank Load(ByteReader& in) {
    RowRank rank;
    rank.age = in.Fixed<int64_t>();
    rank.position.morsel = in.Fixed<uint64_t>();
    rank.position.batch = in.Fixed<uint32_t>();
    rank.row = in.Fixed<uint32_t>();
    rank.value = in.Fixed<uint32_t>();
    return rank;
  }
};

}  // namespace spelk::plan
