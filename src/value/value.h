// Value: one field of one row, as SPL sees it. A view of 16 bytes that owns nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace spelk {

enum class ValueKind : uint8_t {
  kNull,     // The field is absent. Not the empty string, and not the text "null".
  kBool,     // Only inside expressions; never a field of a row.
  kInteger,  // A computed whole number, or a canonical integer from input.
  kDouble,   // A computed number. Numbers from input are texts, unless canonical integers.
  kText,
  kMulti,  // Two or more values, none of them null or multivalue.
};

// How the input wrote a text. A field untouched since the input keeps its JSON type on output.
enum class JsonType : uint8_t {
  kString,
  kNumber,   // The text is a JSON number.
  kLiteral,  // true, false or null.
};

class Value {
 public:
  constexpr Value() = default;

  static constexpr Value Null() { return {}; }
  static constexpr Value Bool(bool value) {
    Value v(ValueKind::kBool);
    v.integer_ = value ? 1 : 0;
    return v;
  }
  static constexpr Value Integer(int64_t value) {
    Value v(ValueKind::kInteger);
    v.integer_ = value;
    return v;
  }
  // `digits`: the significant digits that limit the number when it becomes text; 0 is exact.
  static constexpr Value Double(double value, uint8_t significant_digits = 0) {
    Value v(ValueKind::kDouble);
    v.double_ = value;
    v.detail_ = significant_digits;
    return v;
  }
  // A sum or difference whose least precise operand has that many decimals. Only sigfig() looks at
  // them; the number's text is that of an exact one.
  static constexpr Value Sum(double value, uint8_t decimals) {
    Value v = Double(value);
    v.size_ = decimals + 1U;
    return v;
  }
  // `text` must outlive the value; at most 4 GiB.
  static constexpr Value Text(std::string_view text, JsonType type = JsonType::kString) {
    Value v(ValueKind::kText);
    v.text_ = text.data();
    v.size_ = static_cast<uint32_t>(text.size());
    v.detail_ = static_cast<uint8_t>(type);
    return v;
  }
  // `values` must outlive the value. None of them is null or multivalue. No values give null, one
  // value is that value.
  static constexpr Value Multi(std::span<const Value> values) {
    if (values.empty()) return {};
    if (values.size() == 1) return values.front();
    Value v(ValueKind::kMulti);
    v.values_ = values.data();
    v.size_ = static_cast<uint32_t>(values.size());
    return v;
  }

  constexpr ValueKind kind() const { return kind_; }
  constexpr bool is_null() const { return kind_ == ValueKind::kNull; }
  constexpr bool is_bool() const { return kind_ == ValueKind::kBool; }
  constexpr bool is_integer() const { return kind_ == ValueKind::kInteger; }
  constexpr bool is_double() const { return kind_ == ValueKind::kDouble; }
  constexpr bool is_text() const { return kind_ == ValueKind::kText; }
  constexpr bool is_multi() const { return kind_ == ValueKind::kMulti; }

  // Each of these is for its own kind only.
  constexpr bool boolean() const { return integer_ != 0; }
  constexpr int64_t integer() const { return integer_; }
  constexpr double number() const { return double_; }
  constexpr uint8_t significant_digits() const { return is_double() ? detail_ : 0; }
  // What Sum() was given; nothing for every other value.
  constexpr std::optional<uint8_t> sum_decimals() const {
    if (!is_double() || size_ == 0) return std::nullopt;
    return static_cast<uint8_t>(size_ - 1);
  }
  constexpr std::string_view text() const { return {text_, size_}; }
  constexpr JsonType json_type() const {
    return is_text() ? static_cast<JsonType>(detail_) : JsonType::kString;
  }

  // The values one by one: of a multivalue its values, of null none, otherwise the value itself.
  constexpr std::span<const Value> each() const {
    if (kind_ == ValueKind::kMulti) return {values_, size_};
    return {this, kind_ == ValueKind::kNull ? 0U : 1U};
  }
  // How many values: 0 for null.
  constexpr size_t count() const {
    return kind_ == ValueKind::kMulti ? size_ : (kind_ == ValueKind::kNull ? 0U : 1U);
  }

 private:
  constexpr explicit Value(ValueKind kind) : kind_(kind) {}

  union {
    int64_t integer_ = 0;
    double double_;
    const char* text_;
    const Value* values_;
  };
  uint32_t size_ = 0;
  ValueKind kind_ = ValueKind::kNull;
  uint8_t detail_ = 0;
};

static_assert(sizeof(Value) == 16);

}  // namespace spelk
