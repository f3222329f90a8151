// Table: rows of texts in memory, by columns: what lookups, CSV files and collections hold.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "base/string_map.h"
#include "io/byte_sink.h"
#include "plan/services.h"
#include "value/value.h"

namespace spelk::plan {

// Immutable; owns all it needs, reserved from the budget of the run. A cell is a text, a multivalue
// of texts, or null: an empty cell of a file is no value.
class Table {
 public:
  // Cells of a column lie together in stretches of so many rows.
  static constexpr size_t kStretch = 2048;

  const std::vector<std::string>& columns() const { return columns_; }
  std::optional<size_t> Find(std::string_view column) const;
  size_t rows() const { return rows_; }
  const Value& At(size_t column, size_t row) const {
    return cells_[column][row / kStretch][row % kStretch];
  }
  // The cells of rows `begin` … `begin + count - 1`, which are of one stretch.
  std::span<const Value> Cells(size_t column, size_t begin, size_t count) const {
    return {cells_[column][begin / kStretch] + begin % kStretch, count};
  }

 private:
  friend class TableBuilder;
  explicit Table(MemoryBudget* budget) : arena_(budget) {}

  std::vector<std::string> columns_;
  StringMap<size_t> by_name_;
  std::vector<std::vector<Value*>> cells_;  // By column, then by stretch.
  size_t rows_ = 0;
  Arena arena_;
};

// Makes a table row by row. When the budget is used up, Finish says so.
class TableBuilder {
 public:
  // `what` is named in messages about memory: "the lookup table users.csv". Names that come twice
  // are the first of them.
  TableBuilder(std::vector<std::string> columns, MemoryBudget* budget, std::string what);

  // Of the column of that name, made if there is none: earlier rows have no value there.
  size_t ColumnOf(std::string_view name);
  // A row of nulls, which Set fills in.
  void AddRow();
  // Of the last row. Numbers and Booleans become their texts.
  void Set(size_t column, const Value& value);
  void SetText(size_t column, std::string_view text);

  // Of the column of that name; nothing if there is none.
  std::optional<size_t> Find(std::string_view name) const { return table_->Find(name); }
  // Leaves these columns, in this order; those that there were not hold nothing.
  void Keep(const std::vector<std::string_view>& names);

  size_t rows() const { return table_->rows_; }
  // Ok, or ResourceExhausted.
  absl::Status status() const { return table_->arena_.status(what_); }
  absl::StatusOr<TablePtr> Finish();

 private:
  Value* NewStretch();
  Value TextFor(const Value& value);

  std::shared_ptr<Table> table_;
  std::string what_;
};

// A CSV text with its header line as a table. Where a file has columns `__mv_NAME` beside NAME,
// their encoded values ($a$;$b$) are the multivalues of NAME, and they are no columns themselves.
// InvalidArgument names `what` and the line.
absl::StatusOr<TablePtr> ReadCsvTable(std::string_view text, MemoryBudget* budget,
                                      std::string what);
// The columns of such a text, of which only the beginning need be there.
absl::StatusOr<std::vector<std::string>> ReadCsvColumns(std::string_view text,
                                                        std::string_view what);

// Writes the table as CSV. With `multivalues` a column `__mv_NAME` follows each column that has
// any; the values of a multivalue stand in its cell, a line each, in either case.
absl::Status WriteCsvTable(const Table& table, bool multivalues, io::ByteSink& sink);
// Writes each row as a JSON object on a line of its own: nulls are left out, _time is a number.
absl::Status WriteJsonLines(const Table& table, io::ByteSink& sink);

}  // namespace spelk::plan
