// Texts of partial rows.
#include "plan/partial_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::plan {

bool PartialInput::empty() const {
  return std::all_of(values.begin(), values.end(),
                     [](const Value& each) { return each.is_null(); });
}

std::optional<std::string> PartialInput::Text(size_t code) const {
  const Value& value = values[code];
  if (value.is_null() || value.is_multi()) return std::nullopt;
  return TextOf(value);
}

std::optional<double> PartialInput::Number(size_t code) const {
  const std::optional<std::string> text = Text(code);
  return text ? ParseExact(*text) : std::nullopt;
}

std::optional<uint64_t> PartialInput::Count(size_t code) const {
  const std::optional<std::string> text = Text(code);
  return text ? ParseWholeNumber(*text) : std::nullopt;
}

std::string EncodeBytes(std::string_view bytes) {
  std::string text;
  absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()), &text);
  return text;
}

std::optional<std::string> DecodeBytes(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

std::string ExactText(double number) { return fmt::format("{}", number); }

std::optional<double> ParseExact(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

void AppendItem(std::string_view item, std::string* list) {
  for (const char c : item) {
    if (c == ';' || c == '\\') *list += '\\';
    *list += c;
  }
  *list += ';';
}

std::optional<std::string> TakeItem(std::string_view* list) {
  std::string item;
  for (size_t i = 0; i < list->size(); ++i) {
    const char c = (*list)[i];
    if (c == ';') {
      list->remove_prefix(i + 1);
      return item;
    }
    if (c == '\\' && i + 1 < list->size()) ++i;
    item += (*list)[i];
  }
  return std::nullopt;
}

}  // namespace spelk::plan
