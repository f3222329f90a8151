// RangedRows: rows that a sink keeps, with the range of their numbers, by which they are divided
// when all were seen.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "base/bytes.h"
#include "base/status.h"

namespace spelk::exec {

// `Store` is a Spool or a Sorter.
template <class Store>
struct RangedRows {
  explicit RangedRows(Store store) : rows(std::move(store)) {}
  Store rows;
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Widen(double low_value, double high_value) {
    low = std::min(low, low_value);
    high = std::max(high, high_value);
  }
  absl::Status Merge(RangedRows other) {
    Widen(other.low, other.high);
    return rows.Merge(std::move(other.rows));
  }
  absl::Status Save(ByteWriter& out) {
    out.Double(low);
    out.Double(high);
    return rows.Save(out);
  }
  absl::Status Load(ByteReader& in) {
    low = in.Double();
    high = in.Double();
    return rows.Load(in);
  }
};

}  // namespace spelk::exec
