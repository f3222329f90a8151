// Aggregates: the states behind stats, eventstats, streamstats, chart … Each is written once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "plan/expr.h"
#include "plan/partial_form.h"
#include "plan/rank.h"
#include "value/column.h"
#include "value/number.h"
#include "value/value.h"

namespace spelk::plan {

class Registry;
struct Limit;  // plan/limits.h

// A bound call: dc(user) AS users. `function` is the name as typed, found in the Registry when
// built.
struct AggregateCall {
  std::string function;
  double number = 0;    // perc95: 95.
  Field field;          // What it reads; null for count and for expressions.
  ExprPtr expression;   // f(eval(…)).
  std::string pattern;  // f(*delay): one result for each field that the pattern takes.
  Field output;         // Null with a pattern; then `output_pattern` names the results.
  std::string output_pattern;
  // sparkline(avg(x), 1h): `function` of each span of time; an empty span is chosen for the range.
  bool is_sparkline = false;
  std::string spark_span;
  // What it is called in partial rows: under allnum a count of texts, then a field for each code of
  // its state (plan/partial.h). None: it takes nothing from such rows.
  std::vector<Field> partials;
  Span span;

  bool WellFormed(const Registry& entries) const;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("function", function);
    visit("number", number);
    visit.MayBeNull("field", field);
    visit.MayBeNull("expression", expression);
    visit("pattern", pattern);
    visit.MayBeNull("output", output);
    visit("output_pattern", output_pattern);
    visit("is_sparkline", is_sparkline);
    visit("spark_span", spark_span);
    visit.Unprinted("partials", partials);
    visit("span", span);
  }
};

AggregateCall CopyCall(const AggregateCall& call);

// One value on its way into a state. Never null and never a multivalue.
struct AggregateInput {
  Value value;
  RowRank rank;                // Filled in if the aggregate needs the order.
  std::optional<Number> time;  // Filled in if it needs the row's _time.
};

// How much states keep and give at most.
struct AggregateMost {
  uint64_t listed = UINT64_MAX;  // Values of list().
  uint64_t values = UINT64_MAX;  // Of values().
};

// What a result is made with.
struct AggregateResult {
  Arena& arena;              // The result's text lives here.
  double number;             // The percentile.
  bool approximate = false;  // Set by a state that had to give up exactness.
  uint64_t most_values = UINT64_MAX;
  const Limit* truncated = nullptr;  // Set by a state that left values out.
};

// The functions over one type of state, for tables that hold many states of several types.
struct AggregateOps {
  size_t size;
  size_t alignment;
  void (*construct)(void* state);
  // Tells a new state how much it keeps; null for those that do not ask.
  void (*limit)(void* state, const AggregateMost& most);
  void (*destroy)(void* state);
  void (*add)(void* state, const AggregateInput& input, AggregateMemory& memory);
  // Merging is order-free: states may be merged in any order and grouping.
  void (*merge)(void* state, const void* other, AggregateMemory& memory);
  Value (*result)(const void* state, AggregateResult& result);
  void (*save)(const void* state, ByteWriter& out);
  // Fails through the reader for damaged bytes; the state stays valid.
  void (*load)(void* state, ByteReader& in, AggregateMemory& memory);
  // Adds column.At(rows[i]) to states[i] for all i; for aggregates that need neither order nor
  // time.
  void (*add_column)(std::span<void* const> states, const Column& column,
                     std::span<const uint32_t> rows, AggregateMemory& memory);
  // Adds column.At(row) to one state for all rows; likewise.
  void (*add_all)(void* state, const Column& column, std::span<const uint32_t> rows,
                  AggregateMemory& memory);
  // The heap memory that a state holds now.
  size_t (*heap_bytes)(const void* state);
  // How it stands in partial rows; no codes if it does not.
  PartialForm partial;
};

namespace aggregate_internal {

template <class State>
void AddEach(State& state, const Value& value, AggregateInput& input, AggregateMemory& memory) {
  for (const Value& each : value.each()) {
    input.value = each;
    state.Add(input, memory);
  }
}

// Calls take(i, value) with the value of each row, the encoding of the column looked at once.
template <class Take>
void ForEachValue(const Column& column, std::span<const uint32_t> rows, Take take) {
  switch (column.encoding()) {
    case Column::Encoding::kConstant: {
      const Value value = column.constant();
      if (value.is_null()) return;
      for (size_t i = 0; i < rows.size(); ++i) take(i, value);
      return;
    }
    case Column::Encoding::kValues: {
      const std::span<const Value> values = column.values();
      for (size_t i = 0; i < rows.size(); ++i) take(i, values[rows[i]]);
      return;
    }
    default:
      for (size_t i = 0; i < rows.size(); ++i) take(i, column.At(rows[i]));
  }
}

template <class State>
void AddColumn(std::span<void* const> states, const Column& column, std::span<const uint32_t> rows,
               AggregateMemory& memory) {
  AggregateInput input;
  ForEachValue(column, rows, [&](size_t i, const Value& value) {
    AddEach(*static_cast<State*>(states[i]), value, input, memory);
  });
}

template <class State>
void AddAll(void* state, const Column& column, std::span<const uint32_t> rows,
            AggregateMemory& memory) {
  auto& one = *static_cast<State*>(state);
  if constexpr (requires { one.AddCount(uint64_t{}); }) {
    if (column.encoding() == Column::Encoding::kConstant) {
      one.AddCount(column.constant().count() * rows.size());
      return;
    }
  }
  AggregateInput input;
  ForEachValue(column, rows,
               [&](size_t, const Value& value) { AddEach(one, value, input, memory); });
}

}  // namespace aggregate_internal

// State: default constructible; Add(input, memory), Merge(other, memory), Result(result) const,
// Save(out) const, Load(in, memory). If it keeps only so much also Limit(most). If it keeps heap
// memory also HeapBytes() const; if it only counts values also AddCount(values). For partial rows
// see PartialFormOf.
template <class State>
const AggregateOps& OpsOf() {
  static constexpr AggregateOps kOps = {
      .size = sizeof(State),
      .alignment = alignof(State),
      .construct = +[](void* state) { new (state) State(); },
      .limit =
          [] {
            if constexpr (requires(State & s, const AggregateMost& most) { s.Limit(most); }) {
              return +[](void* state, const AggregateMost& most) {
                static_cast<State*>(state)->Limit(most);
              };
            } else {
              return nullptr;
            }
          }(),
      .destroy = +[](void* state) { static_cast<State*>(state)->~State(); },
      .add = +[](void* state, const AggregateInput& input,
                 AggregateMemory& memory) { static_cast<State*>(state)->Add(input, memory); },
      .merge =
          +[](void* state, const void* other, AggregateMemory& memory) {
            static_cast<State*>(state)->Merge(*static_cast<const State*>(other), memory);
          },
      .result =
          +[](const void* state, AggregateResult& result) {
            return static_cast<const State*>(state)->Result(result);
          },
      .save =
          +[](const void* state, ByteWriter& out) { static_cast<const State*>(state)->Save(out); },
      .load = +[](void* state, ByteReader& in,
                  AggregateMemory& memory) { static_cast<State*>(state)->Load(in, memory); },
      .add_column = &aggregate_internal::AddColumn<State>,
      .add_all = &aggregate_internal::AddAll<State>,
      .heap_bytes = +[](const void* state) -> size_t {
        if constexpr (requires(const State& s) { s.HeapBytes(); }) {
          return static_cast<const State*>(state)->HeapBytes();
        } else {
          return 0;
        }
      },
      .partial = PartialFormOf<State>(),
  };
  return kOps;
}

}  // namespace spelk::plan
