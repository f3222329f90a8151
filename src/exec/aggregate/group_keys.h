// GroupKeys: the values of BY fields as keys of groups.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "value/batch.h"

namespace spelk::exec {

// A key is the texts of the BY fields, each with its length. Values group by text, so 5858 and
// "5858" are one group.
void AppendKeyPart(std::string_view text, std::string& key);
std::vector<std::string_view> SplitKey(std::string_view key, size_t parts);

// Goes through the rows of a batch and makes their keys. A row that lacks a BY field has none; a
// row with multivalues has one for each combination of values.
class GroupKeys {
 public:
  // `distinct`: a value that a multivalue holds twice counts once (dedup_splitvals).
  GroupKeys(const Batch& batch, const std::vector<Field>& by, bool distinct);

  // A row may have so many combinations: a short event with a few lists has millions of millions.
  static constexpr size_t kMostCombinations = 1'000'000;

  // Calls take(key, types) for each key of row `row`; the key holds until the next call.
  // ResourceExhausted for a row with more than kMostCombinations.
  // `types` has two bits for each of the first 32 BY fields: how the input wrote the value
  // (JsonType).
  template <class Take>
  absl::Status ForRow(size_t row, Take take) {
    const size_t physical = batch_.physical(row);
    bool multi = false;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == nullptr) return absl::OkStatus();
      values_[i] = columns_[i]->At(physical);
      if (values_[i].is_null()) return absl::OkStatus();
      multi = multi || values_[i].is_multi();
    }
    if (!multi) {
      const std::string_view key = MakeKey();
      return take(key, types_);
    }
    SPELK_ASSIGN_OR_RETURN(const bool any, StartCombinations());
    if (!any) return absl::OkStatus();
    do {
      const std::string_view key = MakeKey();
      if (absl::Status status = take(key, types_); !status.ok()) return status;
    } while (NextCombination());
    return absl::OkStatus();
  }

 private:
  static void AppendValue(size_t index, const Value& value, std::string& key, uint64_t* types);
  // The key of values_; sets types_.
  std::string_view MakeKey();
  absl::StatusOr<bool> StartCombinations();  // False if there is none.
  bool NextCombination();
  // The values of a multivalue, each once if they are to be distinct. In the batch's arena.
  std::span<const Value> ListOf(const Value& value) const;

  const Batch& batch_;
  std::vector<const Column*> columns_;
  std::vector<Value> values_;  // One of each field.
  uint64_t types_ = 0;
  std::vector<std::span<const Value>> lists_;  // Of a row with multivalues: all of each field.
  std::vector<size_t> at_;                     // Which of them are in values_.
  std::string key_;
  const bool distinct_;
};

// How the input wrote a value, as two bits: computed numbers count as JSON numbers.
uint64_t TypeBits(const Value& value);
JsonType TypeFromBits(uint64_t types, size_t index);

}  // namespace spelk::exec
