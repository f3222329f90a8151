// DynamicColumns: every field of some events, for plans that read them all or take them by pattern.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "exec/run_context.h"
#include "exec/scan/open_fields.h"
#include "io/json_flattener.h"
#include "plan/event_layout.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::exec {

// The columns come in the order in which fields were first met; where they stand in a result is for
// FieldOrder.
class DynamicColumns final : public io::FieldVisitor {
 public:
  DynamicColumns(const plan::ScanNode& node, const RunContext& run, Arena& arena);

  // Adds an event; false if it belongs to other DynamicColumns, as these are sparse. `shape` is the
  // event's, `wrapper` that of what it was wrapped in; both may be null. A pattern that asks for
  // more than everything takes the names without their prefixes, too.
  // `open`: what texts of the event name beside its members, which come first and win.
  absl::StatusOr<bool> Add(std::string_view event, const plan::EventLayout* shape,
                           const plan::EventLayout* wrapper, io::JsonFlattener& flattener,
                           const OpenFields& open);
  size_t rows() const { return rows_; }
  // Most of what is here are places without a value: events that follow belong elsewhere.
  bool sparse() const;
  // The values of a field so far; rows after the last one that has it are left out. Empty if no
  // event here has it.
  std::span<const Value> ValuesOf(Field field) const;

  // Puts the columns into those of a batch that has the same rows: those of the events, then those
  // that only knowledge gave. A column that the batch has already stays as it
  // is.
  absl::Status MergeInto(std::vector<Field>& fields, std::vector<Column>& columns);

  void Take(std::string_view name, const io::RawValue& raw, uint32_t array) override;

 private:
  struct WideColumn {
    Field field;              // Null for a name that no pattern takes.
    std::span<Value> values;  // Grows with the rows.
    size_t row = SIZE_MAX;    // The last row with a value.
    uint32_t array = 0;
    size_t rank = 0;  // Of the value of the row: of several that are there the least.
    std::vector<Value> more;
    std::vector<Value> added;  // To what the system says; of the row `added_row`.
    size_t added_row = SIZE_MAX;
  };

  bool Wanted(std::string_view name, bool shortened) const;
  WideColumn* Find(std::string_view name, bool shortened);
  bool Grow(WideColumn* column, size_t rows);
  void JoinValues(WideColumn* column);
  void TakeAs(size_t rank, std::string_view name, const io::RawValue& raw, uint32_t array,
              bool adds = false);
  void TakeOpen(const OpenFields& open);
  bool TakeBelow(const plan::EventLayout& shape, std::string_view name, const io::RawValue& raw,
                 uint32_t array);

  const plan::ScanNode& node_;
  const RunContext& run_;
  Arena& arena_;
  const bool shortens_;  // Some pattern asks for part of the names.
  size_t rows_ = 0;
  size_t values_ = 0;
  std::array<const plan::EventLayout*, 2> shapes_ = {};
  absl::Status status_;
  std::deque<WideColumn> columns_;
  StringMap<size_t> by_name_;
  StringMap<size_t> by_short_name_;
  std::vector<WideColumn*> order_;  // Those that are wanted.
};

}  // namespace spelk::exec
