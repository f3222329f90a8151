// min, max, range: the least and the greatest value.
#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>

#include "functions/entry.h"
#include "functions/stats/kept_text.h"
#include "plan/aggregate.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

// What decides between two values: numbers come before text; numbers of one size by their text, so
// that the answer does not depend on which was seen first. NaN is text. The empty text says less
// than any number, so it is neither the least nor the greatest where there is one.
struct SortRank {
  bool is_number = false;
  double number = 0;
  bool is_integer = false;  // The text is a canonical integer: beyond 2^53 it decides.
  int64_t integer = 0;
  bool is_empty = false;

  static SortRank Of(const Value& value) {
    SortRank standing;
    if (value.is_integer()) {
      return {true, static_cast<double>(value.integer()), true, value.integer()};
    }
    const std::optional<Number> number = NumberOf(value);
    standing.is_empty = value.is_text() && value.text().empty();
    if (!number || std::isnan(number->value)) return standing;
    standing.is_number = true;
    standing.number = number->value + 0.0;  // -0 is 0.
    if (value.is_text()) {
      standing.is_integer = ParseCanonicalInteger(value.text(), &standing.integer);
    } else if (std::fabs(standing.number) < 9.2e18 &&
               standing.number == std::trunc(standing.number)) {
      standing.is_integer = true;
      standing.integer = static_cast<int64_t>(standing.number);
    }
    return standing;
  }
};

std::weak_ordering Compare(const SortRank& a, std::string_view a_text, const SortRank& b,
                           std::string_view b_text) {
  if (a.is_number != b.is_number) return a.is_number ? 0 <=> 1 : 1 <=> 0;
  if (a.is_number) {
    if (const auto order = a.number <=> b.number; order != 0) {
      return order < 0 ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    if (a.is_integer != b.is_integer) return b.is_integer <=> a.is_integer;
    if (a.is_integer) return a.integer <=> b.integer;
  }
  return a_text <=> b_text;
}

// kSign: -1 keeps the least, 1 the greatest.
template <int kSign>
class ExtremeState {
 public:
  void Add(const plan::AggregateInput& input, plan::AggregateMemory& memory) {
    const SortRank standing = SortRank::Of(input.value);
    if (any_ && standing.is_number && standing_.is_number && standing.number != standing_.number) {
      if ((standing.number > standing_.number) != (kSign > 0)) return;
    }
    char buffer[kNumberText];
    Take(standing, TextOf(input.value, buffer), JsonTypeOf(input.value), memory);
  }
  void Merge(const ExtremeState& other, plan::AggregateMemory& memory) {
    if (other.any_) Take(other.standing_, other.kept_.text(), other.kept_.type(), memory);
  }
  Value Result(plan::AggregateResult& result) const {
    return any_ ? kept_.Result(result) : Value::Null();
  }
  size_t HeapBytes() const { return kept_.HeapBytes(); }
  void Save(ByteWriter& out) const {
    out.Bool(any_);
    if (any_) kept_.Save(out);
  }
  void Load(ByteReader& in, plan::AggregateMemory& memory) {
    any_ = in.Bool();
    if (!any_) return;
    kept_.Load(in, memory);
    standing_ = SortRank::Of(Value::Text(kept_.text()));
  }

  // The number or the text, and how it was written.
  static constexpr std::array<std::string_view, 3> kPartialCodes =
      kSign < 0 ? std::array<std::string_view, 3>{"nn", "sn", "nt"}
                : std::array<std::string_view, 3>{"nx", "sx", "xt"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    out[2] = Value::Text(any_ ? NameOfType(kept_.type()) : kNoPartial);
    if (any_) {
      out[standing_.is_number ? 0 : 1] = Value::Text(arena.Copy(kept_.text()), kept_.type());
    }
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory& memory) {
    if (input.empty()) return plan::PartialRead::kNothing;
    const std::optional<std::string> type = input.Text(2);
    if (type && *type == kNoPartial) return plan::PartialRead::kTaken;
    const std::optional<std::string> number = input.Text(0);
    std::optional<std::string> text = input.Text(1);
    if (!number && !text) {
      if (!type) return plan::PartialRead::kDamaged;
      text = "";  // Tables of text do not tell it from nothing.
    }
    const auto take = [&](const std::string& kept, JsonType fallback) {
      Take(SortRank::Of(Value::Text(kept)), kept, type ? TypeOfName(*type) : fallback, memory);
    };
    if (number) take(*number, JsonType::kNumber);
    if (text) take(*text, JsonType::kString);
    return plan::PartialRead::kTaken;
  }

 private:
  void Take(const SortRank& standing, std::string_view text, JsonType type,
            plan::AggregateMemory& memory) {
    if (any_) {
      const bool number_beside_empty =
          (standing.is_number && standing_.is_empty) || (standing.is_empty && standing_.is_number);
      const std::weak_ordering order = Compare(standing, text, standing_, kept_.text());
      if (order == 0) return kept_.Meet(type);
      if (number_beside_empty ? standing.is_empty : (order > 0) != (kSign > 0)) return;
    }
    any_ = true;
    standing_ = standing;
    kept_.Set(text, type, memory);
  }

  bool any_ = false;
  SortRank standing_;
  KeptText kept_;
};

struct RangeState {
  bool any = false;
  double least = 0;
  double greatest = 0;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory&) {
    const std::optional<Number> number = NumberOf(input.value);
    if (number && !std::isnan(number->value)) Take(number->value + 0.0, number->value + 0.0);
  }
  void Merge(const RangeState& other, plan::AggregateMemory&) {
    if (other.any) Take(other.least, other.greatest);
  }
  Value Result(plan::AggregateResult&) const {
    return any ? Value::Double(greatest == least ? 0 : greatest - least) : Value::Null();
  }
  void Save(ByteWriter& out) const {
    out.Bool(any);
    out.Double(least);
    out.Double(greatest);
  }
  void Load(ByteReader& in, plan::AggregateMemory&) {
    any = in.Bool();
    least = in.Double();
    greatest = in.Double();
  }

  static constexpr std::array<std::string_view, 3> kPartialCodes = {"nn", "nx", "rt"};
  void WritePartial(std::span<Value> out, Arena& arena) const {
    if (!any) {
      out[2] = Value::Text(kNoPartial);
      return;
    }
    out[0] = ExactNumber(least, arena);
    out[1] = ExactNumber(greatest, arena);
  }
  plan::PartialRead ReadPartial(const plan::PartialInput& input, plan::AggregateMemory&) {
    if (!input.values[2].is_null()) return plan::PartialRead::kTaken;
    // A greatest value that is text leaves the greatest number open.
    if (input.values[0].is_null() || input.values[1].is_null()) return plan::PartialRead::kNothing;
    constexpr Number kNone{std::numeric_limits<double>::quiet_NaN()};
    const double low = ParseNumber(input.Text(0).value_or("")).value_or(kNone).value;
    const double high = ParseNumber(input.Text(1).value_or("")).value_or(kNone).value;
    if (std::isnan(low) || std::isnan(high)) return plan::PartialRead::kDamaged;
    Take(low, high);
    return plan::PartialRead::kTaken;
  }

 private:
  void Take(double low, double high) {
    least = any ? std::min(least, low) : low;
    greatest = any ? std::max(greatest, high) : high;
    any = true;
  }
};

