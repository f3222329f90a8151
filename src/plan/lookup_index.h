// LookupIndex: which rows of a lookup table match given values.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/string_map.h"
#include "plan/lookup.h"
#include "plan/table.h"

namespace spelk::plan {

class CellIndex;

// Immutable but for its notes, shared by all workers. Exact columns are one hash probe; patterns
// are found by the three-letter pieces that they must hold, blocks of addresses by their prefixes.
class LookupIndex {
 public:
  // `columns` are those that values will be given for, each named once; they are columns of the
  // table. InvalidArgument if the lookup's column of times is none.
  // `counts`: remember which rows were found.
  static absl::StatusOr<LookupIndexPtr> Make(TablePtr table, const Lookup& lookup,
                                             const std::vector<std::string>& columns,
                                             absl::TimeZone zone, MemoryBudget* budget,
                                             bool counts = false);
  ~LookupIndex();

  // The rows that match: at most max_matches, in the order of the table, those of a table of times
  // newest first. `values` holds a value for each column, none of them null or multivalue; `time`
  // is the event's, in seconds, and matters to tables of times only: without it no row matches.
  // True if there were more.
  bool Find(std::span<const Value> values, std::optional<double> time,
            std::vector<uint32_t>* rows) const;

  const Table& table() const { return *table_; }
  // Whether the row was ever found, of an index that counts.
  bool WasFound(size_t row) const {
    return found_ != nullptr && found_[row].load(std::memory_order_relaxed);
  }

  // Notes of those that have no other way to warn: rows that match were left out, or combinations
  // were not looked up.
  enum Note : uint8_t { kMatchesCut = 1, kIncomplete = 2 };
  void Add(Note note) const { notes_.fetch_or(note, std::memory_order_relaxed); }
  bool Has(Note note) const { return (notes_.load(std::memory_order_relaxed) & note) != 0; }

 private:
  explicit LookupIndex(MemoryBudget* budget);
  absl::Status IndexCells(const Lookup& lookup, const std::vector<std::string>& columns);
  absl::Status IndexTimes(const Lookup& lookup, absl::TimeZone zone);
  absl::Status Reserve(size_t bytes);
  std::span<const uint32_t> RowsOf(std::span<const Value> values) const;
  std::vector<uint32_t> Intersected(std::span<const Value> values) const;
  void SortByTime(std::vector<uint32_t>* rows) const;
  std::span<const uint32_t> RowsAt(double time, std::span<const uint32_t> rows) const;

  TablePtr table_;
  bool ignore_case_ = false;
  size_t max_matches_ = 0;
  std::vector<size_t> exact_;          // Into the columns that values are given for.
  std::vector<size_t> exact_columns_;  // Of the table.
  StringMap<std::vector<uint32_t>> by_key_;
  struct Other {
    size_t place = 0;
    std::unique_ptr<const CellIndex> index;
  };
  std::vector<Other> others_;
  bool timed_ = false;
  std::vector<std::optional<double>> times_;  // Of the rows.
  double min_offset_ = 0;
  double max_offset_ = 0;
  mutable std::atomic<uint8_t> notes_{0};
  std::unique_ptr<std::atomic<bool>[]> found_;  // Null unless it counts; marked by any worker.
  Reservation reservation_;
};

}  // namespace spelk::plan
