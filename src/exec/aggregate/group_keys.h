// GroupKeys: the values of BY fields as keys of groups.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

  // Calls take(row, key, types) for each key of row `row`; the key holds until the next call.
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
    if (multi) {
      for (const Combination& combination : Combinations()) {
        if (absl::Status status = take(combination.key, combination.types); !status.ok())
          return status;
      }
      return absl::OkStatus();
    }
    key_.clear();
    uint64_t types = 0;
    for (size_t i = 0; i < values_.size(); ++i) AppendValue(i, values_[i], key_, &types);
    return take(std::string_view(key_), types);
  }

 private:
  struct Combination {
    std::string key;
    uint64_t types = 0;
  };
  static void AppendValue(size_t index, const Value& value, std::string& key, uint64_t* types);
  std::vector<Combination> Combinations() const;

  const Batch& batch_;
  std::vector<const Column*> columns_;
  std::vector<Value> values_;
  std::string key_;
  const bool distinct_;
};

// How the input wrote a value, as two bits: computed numbers count as JSON numbers.
uint64_t TypeBits(const Value& value);
JsonType TypeFromBits(uint64_t types, size_t index);

}  // namespace spelk::exec
