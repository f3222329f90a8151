// ScanRules: applies what knowledge says of events to the columns of a scan.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "exec/run_context.h"
#include "plan/eval/evaluator.h"
#include "plan/field_rule.h"
#include "value/batch.h"
#include "value/regex.h"
#include "value/schema.h"

namespace spelk::exec {

// The columns of a batch being made, each read when it is first asked for.
class ScanColumns {
 public:
  // Gives a column some of its rows, in an array with an entry for each row.
  using Read = std::function<absl::Status(size_t column, std::span<const uint32_t> rows,
                                          std::span<Value> values)>;
  // `rows`: those that are read.
  ScanColumns(SchemaPtr schema, size_t physical_rows, const std::vector<uint32_t>& rows,
              BatchMemoryPtr memory, Read read);

  absl::Status Require(size_t column);
  // After Require.
  const Column& column(size_t index) const { return columns_[index]; }
  // Gives some rows of a column other values, after Require. Columns taken before keep theirs.
  absl::Status Change(size_t column, std::span<const uint32_t> rows, const Column& values);
  // As Change, with what another column has there. That is read for these rows only.
  absl::Status CopyInto(size_t target, size_t column, std::span<const uint32_t> rows);

  const SchemaPtr& schema() const { return schema_; }
  size_t physical_rows() const { return physical_rows_; }
  const BatchMemoryPtr& memory() const { return memory_; }
  // Those that were read; the others are null.
  const std::vector<Column>& columns() const { return columns_; }
  // From now on what has been handed out is not changed, but copied.
  void Share() { std::fill(own_.begin(), own_.end(), std::span<Value>()); }

 private:
  absl::StatusOr<std::span<Value>> NewValues();
  absl::Status MakeOwn(size_t column);

  SchemaPtr schema_;
  size_t physical_rows_;
  const std::vector<uint32_t>& rows_;
  BatchMemoryPtr memory_;
  Read read_;
  std::vector<Column> columns_;
  std::vector<std::span<Value>> own_;  // The values of columns that nobody shares.
  std::vector<bool> known_;
  std::vector<Value> cells_;
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
  static absl::Status Prepare(const Schema& schema, const RunContext& run, Rule* rule);
  absl::StatusOr<std::vector<uint32_t>> RowsFor(Rule& rule, const std::vector<uint32_t>& rows,
                                                ScanColumns* columns);
  static absl::Status Calculate(Rule& rule, const std::vector<uint32_t>& rows,
                                const std::vector<Column>& before, ScanColumns* columns);
  absl::Status ApplyAlone(Rule& rule, const std::vector<uint32_t>& rows, ScanColumns* columns);
  absl::Status ApplyTogether(std::span<Rule> rules, const std::vector<uint32_t>& rows,
                             ScanColumns* columns);

  std::vector<Rule> rules_;
};

}  // namespace spelk::exec
