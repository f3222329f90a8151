// values, mode: the distinct values, and the most frequent one.
#include <algorithm>
#include <memory>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "functions/stats/text_table.h"
#include "plan/aggregate.h"
#include "plan/limits.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::functions {
namespace {

// The values of a list in a partial row with how often each came and how it was written: calls
// take(text, count, type). False if it is damaged.
template <class Take>
plan::PartialRead ReadValueMap(const plan::PartialInput& input, Take take) {
  if (input.empty()) return plan::PartialRead::kNothing;
  const std::string types = input.Text(1).value_or("");
  if (types == kNoPartial) return plan::PartialRead::kTaken;
  const std::optional<std::string> text = input.Text(0);
  if (!text) return plan::PartialRead::kDamaged;
  std::string_view list = *text;
  for (size_t i = 0; !list.empty(); ++i) {
    const std::optional<std::string> value = plan::TakeItem(&list);
    const std::optional<std::string> often = plan::TakeItem(&list);
    const uint64_t count = ParseWholeNumber(often.value_or("")).value_or(0);
    if (!value || count == 0) return plan::PartialRead::kDamaged;
    const char letter = i < types.size() ? types[i] : 's';
    take(*value, count,
         letter == 'n' ? JsonType::kNumber
                       : (letter == 'l' ? JsonType::kLiteral : JsonType::kString));
  }
  return plan::PartialRead::kTaken;
}
constexpr std::array<std::string_view, 2> kValueMap = {"vm", "mt"};

// A table that is made with its first value: in many groups most statistics see few.
template <class Payload>
class LazyTable {
 public:
  size_t size() const { return table_ == nullptr ? 0 : table_->size(); }
  const TextTable<Payload>& operator*() const { return *table_; }

  Payload& Get(std::string_view text, bool* is_new, plan::AggregateMemory& memory) {
    const size_t before = HeapBytes();
    if (table_ == nullptr) table_ = std::make_unique<TextTable<Payload>>();
    Payload& payload = table_->Get(text, is_new);
    if (*is_new) memory.Changed(before, HeapBytes());
    return payload;
  }
  template <class Take>
  void ForEach(Take take) const {
    for (size_t i = 0; i < size(); ++i) take(table_->entry(i).text(), table_->entry(i).payload);
  }
  size_t HeapBytes() const {
    return table_ == nullptr ? 0 : sizeof(TextTable<Payload>) + table_->HeapBytes();
  }

 private:
  std::unique_ptr<TextTable<Payload>> table_;
};

class ValuesState {
 public:
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    char buffer[kNumberText];
    Take(TextOf(input.value, buffer), JsonTypeOf(input.value), memory);
  }
  void Merge(const ValuesState& other, plan::AggregateMemory& memory) {
    other.table_.ForEach([&](std::string_view text, JsonType type) { Take(text, type, memory); });
  }
  Value Result(plan::AggregateResult& result) const {
    if (table_.size() == 0) return Value::Null();
    auto* values = result.arena.AllocateArray<Value>(table_.size());
    if (values == nullptr) return Value::Null();
    size_t count = 0;
    for (const auto* entry : (*table_).Sorted()) {
      if (count == result.most_values) {
        result.truncated = &plan::kStatsMaxValues;
        break;
      }
      values[count++] = Value::Text(result.arena.Copy(entry->text()), entry->payload);
    }
    return Value::Multi({values, count});
  }
  size_t HeapBytes() const { return table_.HeapBytes(); }
  void Save(ByteWriter& out) const {
    out.Varint(table_.size());
    if (table_.size() == 0) return;
    for (const auto* entry : (*table_).Sorted()) {
      out.Text(entry->text());
      out.Byte(static_cast<uint8_t>(entry->payload));
    }
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    const size_t count = in.Count(2);
    for (size_t i = 0; i < count && !in.failed(); ++i) {
      const std::string_view text = in.Text();
      Take(text, LoadJsonType(in), memory);
    }
  }

  // Partial rows keep how often each value came, too: the state of mode.
  static constexpr std::array<std::string_view, 2> kPartialCodes = kValueMap;
  static constexpr size_t kPartialWritten = 0;
  void WritePartial(std::span<Value>, Arena&) const {}
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    return ReadValueMap(
        input, [&](std::string_view text, uint64_t, JsonType type) { Take(text, type, memory); });
  }

 private:
  void Take(std::string_view text, JsonType type, plan::AggregateMemory& memory) {
    bool is_new = false;
    JsonType& kept = table_.Get(text, &is_new, memory);
    kept = is_new ? type : CommonType(kept, type);
  }

  LazyTable<JsonType> table_;
};

