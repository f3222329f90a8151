// Collecting fields by name.
#include "io/fields/text_fields.h"

#include <algorithm>

#include "value/ascii.h"

namespace spelk::io {
namespace {

bool IsKept(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

TextFields::Values* TextFields::Find(std::string_view name) {
  if (wanted_ != nullptr && !wanted_->contains(name)) return nullptr;
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return &values_[known->second];
  // Vectors and the map grow to twice what is in them.
  constexpr size_t kBytesForName = 2 * (sizeof(TextField) + sizeof(Link*) + sizeof(Values)) +
                                   4 * (sizeof(std::string_view) + sizeof(size_t) + 1);
  if (!arena_.Charge(kBytesForName)) return nullptr;
  by_name_.emplace(name, fields_.size());
  fields_.push_back({name, Value::Null()});
  firsts_.push_back(nullptr);
  values_.emplace_back();
  return &values_.back();
}

void TextFields::Append(Values* values, const Value& value) {
  Link* link = arena_.AllocateArray<Link>(1);
  if (link == nullptr) return;
  *link = Link{value, nullptr};
  if (values->last == nullptr) {
    firsts_[static_cast<size_t>(values - values_.data())] = link;
  } else {
    values->last->next = link;
  }
  values->last = link;
  ++values->count;
}

void TextFields::Add(std::string_view name, const Value& value) {
  if (arena_.exhausted()) return;
  Values* values = Find(name);
  if (values != nullptr) Append(values, value);
}

void TextFields::AddFirst(std::string_view name, const Value& value) {
  if (arena_.exhausted()) return;
  Values* values = Find(name);
  if (values != nullptr && values->count == 0) Append(values, value);
}

std::span<const TextField> TextFields::Finish() {
  for (size_t i = 0; i < fields_.size() && !arena_.exhausted(); ++i) {
    if (values_[i].count == 1) {
      fields_[i].value = firsts_[i]->value;
      continue;
    }
    auto* all = arena_.AllocateArray<Value>(values_[i].count);
    if (all == nullptr) break;
    size_t count = 0;
    for (const Link* link = firsts_[i]; link != nullptr; link = link->next) {
      all[count++] = link->value;
    }
    fields_[i].value = Value::Multi({all, count});
  }
  return fields_;
}

std::string_view CleanKey(std::string_view name, Arena& arena) {
  const size_t begin =
      static_cast<size_t>(std::find_if(name.begin(), name.end(), &IsLetter) - name.begin());
  name.remove_prefix(begin);
  if (std::all_of(name.begin(), name.end(), &IsKept)) return name;
  char* clean = arena.AllocateText(name.size());
  if (clean == nullptr) return {};
  std::transform(name.begin(), name.end(), clean, [](char c) { return IsKept(c) ? c : '_'; });
  return {clean, name.size()};
}

}  // namespace spelk::io
