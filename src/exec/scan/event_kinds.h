// EventKinds: which plans of a pass an event may concern, told by its kind: its names and the
// numbers (event ids, say) that many plans ask for. Events are of few kinds, so what a kind says is
// found out once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "exec/scan/column_computer.h"
#include "exec/scan/compiled_scan.h"
#include "exec/scan/scan_rows.h"
#include "plan/eval/evaluator.h"

namespace spelk::exec {

// For the plans of a scan that shares rules; null if no kind would say anything.
std::unique_ptr<CompiledScan::Kinds> MakeKinds(const CompiledScan& scan, FieldTable& fields);

// Belongs to one worker.
class EventKinds {
 public:
  // The scan has kinds.
  static absl::StatusOr<std::unique_ptr<EventKinds>> Make(const CompiledScan& scan);

  // Tells the kinds of a batch.
  absl::Status Start(ScanRows& rows);
  // Leaves the rows that may concern the plan.
  void KeepFor(size_t plan, std::vector<uint32_t>* rows) const;
  // Takes the rows whose kind makes the condition true out of `rows`, and adds them to `met`.
  void TakeMet(size_t condition, std::vector<uint32_t>* rows, std::vector<uint32_t>* met) const;

 private:
  static constexpr uint32_t kNoKind = UINT32_MAX;  // Of events of which nothing is known.
  // Where there are more, they tell nothing apart, and are no longer told.
  static constexpr size_t kMostKinds = 4096;
  static constexpr size_t kLongestKey = 1024;

  explicit EventKinds(const CompiledScan& scan) : kinds_(*scan.shared->kinds) {}
  absl::StatusOr<uint32_t> KindOf(uint32_t row, const ScanColumns& columns);
  absl::StatusOr<uint32_t> AddKind(uint32_t row, const ScanColumns& columns);

  const CompiledScan::Kinds& kinds_;
  std::unique_ptr<ColumnComputer> rules_;
  std::vector<std::unique_ptr<plan::Evaluator>> bounds_;
  StringMap<uint32_t> by_key_;
  std::string key_;
  // Of each kind, a bit for each bound that it meets.
  std::vector<std::vector<bool>> met_;
  std::vector<uint32_t> of_row_;
};

}  // namespace spelk::exec
