// first, last, list: values by where their rows stand in the result.
#include <algorithm>
#include <vector>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "plan/aggregate.h"
#include "plan/limits.h"

namespace spelk::functions {
namespace {

template <bool kLast>
class PlaceState {
 public:
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    if (!Wins(input.rank)) return;
    any_ = true;
    rank_ = input.rank;
    kept_.Set(input.value, memory);
  }
  void Merge(const PlaceState& other, plan::AggregateMemory& memory) {
    if (!other.any_ || !Wins(other.rank_)) return;
    any_ = true;
    rank_ = other.rank_;
    kept_.Set(other.kept_.text(), other.kept_.type(), memory);
  }
  Value Result(plan::AggregateResult& result) const {
    return any_ ? kept_.Result(result) : Value::Null();
  }
  size_t HeapBytes() const { return kept_.HeapBytes(); }
  void Save(ByteWriter& out) const {
    out.Bool(any_);
    if (!any_) return;
    rank_.Save(out);
    kept_.Save(out);
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    any_ = in.Bool();
    if (!any_) return;
    rank_ = plan::RowRank::Load(in);
    kept_.Load(in, memory);
  }

  // It stands where the partial row does.
  static constexpr std::array<std::string_view, 1> kPartialCodes = {kLast ? "la" : "fi"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    std::string text;
    if (any_) kept_.AppendTo(&text);
    out[0] = Value::Text(any_ ? arena.Copy(text) : kNoPartial);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> text = input.Text(0);
    if (text && *text == kNoPartial) return plan::PartialRead::kTaken;
    std::string_view list = text ? std::string_view(*text) : std::string_view();
    const std::optional<std::string> item = plan::TakeItem(&list);
    PlaceState other;
    plan::AggregateMemory scratch;
    if (!item || !other.kept_.Take(*item, scratch)) return plan::PartialRead::kDamaged;
    other.any_ = true;
    other.rank_ = input.rank;
    Merge(other, memory);
    return plan::PartialRead::kTaken;
  }

 private:
  bool Wins(const plan::RowRank& rank) const {
    return !any_ || (kLast ? rank_ < rank : rank < rank_);
  }

  bool any_ = false;
  plan::RowRank rank_;
  KeptText kept_;
};

class ListState {
 public:
  void Limit(const plan::AggregateMost& most) { most_ = most.listed; }
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    Item* item = Place(input.rank, memory);
    if (item != nullptr) item->kept.Set(input.value, memory);
  }
  void Merge(const ListState& other, plan::AggregateMemory& memory) {
    for (const Item& from : other.items_) {
      Item* item = Place(from.rank, memory);
      if (item == nullptr) break;  // All that follow are later still.
      item->kept.Set(from.kept.text(), from.kept.type(), memory);
    }
    truncated_ = truncated_ || other.truncated_;
  }
  Value Result(plan::AggregateResult& result) const {
    auto* values = result.arena.AllocateArray<Value>(items_.size());
    if (values == nullptr) return Value::Null();
    for (size_t i = 0; i < items_.size(); ++i) values[i] = items_[i].kept.Result(result);
    if (truncated_) result.truncated = &plan::kStatsListMaxSize;
    return Value::Multi({values, items_.size()});
  }
  size_t HeapBytes() const {
    size_t bytes = items_.capacity() * sizeof(Item);
    for (const Item& item : items_) bytes += item.kept.HeapBytes();
    return bytes;
  }
  void Save(ByteWriter& out) const {
    out.Bool(truncated_);
    out.Varint(items_.size());
    for (const Item& item : items_) {
      item.rank.Save(out);
      item.kept.Save(out);
    }
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    truncated_ = in.Bool();
    const size_t count = in.Count(3);
    for (size_t i = 0; i < count && !in.failed(); ++i) {
      const plan::RowRank rank = plan::RowRank::Load(in);
      KeptText kept;
      plan::AggregateMemory scratch;
      kept.Load(in, scratch);
      Item* item = in.failed() ? nullptr : Place(rank, memory);
      if (item != nullptr) item->kept.Set(kept.text(), kept.type(), memory);
    }
  }

