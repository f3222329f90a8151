// Keys of groups.
#include "exec/aggregate/group_keys.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/string_map.h"
#include "value/json_type.h"
#include "value/number.h"

namespace spelk::exec {

void AppendKeyPart(std::string_view text, std::string& key) { ByteWriter(key).Text(text); }

std::vector<std::string_view> SplitKey(std::string_view key, size_t parts) {
  ByteReader reader(key);
  std::vector<std::string_view> texts(parts);
  for (std::string_view& text : texts) text = reader.Text();
  return texts;
}

uint64_t TypeBits(const Value& value) { return static_cast<uint64_t>(JsonTypeOf(value)); }

JsonType TypeFromBits(uint64_t types, size_t index) {
  return index < 32 ? static_cast<JsonType>((types >> (2 * index)) & 3U) : JsonType::kString;
}

GroupKeys::GroupKeys(const Batch& batch, const std::vector<Field>& by, bool distinct)
    : batch_(batch), values_(by.size()), distinct_(distinct) {
  for (const Field field : by) columns_.push_back(batch.Find(field));
}

void GroupKeys::AppendValue(size_t index, const Value& value, std::string& key, uint64_t* types) {
  if (value.is_text()) {
    AppendKeyPart(value.text(), key);
  } else {
    char buffer[kNumberText];
    AppendKeyPart(TextOf(value, buffer), key);
  }
  if (index < 32) *types |= TypeBits(value) << (2 * index);
}

std::string_view GroupKeys::MakeKey() {
  key_.clear();
  types_ = 0;
  for (size_t i = 0; i < values_.size(); ++i) AppendValue(i, values_[i], key_, &types_);
  return key_;
}

std::span<const Value> GroupKeys::ListOf(const Value& value) const {
  if (!distinct_ || value.count() < 2) return value.each();
  constexpr size_t kBytesInSet = 64;
  Arena& arena = batch_.arena();
  if (!arena.Charge(ValueBytes(value) + value.count() * kBytesInSet)) return {};
  auto* list = arena.AllocateArray<Value>(value.count());
  if (list == nullptr) return {};
  StringSet seen;
  size_t count = 0;
  for (const Value& each : value.each()) {
    if (seen.insert(TextOf(each)).second) list[count++] = each;
  }
  return {list, count};
}

absl::StatusOr<bool> GroupKeys::StartCombinations() {
  lists_.clear();
  at_.assign(values_.size(), 0);
  size_t product = 1;
  for (Value& value : values_) {
    lists_.push_back(ListOf(value));
    SPELK_RETURN_IF_ERROR(batch_.arena().status("the values of by fields"));
    if (lists_.back().empty()) return false;
    product *= lists_.back().size();
    if (product > kMostCombinations) {
      return absl::ResourceExhaustedError(
          fmt::format("the multivalues of one row have more than {} combinations; leave out a "
                      "field, or take values apart with mvexpand",
                      kMostCombinations));
    }
    value = lists_.back().front();
  }
  return true;
}

// The first field changes fastest.
bool GroupKeys::NextCombination() {
  for (size_t i = 0; i < lists_.size(); ++i) {
    const bool more = ++at_[i] < lists_[i].size();
    if (!more) at_[i] = 0;
    values_[i] = lists_[i][at_[i]];
    if (more) return true;
  }
  return false;
}

}  // namespace spelk::exec
