// KeptText: the text of a value that a state keeps, with how the input wrote it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "plan/aggregate.h"
#include "value/json_type.h"
#include "value/number.h"

namespace spelk::functions {

// The heap memory of a string; short ones lie in the string itself.
inline size_t HeapBytesOf(const std::string& text) {
  return text.capacity() <= std::string().capacity() ? 0 : text.capacity() + 1;
}

// Of two ways in which one text was written: string wins, so that the order does not matter.
inline JsonType CommonType(JsonType a, JsonType b) { return std::min(a, b); }

inline JsonType LoadJsonType(ByteReader& in) {
  const uint8_t type = in.Byte();
  return type <= static_cast<uint8_t>(JsonType::kLiteral) ? static_cast<JsonType>(type)
                                                          : JsonType::kString;
}

// How a value was written, in partial rows.
inline std::string_view NameOfType(JsonType type) {
  switch (type) {
    case JsonType::kNumber:
      return "number";
    case JsonType::kLiteral:
      return "literal";
    default:
      return "string";
  }
}
inline JsonType TypeOfName(std::string_view name) {
  if (name == "number") return JsonType::kNumber;
  return name == "literal" ? JsonType::kLiteral : JsonType::kString;
}

// What a state says that saw nothing.
inline constexpr std::string_view kNoPartial = "none";

// A number in a partial row; JSON has none for what is not finite.
inline Value ExactNumber(double number, Arena& arena) {
  return Value::Text(arena.Copy(plan::ExactText(number)),
                     std::isfinite(number) ? JsonType::kNumber : JsonType::kString);
}

class KeptText {
 public:
  std::string_view text() const { return text_; }
  JsonType type() const { return type_; }

  void Set(const Value& value, plan::AggregateMemory& memory) {
    char buffer[kNumberText];
    Set(TextOf(value, buffer), JsonTypeOf(value), memory);
  }
  void Set(std::string_view text, JsonType type, plan::AggregateMemory& memory) {
    const size_t before = HeapBytes();
    text_.assign(text);
    type_ = type;
    memory.Changed(before, HeapBytes());
  }
  // The text came again, perhaps written another way.
  void Meet(JsonType type) { type_ = CommonType(type_, type); }

  Value Result(plan::AggregateResult& result) const {
    return Value::Text(result.arena.Copy(text_), type_);
  }
  size_t HeapBytes() const { return HeapBytesOf(text_); }

  void Save(ByteWriter& out) const {
    out.Text(text_);
    out.Byte(static_cast<uint8_t>(type_));
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    const std::string_view text = in.Text();
    Set(text, LoadJsonType(in), memory);
  }

  // An item of a list: the first letter of how it was written, then the text.
  void AppendTo(std::string* list) const {
    plan::AppendItem(std::string(NameOfType(type_).substr(0, 1)) + text_, list);
  }
  // False if the item is none.
  bool Take(std::string_view item, plan::AggregateMemory& memory) {
    if (item.empty()) return false;
    const char letter = item.front();
    if (letter != 's' && letter != 'n' && letter != 'l') return false;
    Set(item.substr(1),
        letter == 's' ? JsonType::kString
                      : (letter == 'n' ? JsonType::kNumber : JsonType::kLiteral),
        memory);
    return true;
  }

 private:
  std::string text_;
  JsonType type_ = JsonType::kString;
};

}  // namespace spelk::functions
