// Counting fields and values.
#include "engine/why/field_profile.h"

#include <algorithm>
#include <utility>

#include "io/row_writer.h"
#include "value/number.h"

namespace spelk::engine {
namespace {

constexpr size_t kMostFields = 2'000;
constexpr size_t kMostValues = 1'000;  // Of one field.
constexpr size_t kLongestValue = 1'000;
constexpr size_t kMostBytes = size_t{8} << 20U;
constexpr size_t kEntry = 100;  // What an entry of a map takes beside its text.

std::string RowAsJson(const Batch& batch) {
  std::string out = "{";
  for (size_t c = 0; c < batch.columns().size(); ++c) {
    const Field field = (*batch.schema())[c];
    const Value value = batch.At(c, 0);
    if (field.hidden() || value.is_null()) continue;
    if (out.size() > 1) out += ',';
    io::AppendJsonString(field.name(), out);
    out += ':';
    io::AppendJsonValue(value, out);
  }
  return out + "}";
}

}  // namespace

absl::Status FieldProfile::Begin(const plan::OutputShape&, const exec::RunContext& run) {
  reservation_ = Reservation(run.budget);
  return absl::OkStatus();
}

void FieldProfile::Add(const Value& value, FieldValues* field) {
  if (const std::optional<Number> number = NumberOf(value)) {
    field->least = field->numbers == 0 ? number->value : std::min(field->least, number->value);
    field->greatest =
        field->numbers == 0 ? number->value : std::max(field->greatest, number->value);
    ++field->numbers;
  }
  if (value.json_type() == JsonType::kLiteral) ++field->literals;
  char buffer[kNumberText];
  const std::string_view text = TextOf(value, buffer);
  const auto known = field->values.find(text);
  if (known != field->values.end()) {
    ++known->second;
    return;
  }
  const size_t bytes = text.size() + kEntry;
  if (field->values.size() >= kMostValues || text.size() > kLongestValue ||
      kept_ + bytes > kMostBytes || !reservation_.Grow(bytes)) {
    field->all_values = false;
    return;
  }
  kept_ += bytes;
  field->values.emplace(text, 1);
}

absl::Status FieldProfile::Take(Batch batch) {
  if (keep_first_ && rows_ == 0 && !batch.empty()) first_row_ = RowAsJson(batch);
  rows_ += batch.size();
  for (size_t c = 0; c < batch.columns().size(); ++c) {
    const Field name = (*batch.schema())[c];
    if (name.hidden()) continue;
    FieldValues* field = nullptr;
    for (size_t r = 0; r < batch.size(); ++r) {
      const Value value = batch.At(c, r);
      if (value.is_null()) continue;
      if (field == nullptr) {
        auto found = fields_.find(name.name());
        if (found == fields_.end()) {
          if (fields_.size() >= kMostFields) break;
          found = fields_.emplace(std::string(name.name()), FieldValues()).first;
        }
        field = &found->second;
      }
      ++field->rows;
      if (value.is_multi()) ++field->multi;
      for (const Value& each : value.each()) Add(each, field);
    }
  }
  return absl::OkStatus();
}

const FieldValues* FieldProfile::Find(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> FieldProfile::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, values] : fields_) names.push_back(name);
  return names;
}

void FieldProfile::AddFieldsOf(const FieldProfile& other) {
  for (const auto& [name, values] : other.fields_) fields_.emplace(name, values);
}

}  // namespace spelk::engine