constexpr std::string_view kExtremesNotes[] = {
    "numbers compare as numbers and come before text, text compares by bytes; the empty text gives "
    "way to any number",
    "the value keeps its text; of 1 and 1.0 min takes the first and max the second"};
constexpr Example kExtremesExamples[] = {
    {.title = "Numbers as numbers",
     .input = R"({"x":"10"} {"x":"9"} {"x":"100"})",
     .query = "stats min(x) max(x)",
     .output = R"json({"min(x)":"9","max(x)":"100"})json"},
    {.title = "Any text is greater than any number",
     .input = R"({"x":1} {"x":"b"} {"x":"B"} {"x":9})",
     .query = "stats min(x) max(x)",
     .output = R"json({"min(x)":1,"max(x)":"b"})json"},
};
constexpr Example kRangeExamples[] = {
    {.title = "From the least number to the greatest",
     .input = R"({"x":3} {"x":10} {"x":"n/a"})",
     .query = "stats range(x)",
     .output = R"json({"range(x)":7})json"},
};

constexpr AggregateEntry kExtremesTable[] = {
    {.name = "min",
     .signature = "min(<field>)",
     .summary = "The least value.",
     .page = "Aggregate functions",
     .ops = &plan::OpsOf<ExtremeState<-1>>,
     .examples = kExtremesExamples,
     .notes = kExtremesNotes},
    {.name = "max",
     .signature = "max(<field>)",
     .summary = "The greatest value.",
     .page = "Aggregate functions",
     .ops = &plan::OpsOf<ExtremeState<1>>,
     .examples = kExtremesExamples,
     .notes = kExtremesNotes},
    {.name = "range",
     .signature = "range(<field>)",
     .summary = "The greatest number less the least one.",
     .page = "Aggregate functions",
     .numeric = true,
     .ops = &plan::OpsOf<RangeState>,
     .examples = kRangeExamples},
};

}  // namespace

std::span<const AggregateEntry> ExtremesStatistics() { return kExtremesTable; }

}  // namespace spelk::functions
