// values, mode: the distinct values, and the most frequent one.
#include <algorithm>
#include <memory>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "functions/stats/text_table.h"
#include "plan/aggregate.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

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

constexpr AggregateEntry kTable[] = {
    {.name = "values",
     .signature = "values(<field>)",
     .summary = "The distinct values, as a multivalue in the order of their bytes.",
     .page = "Multivalue stats and chart functions",
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

std::span<const AggregateEntry> ValuesStatistics() { return kTable; }

}  // namespace spelk::functions
