// TransactionRows: transactions as rows, for the command transaction.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/transaction_groups.h"
#include "exec/operator.h"

namespace spelk::commands {

struct TransactionStyle {
  bool all_lists = false;          // mvlist: every field is a list of the events' values …
  std::vector<std::string> lists;  // … or these are.
  std::string null_text = "NULL";  // In a list, for an event without the field.
  bool raw_values = false;         // mvraw: _raw is a multivalue.
};

// Collects rows into batches. The fields of a row are in the order of their names; those that rows
// before did not have come last.
class TransactionRows {
 public:
  TransactionRows(const TransactionStyle& style, const exec::RunContext& run)
      : style_(style), run_(run), scratch_(run.budget) {
    Renew();
  }

  // The time of the earliest event, its date_* fields, what _raw, duration, eventcount … say, and
  // of all other fields the values of all events: distinct ones in the order of text, or lists in
  // the order of time.
  absl::Status Add(Transaction transaction, exec::Output& out);
  // An event that belongs to no transaction, as it is.
  absl::Status AddOrphan(const TransactionEvent& event, exec::Output& out);
  absl::Status Flush(exec::Output& out);

 private:
  using Row = std::map<std::string_view, std::pair<Field, Value>>;

  void AddField(std::string_view name, Value value, Row* row);
  void AddUnion(const std::vector<TransactionEvent>& events, Row* row);
  Value Union(const std::vector<TransactionEvent>& events, Field field);
  Value Listed(const std::vector<TransactionEvent>& events, Field field);
  Value Raw(const std::vector<TransactionEvent>& events, Field field);
  bool IsList(std::string_view name) const;
  Value MakeMulti(std::span<const Value> values);
  absl::Status Append(const Row& row, exec::Output& out);
  void Renew();

  const TransactionStyle& style_;
  const exec::RunContext& run_;
  Arena scratch_;  // Of one row.
  BatchMemoryPtr memory_;
  std::vector<Field> fields_;
  std::vector<std::vector<Value>> columns_;
  size_t rows_ = 0;
};

}  // namespace spelk::commands
