// Keys of groups.
#include "exec/aggregate/group_keys.h"

#include <algorithm>

#include "base/bytes.h"
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

std::vector<GroupKeys::Combination> GroupKeys::Combinations() const {
  std::vector<Combination> combinations(1);
  for (size_t i = 0; i < values_.size(); ++i) {
    std::vector<Combination> longer;
    std::vector<std::string> seen;
    for (const Value& value : values_[i].each()) {
      if (distinct_) {
        std::string text = TextOf(value);
        if (std::find(seen.begin(), seen.end(), text) != seen.end()) continue;
        seen.push_back(std::move(text));
      }
      for (const Combination& combination : combinations) {
        longer.push_back(combination);
        AppendValue(i, value, longer.back().key, &longer.back().types);
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

}  // namespace spelk::exec
