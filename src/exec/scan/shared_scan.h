// SharedScan: what several plans of one pass want of the same events, computed once: the fields
// that knowledge adds, and the conditions that more than one of them asks.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "exec/scan/column_computer.h"
#include "exec/scan/compiled_scan.h"
#include "exec/scan/event_kinds.h"
#include "exec/scan/field_events.h"
#include "exec/scan/scan_rows.h"
#include "plan/eval/evaluator.h"

namespace spelk::exec {

// Rows of a batch, a bit for each.
class RowMarks {
 public:
  void Clear() { words_.clear(); }
  void Reset(size_t rows) { words_.assign((rows + 63) / 64, 0); }
  bool empty() const { return words_.empty(); }
  void Add(const std::vector<uint32_t>& rows) {
    for (const uint32_t row : rows) words_[row / 64] |= uint64_t{1} << (row % 64);
  }
  void Add(const RowMarks& other) {
    for (size_t w = 0; w < words_.size(); ++w) words_[w] |= other.words_[w];
  }
  bool Has(uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1U) != 0; }
  std::vector<uint32_t> Rows() const;

 private:
  std::vector<uint64_t> words_;
};

// Belongs to one worker. For the plans of a CompiledScan that are in a group.
class SharedScan {
 public:
  // The scan has a Shared part.
  static absl::StatusOr<std::unique_ptr<SharedScan>> Make(const CompiledScan& scan);
  ~SharedScan();

  // Takes a batch; `rows_of_plan`: the rows that each plan wants; it loses those whose kind does
  // not concern it. Both outlive Finish().
  using RowsOfPlans = std::vector<std::vector<uint32_t>*>;
  absl::Status Start(ScanRows& rows, const RowsOfPlans& rows_of_plan);
  void Finish();

  // Of the rows that the plan wants those that meet its shared conditions.
  std::vector<uint32_t> RowsOf(size_t plan) const;
  // A field of the scan, for some rows.
  absl::StatusOr<Column> ColumnOf(size_t field, const std::vector<uint32_t>& rows, Arena& arena);
  // What the columns stand in.
  const BatchMemoryPtr& memory() const;

 private:
  struct Condition {
    std::unique_ptr<plan::Evaluator> evaluator;
    RowMarks met;  // Of the batch at hand; empty: no plan asks.
  };
  struct Taken;  // The batch at hand.

  explicit SharedScan(const CompiledScan& scan);
  absl::Status ApplyRules();
  absl::Status Judge(size_t condition);

  const CompiledScan& scan_;
  std::unique_ptr<EventKinds> kinds_;  // May be null.
  std::unique_ptr<ColumnComputer> rules_;
  std::vector<Condition> conditions_;
  std::unique_ptr<Taken> taken_;
};

}  // namespace spelk::exec
