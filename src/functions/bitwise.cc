// Bitwise functions: on whole numbers from 0 to 2^53-1, anything else gives null.
#include <cmath>
#include <optional>

#include "functions/entry.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kBitwisePage = "Bitwise functions";
constexpr unsigned kBits = 53;
constexpr uint64_t kAllBits = (uint64_t{1} << kBits) - 1;

std::optional<uint64_t> BitsOf(const Value& value) {
  const std::optional<Number> number = NumberOf(value);
  if (!number || !(number->value >= 0 && number->value <= static_cast<double>(kAllBits))) {
    return std::nullopt;
  }
  if (number->value != std::floor(number->value)) return std::nullopt;
  return static_cast<uint64_t>(number->value);
}

Value FromBits(uint64_t bits) { return Value::Integer(static_cast<int64_t>(bits & kAllBits)); }

template <class Join>
Value JoinAll(std::span<const Value> values, Join join) {
  std::optional<uint64_t> joined;
  for (const Value& value : values) {
    const std::optional<uint64_t> bits = BitsOf(value);
    if (!bits) return Value::Null();
    joined = joined ? join(*joined, *bits) : *bits;
  }
  return FromBits(*joined);
}

Value And(Call&, std::span<const Value> values) {
  return JoinAll(values, [](uint64_t a, uint64_t b) { return a & b; });
}
Value Or(Call&, std::span<const Value> values) {
  return JoinAll(values, [](uint64_t a, uint64_t b) { return a | b; });
}
Value Xor(Call&, std::span<const Value> values) {
  return JoinAll(values, [](uint64_t a, uint64_t b) { return a ^ b; });
}

Value Not(Call&, std::span<const Value> values) {
  const std::optional<uint64_t> bits = BitsOf(values[0]);
  const std::optional<uint64_t> mask = values.size() > 1 ? BitsOf(values[1]) : kAllBits;
  return bits && mask ? FromBits(~*bits & *mask) : Value::Null();
}

// An offset of all bits or more leaves none.
Value ShiftLeft(Call&, std::span<const Value> values) {
  const std::optional<uint64_t> bits = BitsOf(values[0]);
  const std::optional<uint64_t> offset = BitsOf(values[1]);
  if (!bits || !offset) return Value::Null();
  return FromBits(*offset >= kBits ? 0 : *bits << *offset);
}
Value ShiftRight(Call&, std::span<const Value> values) {
  const std::optional<uint64_t> bits = BitsOf(values[0]);
  const std::optional<uint64_t> offset = BitsOf(values[1]);
  if (!bits || !offset) return Value::Null();
  return FromBits(*offset >= kBits ? 0 : *bits >> *offset);
}

constexpr std::string_view kRangeNotes[] = {
    "takes whole numbers from 0 to 2^53-1; anything else gives null"};

constexpr Example kAndExamples[] = {{.title = "Bits that all have",
                                     .input = R"({"flags":12})",
                                     .query = "eval r=bit_and(flags, 9)",
                                     .output = R"({"flags":12,"r":8})"}};
constexpr Example kOrExamples[] = {{.title = "Bits that any has",
                                    .input = R"({"flags":12})",
                                    .query = "eval r=bit_or(flags, 9)",
                                    .output = R"({"flags":12,"r":13})"}};
constexpr Example kXorExamples[] = {{.title = "Bits in which two differ",
                                     .input = R"({"flags":4})",
                                     .query = "eval r=bit_xor(flags, 6)",
                                     .output = R"({"flags":4,"r":2})"}};
constexpr Example kNotExamples[] = {{.title = "Within a mask of four bits",
                                     .input = R"({"flags":9})",
                                     .query = "eval r=bit_not(flags, 15)",
                                     .output = R"({"flags":9,"r":6})"}};
constexpr Example kLeftExamples[] = {{.title = "Two to the left",
                                      .input = R"({"flags":3})",
                                      .query = "eval r=bit_shift_left(flags, 2)",
                                      .output = R"({"flags":3,"r":12})"}};
constexpr Example kRightExamples[] = {{.title = "One to the right",
                                       .input = R"({"flags":5})",
                                       .query = "eval r=bit_shift_right(flags, 1)",
                                       .output = R"({"flags":5,"r":2})"}};

constexpr FunctionEntry OfBits(std::string_view name, std::string_view signature,
                               std::string_view summary, plan::Arity arity,
                               Value (*call)(Call&, std::span<const Value>),
                               std::span<const Example> examples) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kBitwisePage,
          .arity = arity,
          .result = Type::kNumber,
          .call = call,
          .examples = examples,
          .notes = kRangeNotes};
}

constexpr FunctionEntry kBitwiseTable[] = {
    OfBits("bit_and", "bit_and(<number>, <number>, …)", "The bits that all numbers have.",
           {2, kMany}, &And, kAndExamples),
    OfBits("bit_not", "bit_not(<number>[, <mask>])",
           "The bits that the number does not have, of 53 or those of the mask.", {1, 2}, &Not,
           kNotExamples),
    OfBits("bit_or", "bit_or(<number>, <number>, …)", "The bits that any of the numbers has.",
           {2, kMany}, &Or, kOrExamples),
    OfBits("bit_shift_left", "bit_shift_left(<number>, <offset>)",
           "The bits moved to the left, within 53 bits.", {2, 2}, &ShiftLeft, kLeftExamples),
    OfBits("bit_shift_right", "bit_shift_right(<number>, <offset>)", "The bits moved to the right.",
           {2, 2}, &ShiftRight, kRightExamples),
    OfBits("bit_xor", "bit_xor(<number>, <number>, …)",
           "The bits that an odd count of the numbers has.", {2, kMany}, &Xor, kXorExamples),
};

}  // namespace

std::span<const FunctionEntry> BitwiseFunctions() { return kBitwiseTable; }

}  // namespace spelk::functions
