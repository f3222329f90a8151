// Aggregates: the states behind stats, eventstats, streamstats, chart … Each is written once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/arena.h"
#include "base/bytes.h"
#include "plan/expr.h"
#include "plan/rank.h"
#include "value/column.h"
#include "value/number.h"
#include "value/value.h"

namespace spelk::plan {

// A bound call: dc(user) AS users. `function` is the name as typed, found in the EntryTable when
// built.
struct AggregateCall {
  std::string function;
  double number = 0;    // perc95: 95.
  Field field;          // What it reads; null for count and for expressions.
  ExprPtr expression;   // f(eval(…)).
  std::string pattern;  // f(*delay): one result for each field that the pattern takes.
  Field output;         // Null with a pattern; then `output_pattern` names the results.
  std::string output_pattern;
  Span span;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("function", function);
    visit("number", number);
    visit("field", field);
    visit("expression", expression);
    visit("pattern", pattern);
    visit("output", output);
    visit("output_pattern", output_pattern);
  }
};

AggregateCall CopyCall(const AggregateCall& call);

// One value on its way into a state. Never null and never a multivalue.
struct AggregateInput {
  Value value;
  RowRank rank;                // Filled in if the aggregate needs the order.
  std::optional<Number> time;  // Filled in if it needs the row's _time.
};

// Where a state reports the heap memory it took or gave back, in bytes.
struct AggregateMemory {
  int64_t grown = 0;
};

// What a result is made with.
struct AggregateResult {
  Arena& arena;   // The result's text lives here.
  double number;  // The percentile.
};

// The functions over one type of state, for tables that hold many states of several types.
struct AggregateOps {
  size_t size;
  size_t alignment;
  void (*construct)(void* state);
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
};

// State: default constructible; Add(input, memory), Merge(other, memory), Result(result) const,
// Save(out) const, Load(in, memory).
template <class State>
const AggregateOps& OpsOf() {
  static constexpr AggregateOps kOps = {
      .size = sizeof(State),
      .alignment = alignof(State),
      .construct = +[](void* state) { new (state) State(); },
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
      .add_column =
          +[](std::span<void* const> states, const Column& column, std::span<const uint32_t> rows,
              AggregateMemory& memory) {
            AggregateInput input;
            for (size_t i = 0; i < rows.size(); ++i) {
              const Value value = column.At(rows[i]);
              if (!value.is_multi()) [[likely]] {
                if (value.is_null()) continue;
                input.value = value;
                static_cast<State*>(states[i])->Add(input, memory);
                continue;
              }
              for (const Value& each : value.each()) {
                input.value = each;
                static_cast<State*>(states[i])->Add(input, memory);
              }
            }
          },
  };
  return kOps;
}

}  // namespace spelk::plan
