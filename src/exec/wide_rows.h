// WideRows: every field of events, as columns.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/string_map.h"
#include "exec/run_context.h"
#include "io/json_reader.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::exec {

// Every field of an event, for plans that read them all.
class WideRows final : public io::FieldTaker {
 public:
  WideRows(const plan::ScanNode& node, const RunContext& run, size_t rows, Arena& arena)
      : node_(node), run_(run), rows_(rows), arena_(arena) {}

  absl::Status Add(std::string_view line, uint32_t row, io::JsonFlattener& flattener);

  void Take(std::string_view name, const io::RawValue& raw, uint32_t array) override;

  // Puts the columns into a batch's: in the order in which the events have them, then those that
  // only knowledge gave. A column that the batch has already stays as it is.
  void MergeInto(std::vector<Field>& fields, std::vector<Column>& columns) const;

 private:
  struct WideColumn {
    Field field;  // Null for a name that no pattern takes.
    Value* values = nullptr;
    uint32_t row = UINT32_MAX;
    uint32_t array = 0;
    std::vector<Value> more;
  };

  bool Wanted(std::string_view name) const;

  WideColumn* Find(std::string_view name);

  const plan::ScanNode& node_;
  const RunContext& run_;
  const size_t rows_;
  Arena& arena_;
  uint32_t row_ = 0;
  absl::Status status_;
  std::deque<WideColumn> columns_;
  StringMap<size_t> by_name_;
};

}  // namespace spelk::exec
