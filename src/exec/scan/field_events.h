// FieldEvents: the events of a batch being made, with some fields of the scan as columns.
#pragma once

#include <vector>

#include "exec/scan/column_computer.h"
#include "exec/scan/scan_rows.h"

namespace spelk::exec {

class FieldEvents final : public ScanEvents {
 public:
  // `fields`: into those of the scan, one for each column. All outlive it.
  FieldEvents(const std::vector<size_t>& fields, ScanRows& rows, Arena& arena)
      : fields_(fields), rows_(rows), arena_(arena) {}
  absl::Status Read(size_t column, std::span<const uint32_t> rows,
                    std::span<Value> values) override {
    return rows_.Resolve(fields_[column], rows, arena_, values);
  }
  std::optional<bool> HasValue(size_t column, uint32_t row) const override {
    return rows_.HasValue(fields_[column], row);
  }
  bool HasText(size_t column, uint32_t row) const override {
    return rows_.HasText(fields_[column], row);
  }
  uint32_t NamesOf(uint32_t row) override { return rows_.NamesOf(row); }
  uint64_t names_generation() const override { return rows_.names_generation(); }

 private:
  const std::vector<size_t>& fields_;
  ScanRows& rows_;
  Arena& arena_;
};

}  // namespace spelk::exec
