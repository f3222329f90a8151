// ScanRules: applies what knowledge says of events to the columns of a scan.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exec/run_context.h"
#include "plan/evaluator.h"
#include "plan/nodes.h"
#include "value/batch.h"
#include "value/regex.h"
#include "value/schema.h"

namespace spelk::exec {

// The columns of a batch being made, each read when it is first asked for.
class ScanColumns {
 public:
  using Read = std::function<absl::StatusOr<Column>(size_t column)>;
  ScanColumns(SchemaPtr schema, size_t physical_rows, BatchMemoryPtr memory, Read read);

  absl::Status Require(size_t column);
  // After Require.
  const Column& column(size_t index) const { return columns_[index]; }
  void Replace(size_t index, Column column);

  const SchemaPtr& schema() const { return schema_; }
  size_t physical_rows() const { return physical_rows_; }
  const BatchMemoryPtr& memory() const { return memory_; }
  // Those that were read; the others are null.
  const std::vector<Column>& columns() const { return columns_; }

 private:
  SchemaPtr schema_;
  size_t physical_rows_;
  BatchMemoryPtr memory_;
  Read read_;
  std::vector<Column> columns_;
  std::vector<bool> known_;
};

// Belongs to one worker.
class ScanRules {
 public:
  // `schema` has the targets, the fields that rules read, and sourcetype, source and host where
  // rules ask for them. The rules outlive this.
  static absl::StatusOr<std::unique_ptr<ScanRules>> Make(const std::vector<plan::FieldRule>& rules,
                                                         const Schema& schema,
                                                         const RunContext& run);
  ~ScanRules();

  // In order; those of a run of rules marked parallel_before see the values from before it.
  absl::Status Apply(const std::vector<uint32_t>& rows, ScanColumns* columns);

 private:
  struct Set;
  struct Rule;
  ScanRules() = default;
  static absl::StatusOr<Set> MakeSet(const plan::EventSet& events, const Schema& schema,
                                     const RunContext& run);
  absl::StatusOr<std::vector<uint32_t>> RowsFor(Rule& rule, const std::vector<uint32_t>& rows,
                                                ScanColumns* columns);
  absl::Status ApplyRule(Rule& rule, const std::vector<uint32_t>& taken,
                         const std::vector<uint32_t>& rows, const std::vector<Column>& before,
                         ScanColumns* columns);

  std::vector<Rule> rules_;
};

}  // namespace spelk::exec
