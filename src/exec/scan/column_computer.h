// ColumnComputer: applies what knowledge says of events to the columns of a scan.
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
#include "exec/scan/event_sets.h"
#include "plan/computed_columns.h"
#include "plan/eval/evaluator.h"
#include "value/batch.h"
#include "value/regex.h"
#include "value/schema.h"

namespace spelk::exec {

// The events of a batch being made, as those who compute columns ask for them.
class ScanEvents {
 public:
  virtual ~ScanEvents() = default;
  // Gives a column some of its rows, in an array with an entry for each row.
  virtual absl::Status Read(size_t column, std::span<const uint32_t> rows,
                            std::span<Value> values) = 0;
  // Whether an event has a value there, if that can be told without decoding it.
  virtual std::optional<bool> HasValue(size_t column, uint32_t row) const = 0;
  // Whether an event has a text of its own in the column of _raw.
  virtual bool HasText(size_t column, uint32_t row) const = 0;
  // Events with the same number have the same sourcetype, source and host. Numbers are few, and
  // hold as long as the generation does.
  virtual uint32_t NamesOf(uint32_t row) = 0;
  virtual uint64_t names_generation() const = 0;
};

// The columns of a batch being made, each read where and when it is first asked for.
class ScanColumns {
 public:
  // `rows`: those that are in the batch.
  ScanColumns(SchemaPtr schema, size_t physical_rows, const std::vector<uint32_t>& rows,
              BatchMemoryPtr memory, ScanEvents& events);

  absl::Status Require(size_t column) { return Require(column, rows_); }
  // Some rows of it.
  absl::Status Require(size_t column, std::span<const uint32_t> rows);
  // Nobody has asked for any row of it, or changed one.
  bool untouched(size_t column) const { return !complete_[column] && known_[column].empty(); }
  // What was required.
  const Column& column(size_t index) const { return columns_[index]; }
  // Gives some rows of a column other values. Columns taken before keep theirs.
  absl::Status Change(size_t column, std::span<const uint32_t> rows, const Column& values);
  // Leaves the rows in which the column is null, or those in which it is not.
  absl::Status Keep(size_t column, bool null, std::vector<uint32_t>* rows);

  // Those that are in the batch.
  const std::vector<uint32_t>& rows() const { return rows_; }
  ScanEvents& events() const { return events_; }
  const SchemaPtr& schema() const { return schema_; }
  size_t physical_rows() const { return physical_rows_; }
  const BatchMemoryPtr& memory() const { return memory_; }
  // Null in the rows that were not required.
  const std::vector<Column>& columns() const { return columns_; }
  // From now on what has been handed out is not changed, but copied.
  void Share() { std::fill(own_.begin(), own_.end(), std::span<Value>()); }

 private:
  bool Knows(size_t column, uint32_t row) const {
    return complete_[column] || (!known_[column].empty() && known_[column][row]);
  }
  absl::Status MakeOwn(size_t column);
  absl::StatusOr<bool> IsNull(size_t column, uint32_t row);

  SchemaPtr schema_;
  size_t physical_rows_;
  const std::vector<uint32_t>& rows_;
  BatchMemoryPtr memory_;
  ScanEvents& events_;
  std::vector<Column> columns_;
  std::vector<std::span<Value>> own_;     // The values of columns that nobody shares.
  std::vector<bool> complete_;            // All rows are known.
  std::vector<std::vector<bool>> known_;  // Otherwise these; empty: none.
  std::vector<uint32_t> unknown_;
};

class OpenFields;

// Belongs to one worker.
class ColumnComputer {
 public:
  // `schema` has the targets, the fields that rules read, and sourcetype, source and host where
  // rules ask for them. The rules and `run` outlive this. What computes a rule's values is made
  // when the first event comes that the rule is for: most are for events that do not come.
  static absl::StatusOr<std::unique_ptr<ColumnComputer>> Make(
      const plan::ComputedColumnsList& rules, const Schema& schema, const RunContext& run);
  ~ColumnComputer();

  // In order; those of a run of rules marked parallel_before see the values from before it.
  absl::Status Apply(const std::vector<uint32_t>& rows, ScanColumns* columns);
  using RowsOf = std::function<const std::vector<uint32_t>&(size_t rule)>;
  // The same with rows for each rule: those in which somebody reads what it makes.
  absl::Status ApplyEach(const RowsOf& rows, ScanColumns* columns);
  // Some rule gives fields that only texts name, to whoever reads all fields.
  bool open() const { return open_; }
  // Adds those of an event, after Apply.
  absl::Status AddOpen(uint32_t row, ScanColumns* columns, OpenFields* fields);

 private:
  struct Rule;
  explicit ColumnComputer(const RunContext& run);
  absl::Status Prepare(const Schema& schema, Rule* rule) const;
  absl::StatusOr<std::vector<uint32_t>> EventsOf(Rule& rule, std::vector<uint32_t> rows,
                                                 ScanColumns* columns);
  static absl::Status KeepLacking(const std::vector<size_t>& targets, ScanColumns* columns,
                                  std::vector<uint32_t>* rows);
  absl::StatusOr<std::vector<uint32_t>> RowsFor(Rule& rule, const std::vector<uint32_t>& rows,
                                                ScanColumns* columns);
  absl::Status Calculate(Rule& rule, const std::vector<uint32_t>& rows,
                         const std::vector<Column>& before, ScanColumns* columns) const;
  absl::Status ApplyAlone(Rule& rule, const std::vector<uint32_t>& rows, ScanColumns* columns);
  absl::Status ApplyTogether(size_t begin, size_t end, const RowsOf& rows, ScanColumns* columns);

  const RunContext& run_;
  std::vector<Rule> rules_;
  bool open_ = false;
  // Of the batch at hand, from when a rule first asks for them: events that have all fields
  // themselves are not asked for their names.
  std::optional<BatchNames> names_;
};

}  // namespace spelk::exec
