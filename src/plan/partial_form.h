// PartialForm: how a state stands in the fields of a partial row, which sistats and its like write.
//
// The names are those that Splunk's own commands write, psrsvd_<code>_<field>: ct is a count of
// values, nc of numbers, sm a sum, ss a sum of squares, nn and nx the least and the greatest
// number, sn and sx the same of text, vm the values with how often each came, rd a digest of
// numbers. What has no name there, or more than such a field can hold, stands under codes of
// spelk's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/bytes.h"
#include "plan/rank.h"
#include "value/value.h"

namespace spelk::plan {

// Where a state reports the heap memory it took or gave back, in bytes.
struct AggregateMemory {
  int64_t grown = 0;

  void Changed(size_t before, size_t after) {
    grown += static_cast<int64_t>(after) - static_cast<int64_t>(before);
  }
};

enum class PartialRead : uint8_t {
  kTaken,
  kNothing,  // The row holds nothing for this statistic.
  kDamaged,
};

// What a partial row holds for one statistic.
struct PartialInput {
  std::span<const Value> values;  // One for each code; null where the row has none.
  RowRank rank;                   // Of the row; a part of it has a rank of its own by `value`.

  bool empty() const;
  // The text of a value; nothing for null and for multivalues.
  std::optional<std::string> Text(size_t code) const;
  std::optional<double> Number(size_t code) const;
  std::optional<uint64_t> Count(size_t code) const;
};

struct PartialForm {
  std::span<const std::string_view> codes = {};
  size_t written = 0;  // The first so many are written; others are only read.
  // `out` has room for what is written. Texts live in the arena.
  void (*write)(const void* state, std::span<Value> out, Arena& arena) = nullptr;
  // Merges what the row holds into the state.
  PartialRead (*read)(void* state, const PartialInput& input, AggregateMemory& memory) = nullptr;
};

// Bytes as text, and back; nothing if the text is no such thing.
std::string EncodeBytes(std::string_view bytes);
std::optional<std::string> DecodeBytes(std::string_view text);
// The shortest text of a number that reads as the same number.
std::string ExactText(double number);
std::optional<double> ParseExact(std::string_view text);

// A list in one text: each item ends in a semicolon; within it that and backslashes stand after a
// backslash.
void AppendItem(std::string_view item, std::string* list);
// The next item is taken from the front of `list`; nothing at the end, or if it does not end.
std::optional<std::string> TakeItem(std::string_view* list);

// A state says how it stands in partial rows by
//   static constexpr std::array kPartialCodes, and WritePartial(out, arena) const and
//   ReadPartial(input, memory), and where it reads more than it writes kPartialWritten, or
//   static constexpr std::string_view kPartialCode: its saved bytes under that code.
template <class State>
constexpr PartialForm PartialFormOf() {
  PartialForm form;
  if constexpr (requires { State::kPartialCodes; }) {
    form.codes = State::kPartialCodes;
    form.written = form.codes.size();
    if constexpr (requires { State::kPartialWritten; }) form.written = State::kPartialWritten;
    form.write = +[](const void* state, std::span<Value> out, Arena& arena) {
      static_cast<const State*>(state)->WritePartial(out, arena);
    };
    form.read = +[](void* state, const PartialInput& input, AggregateMemory& memory) {
      return static_cast<State*>(state)->ReadPartial(input, memory);
    };
  } else if constexpr (requires { State::kPartialCode; }) {
    form.codes = {&State::kPartialCode, 1};
    form.written = 1;
    form.write = +[](const void* state, std::span<Value> out, Arena& arena) {
      std::string bytes;
      ByteWriter writer(bytes);
      static_cast<const State*>(state)->Save(writer);
      out[0] = Value::Text(arena.Copy(EncodeBytes(bytes)));
    };
    form.read = +[](void* state, const PartialInput& input, AggregateMemory& memory) {
      if (input.empty()) return PartialRead::kNothing;
      const std::optional<std::string> text = input.Text(0);
      const std::optional<std::string> bytes = text ? DecodeBytes(*text) : std::nullopt;
      if (!bytes) return PartialRead::kDamaged;
      ByteReader reader(*bytes);
      State other;
      AggregateMemory scratch;
      other.Load(reader, scratch);
      if (reader.failed() || !reader.at_end()) return PartialRead::kDamaged;
      static_cast<State*>(state)->Merge(other, memory);
      return PartialRead::kTaken;
    };
  }
  return form;
}

}  // namespace spelk::plan