  // The values; a last item without anything says that there were more.
  static constexpr std::array<std::string_view, 1> kPartialCodes = {"li"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    std::string text;
    for (const Item& item : items_) item.kept.AppendTo(&text);
    if (truncated_) plan::AppendItem("", &text);
    out[0] = Value::Text(items_.empty() ? kNoPartial : arena.Copy(text));
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> text = input.Text(0);
    if (!text) return plan::PartialRead::kDamaged;
    if (*text == kNoPartial) return plan::PartialRead::kTaken;
    std::string_view list = *text;
    plan::RowRank rank = input.rank;
    while (!list.empty()) {
      const std::optional<std::string> each = plan::TakeItem(&list);
      if (!each) return plan::PartialRead::kDamaged;
      if (each->empty() && list.empty()) {
        truncated_ = true;
        break;
      }
      KeptText kept;
      plan::AggregateMemory scratch;
      if (!kept.Take(*each, scratch)) return plan::PartialRead::kDamaged;
      Item* item = Place(rank, memory);
      if (item != nullptr) item->kept.Set(kept.text(), kept.type(), memory);
      ++rank.value;
    }
    return plan::PartialRead::kTaken;
  }

 private:
  struct Item {
    plan::RowRank rank;
    KeptText kept;
  };

  // A free item at the rank's place; null if it lies beyond the limit.
  Item* Place(const plan::RowRank& rank, plan::AggregateMemory& memory) {
    auto place = items_.end();
    if (!items_.empty() && rank < items_.back().rank) {
      place = std::upper_bound(
          items_.begin(), items_.end(), rank,
          [](const plan::RowRank& wanted, const Item& item) { return wanted < item.rank; });
    }
    if (items_.size() >= most_) {
      truncated_ = true;
      if (place == items_.end()) return nullptr;
      memory.Changed(items_.back().kept.HeapBytes(), 0);
      items_.pop_back();
    }
    const size_t before = items_.capacity();
    place = items_.insert(place, Item{rank, {}});
    memory.Changed(before * sizeof(Item), items_.capacity() * sizeof(Item));
    return &*place;
  }

  std::vector<Item> items_;  // By rank.
  uint64_t most_ = UINT64_MAX;
  bool truncated_ = false;  // There were more.
};

constexpr Example kPlaceExamples[] = {
    {.title = "In the order of the rows, those without the field left out",
     .input = R"({"x":"a"} {"y":1} {"x":"c"})",
     .query = "stats first(x) last(x)",
     .output = R"json({"first(x)":"a","last(x)":"c"})json"},
};
constexpr std::string_view kPlaceNotes[] = {
    "events come newest first, so first() is the newest unless they were sorted"};
constexpr Example kListExamples[] = {
    {.title = "All values, in the order of the rows",
     .input = R"({"x":"b"} {"x":"a"} {"x":"b"})",
     .query = "stats list(x)",
     .output = R"json({"list(x)":["b","a","b"]})json"},
};
constexpr std::string_view kListNotes[] = {
    "the first 100 values; the others are left out, with a warning"};

constexpr AggregateEntry kOrderTable[] = {
    {.name = "first",
     .signature = "first(<field>)",
     .summary = "The first value in the order of the rows.",
     .page = "Event order functions",
     .needs = AggregateNeeds::kOrder,
     .ops = &plan::OpsOf<PlaceState<false>>,
     .examples = kPlaceExamples,
     .notes = kPlaceNotes},
    {.name = "last",
     .signature = "last(<field>)",
     .summary = "The last value in the order of the rows.",
     .page = "Event order functions",
     .needs = AggregateNeeds::kOrder,
     .ops = &plan::OpsOf<PlaceState<true>>,
     .examples = kPlaceExamples,
     .notes = kPlaceNotes},
    {.name = "list",
     .signature = "list(<field>)",
     .summary = "The values as a multivalue in the order of the rows, at most 100.",
     .page = "Multivalue stats and chart functions",
     .needs = AggregateNeeds::kOrder,
     .ops = &plan::OpsOf<ListState>,
     .examples = kListExamples,
     .notes = kListNotes},
};

}  // namespace

std::span<const AggregateEntry> OrderStatistics() { return kOrderTable; }

}  // namespace spelk::functions
