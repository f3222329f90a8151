// LookupProbe: looks up the values of a row, and gives what the rows of the table that match hold.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plan/lookup.h"
#include "plan/lookup_index.h"

namespace spelk::plan {

// Belongs to one worker: holds what was found last.
class LookupProbe {
 public:
  // `inputs` and `outputs` are columns of the table. NotFound if there is no table of that name,
  // InvalidArgument if it lacks a column.
  static absl::StatusOr<LookupProbe> Make(std::string_view lookup,
                                          const std::vector<std::string>& inputs,
                                          const std::vector<std::string>& outputs, Tables& tables,
                                          MemoryBudget* budget);

  // Looks up a value for each input. Each value of a multivalue is looked up; of several
  // multivalues each combination. False, with nothing found, if one of the values is null: then
  // nothing is looked up at all.
  bool Find(std::span<const Value> values, std::optional<double> time);
  // What the rows give for an output, or default_match; null if they give nothing. The text lives
  // as long as the table.
  Value Output(size_t output, Arena& arena) const;
  // The budget was used up by what was found.
  absl::Status status() const;
  // Combinations that were not looked up, for a warning.
  bool truncated() const { return truncated_; }
  // A row had more matches than the limit lets a table without max_matches give.
  bool matches_cut() const { return matches_cut_; }
  // Notes both at the index.
  void Note() const {
    if (matches_cut_) index_->Add(LookupIndex::kMatchesCut);
    if (truncated_) index_->Add(LookupIndex::kIncomplete);
  }
  uint64_t most_matches() const { return lookup_->max_matches; }

  const TablePtr& table() const { return table_; }
  const Lookup& lookup() const { return *lookup_; }
  size_t found() const { return rows_.size(); }

 private:
  LookupProbe() = default;
  void FindOne(std::optional<double> time);

  LookupPtr lookup_;
  LookupIndexPtr index_;
  TablePtr table_;
  std::vector<size_t> outputs_;  // Columns of the table.
  std::vector<Value> values_;    // One for each input.
  std::vector<size_t> places_;   // In the multivalues.
  std::vector<uint32_t> rows_;   // Found, for all combinations.
  std::vector<uint32_t> some_;   // For one.
  size_t defaults_ = 0;          // How often default_match is given as well.
  bool truncated_ = false;
  bool matches_cut_ = false;
  bool exhausted_ = false;
  Reservation reservation_;
};

}  // namespace spelk::plan
