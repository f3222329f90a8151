// Rows that differ: which of two lists has them, and which are the same row with other cells.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/test_row.h"

namespace spelk::cli {

using SameCell = bool (*)(const std::vector<std::string>& a, const std::vector<std::string>& b);

// A row that only one list has, or that both have with different cells.
struct RowChange {
  const Row* a = nullptr;
  const Row* b = nullptr;
};

// Of rows without an equal: those of `a` in their order, each with the row of `b` that shares most
// cells with it, if half of them are shared; then what is left of `b`. Of very many rows none are
// compared. With `keys`, rows belong together that have the same values of these fields.
std::vector<RowChange> PairRows(const std::vector<const Row*>& a, std::vector<const Row*> b,
                                SameCell same, const std::vector<std::string>& keys = {});
// The fields whose values are not the same.
std::vector<std::string> ChangedFields(const Row& a, const Row& b, SameCell same);

// ---------------------------------------------------------------- results

// The values are the same to the last character; of JSON numbers the same number.
bool EqualValues(const std::vector<std::string>& a, const std::vector<std::string>& b);

// Rows of a result, each kept as the text of its cells.
class RowList {
 public:
  // Fields of these names (* for anything) do not count.
  explicit RowList(std::vector<std::string> ignored) : ignored_(std::move(ignored)) {}
  // Of one JSON object; false if it is none.
  bool Add(std::string_view json);
  size_t size() const { return rows_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  friend class ResultDiff;
  bool IsIgnored(const std::string& name) const;

  const std::vector<std::string> ignored_;
  // Its cells in the order of their names, numbers in one form; empty where that is the row itself.
  struct Kept {
    std::string row;
    std::string key;
  };
  static std::string_view KeyOf(const Kept& kept) { return kept.key.empty() ? kept.row : kept.key; }
  std::vector<Kept> rows_;
  size_t bytes_ = 0;
};

// What differs between two results.
class ResultDiff {
 public:
  // `ordered`: rows that both have must come in the same order.
  ResultDiff(const RowList& a, const RowList& b, bool ordered,
             const std::vector<std::string>& keys = {});

  struct Change {
    std::optional<Row> a;
    std::optional<Row> b;
    std::vector<std::string> fields;  // That differ, if both have it.
  };
  const std::vector<Change>& changes() const { return changes_; }
  size_t only_a() const { return only_a_; }
  size_t only_b() const { return only_b_; }
  size_t differ() const { return changes_.size() - only_a_ - only_b_; }
  size_t same() const { return same_; }
  // Of the rows that both have, the first that comes at another place, from 1; 0: none.
  size_t first_moved() const { return first_moved_; }
  bool any() const { return !changes_.empty() || first_moved_ > 0; }

 private:
  std::vector<Change> changes_;
  size_t only_a_ = 0;
  size_t only_b_ = 0;
  size_t same_ = 0;
  size_t first_moved_ = 0;
};

}  // namespace spelk::cli