class ModeState {
 public:
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    char buffer[kNumberText];
    Take(TextOf(input.value, buffer), {1, input.rank, JsonTypeOf(input.value)}, memory);
  }
  void Merge(const ModeState& other, plan::AggregateMemory& memory) {
    other.table_.ForEach(
        [&](std::string_view text, const Seen& seen) { Take(text, seen, memory); });
  }
  // Of equally frequent values the first seen.
  Value Result(plan::AggregateResult& result) const {
    std::string_view best_text;
    Seen best;
    table_.ForEach([&](std::string_view text, const Seen& seen) {
      if (seen.count < best.count || (seen.count == best.count && best.first < seen.first)) return;
      best_text = text;
      best = seen;
    });
    return best.count == 0 ? Value::Null() : Value::Text(result.arena.Copy(best_text), best.type);
  }
  size_t HeapBytes() const { return table_.HeapBytes(); }
  void Save(ByteWriter& out) const {
    out.Varint(table_.size());
    if (table_.size() == 0) return;
    for (const auto* entry : (*table_).Sorted()) {
      out.Text(entry->text());
      out.Varint(entry->payload.count);
      entry->payload.first.Save(out);
      out.Byte(static_cast<uint8_t>(entry->payload.type));
    }
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    const size_t count = in.Count(3);
    for (size_t i = 0; i < count && !in.failed(); ++i) {
      const std::string_view text = in.Text();
      Seen seen;
      seen.count = in.Varint();
      seen.first = plan::RowRank::Load(in);
      seen.type = LoadJsonType(in);
      if (!in.failed()) Take(text, seen, memory);
    }
  }

  // In the order in which the values were first seen; nothing is said of how they were written if
  // all are text.
  static constexpr std::array<std::string_view, 2> kPartialCodes = kValueMap;
  void WritePartial(std::span<Value> out, Arena& arena) const {
    if (table_.size() == 0) {
      out[1] = Value::Text(kNoPartial);
      return;
    }
    std::vector<std::pair<std::string_view, const Seen*>> order;
    table_.ForEach(
        [&](std::string_view text, const Seen& seen) { order.emplace_back(text, &seen); });
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      if (a.second->first != b.second->first) return a.second->first < b.second->first;
      return a.first < b.first;
    });
    std::string list;
    std::string types;
    for (const auto& [text, seen] : order) {
      plan::AppendItem(text, &list);
      plan::AppendItem(std::to_string(seen->count), &list);
      types += NameOfType(seen->type).front();
    }
    out[0] = Value::Text(arena.Copy(list));
    if (types.find_first_not_of('s') != std::string::npos) out[1] = Value::Text(arena.Copy(types));
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    plan::RowRank rank = input.rank;
    return ReadValueMap(input, [&](std::string_view text, uint64_t count, JsonType type) {
      Take(text, {count, rank, type}, memory);
      ++rank.value;
    });
  }

 private:
  struct Seen {
    uint64_t count = 0;
    plan::RowRank first;
    JsonType type = JsonType::kString;
  };

  void Take(std::string_view text, const Seen& seen, plan::AggregateMemory& memory) {
    bool is_new = false;
    Seen& kept = table_.Get(text, &is_new, memory);
    if (is_new) {
      kept = seen;
      return;
    }
    kept.count += seen.count;
    kept.first = std::min(kept.first, seen.first);
    kept.type = CommonType(kept.type, seen.type);
  }

  LazyTable<Seen> table_;
};

constexpr Example kValuesExamples[] = {
    {.title = "Each value once, in the order of bytes",
     .input = R"({"x":"b"} {"x":"10"} {"x":"9"} {"x":"b"} {"x":"B"})",
     .query = "stats values(x)",
     .output = R"json({"values(x)":["10","9","B","b"]})json"},
};
constexpr std::string_view kValuesNotes[] = {"no limit but memory"};
constexpr Example kModeExamples[] = {
    {.title = "The value that occurs most",
     .input = R"({"x":"a"} {"x":"b"} {"x":"b"})",
     .query = "stats mode(x)",
     .output = R"json({"mode(x)":"b"})json"},
};
constexpr std::string_view kModeNotes[] = {"of equally frequent values the first seen"};

constexpr AggregateEntry kValuesTable[] = {
    {.name = "values",
     .signature = "values(<field>)",
     .summary = "The distinct values, as a multivalue in the order of their bytes.",
     .page = "Multivalue stats and chart functions",
     .kept_as = "mode",
     .ops = &plan::OpsOf<ValuesState>,
     .examples = kValuesExamples,
     .notes = kValuesNotes},
    {.name = "mode",
     .signature = "mode(<field>)",
     .summary = "The most frequent value.",
     .page = "Aggregate functions",
     .needs = AggregateNeeds::kOrder,
     .ops = &plan::OpsOf<ModeState>,
     .examples = kModeExamples,
     .notes = kModeNotes},
};

}  // namespace

std::span<const AggregateEntry> ValuesStatistics() { return kValuesTable; }

}  // namespace spelk::functions
