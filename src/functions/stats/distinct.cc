// dc, estdc, estdc_error: how many distinct values.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "functions/entry.h"
#include "functions/stats/hyper_log_log.h"
#include "plan/aggregate.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

// 128 bits of a text. Two texts with equal ones do not occur by chance, so that counting them
// counts the texts. The same in every run, as states may be merged on another machine.
struct Fingerprint {
  uint64_t high = 0;
  uint64_t low = 0;

  static Fingerprint Of(std::string_view text) {
    constexpr uint64_t kHighSeed = 0x8A5CD789635D2DFFU;
    constexpr uint64_t kLowSeed = 0x121FD2155C472F96U;
    const Fingerprint made = {HashBytes(text, kHighSeed), HashBytes(text, kLowSeed)};
    return made.empty() ? Fingerprint{1, 1} : made;
  }
  bool empty() const { return high == 0 && low == 0; }
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// Open addressing; a free slot is an empty fingerprint.
class FingerprintSet {
 public:
  size_t size() const { return size_; }
  void Add(Fingerprint added) {
    if ((size_ + 1) * 4 > slots_.size() * 3) Grow();
    Fingerprint& slot = SlotOf(added);
    if (!slot.empty()) return;
    slot = added;
    ++size_;
  }
  template <class Take>
  void ForEach(Take take) const {
    for (const Fingerprint& slot : slots_) {
      if (!slot.empty()) take(slot);
    }
  }
  void Clear() { *this = FingerprintSet(); }
  size_t heap_bytes() const { return slots_.capacity() * sizeof(Fingerprint); }

 private:
  Fingerprint& SlotOf(const Fingerprint& wanted) {
    const size_t mask = slots_.size() - 1;
    size_t at = wanted.low & mask;
    while (!slots_[at].empty() && slots_[at] != wanted) at = (at + 1) & mask;
    return slots_[at];
  }
  void Grow() {
    std::vector<Fingerprint> old = std::exchange(slots_, {});
    slots_.resize(std::max<size_t>(4, old.size() * 2));
    for (const Fingerprint& each : old) {
      if (!each.empty()) SlotOf(each) = each;
    }
  }

  std::vector<Fingerprint> slots_;
  size_t size_ = 0;
};

// Counts exactly up to a number of distinct values, and estimates beyond it. Which of the two holds
// depends on how many values all merged states saw together, never on how they were divided.
template <size_t kExact, unsigned kPrecision>
class DistinctState {
 public:
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    char buffer[kNumberText];
    const Fingerprint print = Fingerprint::Of(TextOf(input.value, buffer));
    const size_t before = HeapBytes();
    AddPrint(print);
    memory.Changed(before, HeapBytes());
  }
  void Merge(const DistinctState& other, plan::AggregateMemory& memory) {
    const size_t before = HeapBytes();
    if (other.sketch_ != nullptr) {
      StartSketch();
      sketch_->Merge(*other.sketch_);
    } else {
      other.exact_.ForEach([this](const Fingerprint& print) { AddPrint(print); });
    }
    memory.Changed(before, HeapBytes());
  }
  bool estimates() const { return sketch_ != nullptr; }
  Value Result(plan::AggregateResult&) const {
    return Value::Integer(sketch_ == nullptr ? static_cast<int64_t>(exact_.size())
                                             : std::llround(sketch_->Estimate()));
  }
  double Error() const { return sketch_ == nullptr ? 0 : sketch_->Error(); }
  size_t HeapBytes() const {
    return exact_.heap_bytes() +
           (sketch_ == nullptr ? 0 : sizeof(HyperLogLog) + sketch_->heap_bytes());
  }

  void Save(ByteWriter& out) const {
    out.Bool(sketch_ != nullptr);
    if (sketch_ != nullptr) return sketch_->Save(out);
    std::vector<Fingerprint> sorted;
    exact_.ForEach([&](const Fingerprint& print) { sorted.push_back(print); });
    std::sort(sorted.begin(), sorted.end());
    out.Varint(sorted.size());
    for (const Fingerprint& print : sorted) {
      out.Fixed(print.high);
      out.Fixed(print.low);
    }
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    const size_t before = HeapBytes();
    exact_.Clear();
    sketch_.reset();
    if (in.Bool()) {
      StartSketch();
      if (!sketch_->Load(in)) sketch_.reset();
    } else {
      const size_t count = in.Count(sizeof(Fingerprint));
      for (size_t i = 0; i < count; ++i) {
        Fingerprint print;
        print.high = in.Fixed<uint64_t>();
        print.low = in.Fixed<uint64_t>();
        AddPrint(print.empty() ? Fingerprint{1, 1} : print);
      }
    }
    memory.Changed(before, HeapBytes());
  }

