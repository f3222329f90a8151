// WideRows: every field of some events, for plans that read them all or take them by pattern.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/string_map.h"
#include "exec/run_context.h"
#include "io/json_reader.h"
#include "plan/nodes.h"
#include "plan/shape.h"
#include "value/column.h"

namespace spelk::exec {

// Collects the fields of the rows of one batch.
class WideRows final : public io::FieldTaker {
 public:
  WideRows(const plan::ScanNode& node, const RunContext& run, size_t rows, Arena& arena);

  // `shape` is the event's, `wrapper` that of what it was wrapped in; both may be null. A pattern
  // that asks for more than everything takes the names without their prefixes, too.
  absl::Status Add(std::string_view event, uint32_t row, const plan::Shape* shape,
                   const plan::Shape* wrapper, io::JsonFlattener& flattener);

  // Puts the columns into a batch's: in the order in which the events have them, then those that
  // only knowledge gave. A column that the batch has already stays as it is.
  void MergeInto(std::vector<Field>& fields, std::vector<Column>& columns) const;

  void Take(std::string_view name, const io::RawValue& raw, uint32_t array) override;

 private:
  struct WideColumn {
    Field field;  // Null for a name that no pattern takes.
    Value* values = nullptr;
    uint32_t row = UINT32_MAX;
    uint32_t array = 0;
    bool shortened = false;  // The value of the row stands below a prefix.
    std::vector<Value> more;
  };

  bool Wanted(std::string_view name, bool shortened) const;
  WideColumn* Find(std::string_view name, bool shortened);
  void TakeAs(bool shortened, std::string_view name, const io::RawValue& raw, uint32_t array);

  const plan::ScanNode& node_;
  const RunContext& run_;
  const size_t rows_;
  Arena& arena_;
  const bool shortens_;  // Some pattern asks for part of the names.
  uint32_t row_ = 0;
  std::array<const plan::Shape*, 2> shapes_ = {};
  absl::Status status_;
  std::deque<WideColumn> columns_;
  StringMap<size_t> by_name_;
  StringMap<size_t> by_short_name_;
};

}  // namespace spelk::exec