  // Its own bytes, or the values that Splunk keeps of it.
  static constexpr std::array<std::string_view, 2> kPartialCodes = {kExact > 1000 ? "dc" : "ed",
                                                                    "vm"};
  static constexpr size_t kPartialWritten = 1;
  void WritePartial(std::span<Value> out, Arena& arena) const {
    std::string bytes;
    ByteWriter writer(bytes);
    Save(writer);
    out[0] = Value::Text(arena.Copy(plan::EncodeBytes(bytes)));
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.empty()) return plan::PartialRead::kNothing;
    if (input.values[0].is_null()) return ReadValues(input, memory);
    const std::optional<std::string> text = input.Text(0);
    const std::optional<std::string> bytes = text ? plan::DecodeBytes(*text) : std::nullopt;
    if (!bytes) return plan::PartialRead::kDamaged;
    ByteReader reader(*bytes);
    DistinctState other;
    plan::AggregateMemory scratch;
    other.Load(reader, scratch);
    if (reader.failed() || !reader.at_end()) return plan::PartialRead::kDamaged;
    Merge(other, memory);
    return plan::PartialRead::kTaken;
  }

 private:
  plan::PartialRead ReadValues(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    const std::optional<std::string> text = input.Text(1);
    if (!text) return plan::PartialRead::kDamaged;
    const size_t before = HeapBytes();
    std::string_view list = *text;
    while (!list.empty()) {
      const std::optional<std::string> value = plan::TakeItem(&list);
      if (!value || !plan::TakeItem(&list)) return plan::PartialRead::kDamaged;  // How often.
      AddPrint(Fingerprint::Of(*value));
    }
    memory.Changed(before, HeapBytes());
    return plan::PartialRead::kTaken;
  }
  void AddPrint(const Fingerprint& print) {
    if (sketch_ != nullptr) return sketch_->Add(print.high);
    exact_.Add(print);
    if (exact_.size() > kExact) StartSketch();
  }
  void StartSketch() {
    if (sketch_ != nullptr) return;
    sketch_ = std::make_unique<HyperLogLog>(kPrecision);
    exact_.ForEach([this](const Fingerprint& print) { sketch_->Add(print.high); });
    exact_.Clear();
  }

  FingerprintSet exact_;
  std::unique_ptr<HyperLogLog> sketch_;
};

struct DcState : DistinctState<size_t{1} << 20U, 16> {
  Value Result(plan::AggregateResult& result) const {
    result.approximate = estimates();
    return DistinctState::Result(result);
  }
};
// limits.conf [stats] approx_dc_threshold is 1000.
using EstdcState = DistinctState<1000, 14>;

struct EstdcErrorState : EstdcState {
  Value Result(plan::AggregateResult&) const { return Value::Double(Error()); }
};

constexpr std::string_view kDcAliases[] = {"distinct_count"};
constexpr Example kDcExamples[] = {
    {.title = "Case counts, and so does how a number is written",
     .input = R"({"u":"ana"} {"u":"Ana"} {"u":"ana"} {"u":1} {"u":"1"} {"u":"1.0"})",
     .query = "stats dc(u)",
     .output = R"json({"dc(u)":4})json"},
};
constexpr std::string_view kDcNotes[] = {
    "exact up to 1,048,576 distinct values of a group; an estimate with an error of about 0.4 % "
    "beyond, with a warning"};
constexpr Example kEstdcExamples[] = {
    {.title = "Few values are counted exactly",
     .input = R"({"u":"ana"} {"u":"bo"} {"u":"ana"})",
     .query = "stats estdc(u) estdc_error(u)",
     .output = R"json({"estdc(u)":2,"estdc_error(u)":0})json"},
};
constexpr std::string_view kEstdcNotes[] = {
    "exact up to 1,000 distinct values, an estimate with an error of about 0.8 % beyond"};

constexpr AggregateEntry kDistinctTable[] = {
    {.name = "dc",
     .aliases = kDcAliases,
     .signature = "dc(<field>)",
     .summary = "How many distinct values a field has, as texts.",
     .page = "Aggregate functions",
     .ops = &plan::OpsOf<DcState>,
     .examples = kDcExamples,
     .notes = kDcNotes},
    {.name = "estdc",
     .signature = "estdc(<field>)",
     .summary = "An estimate of how many distinct values a field has.",
     .page = "Aggregate functions",
     .ops = &plan::OpsOf<EstdcState>,
     .examples = kEstdcExamples,
     .notes = kEstdcNotes},
    {.name = "estdc_error",
     .signature = "estdc_error(<field>)",
     .summary = "The relative error that estdc has to be expected to have.",
     .page = "Aggregate functions",
     .kept_as = "estdc",
     .ops = &plan::OpsOf<EstdcErrorState>,
     .examples = kEstdcExamples,
     .notes = kEstdcNotes},
};

}  // namespace

std::span<const AggregateEntry> DistinctStatistics() { return kDistinctTable; }

}  // namespace spelk::functions
