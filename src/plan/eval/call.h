// Call: what a function sees when it is called on one row.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/time/time.h"
#include "base/arena.h"
#include "plan/types.h"
#include "value/value.h"

namespace spelk {
class ShapeTable;
namespace plan {
struct Services;
}
}  // namespace spelk

namespace spelk::plan {

// Fixed for a whole run, so that every row and every worker sees the same.
struct RunConstants {
  absl::TimeZone zone;
  double now = 0;                        // Seconds since the epoch.
  bool now_is_newest = false;            // It is the time of the newest event.
  uint64_t seed = 0;                     // Of random().
  const ShapeTable* commands = nullptr;  // For commands(), which reads searches.
  // Tables, files, limits (plan/services.h). Null where there is no run: in macros, while binding.
  const Services* services = nullptr;
};

// What evaluation counts, for a warning at the end. Shared by all workers.
struct EvalCounters {
  std::atomic<uint64_t> regex_limits{0};  // Values on which an expression reached its match limit.
  std::atomic<uint64_t> outside_time_range{0};  // Events that a time range left out.
  std::atomic<uint64_t> without_time{0};        // Those of them that have no time.
  std::atomic<uint64_t> inside_time_range{0};
  // Events that had a time where the options look for it, and that had none.
  std::atomic<uint64_t> times_as_asked{0};
  std::atomic<uint64_t> no_times_as_asked{0};
};

// What a function made once for a call from its constant arguments. One for each worker: it may
// hold scratch memory.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

class Call {
 public:
  Call(const RunConstants& run, EvalCounters& counters, Arena& arena, Arena& scratch,
       std::span<const Type> types, Prepared* prepared)
      : run_(run),
        counters_(counters),
        arena_(arena),
        scratch_(scratch),
        types_(types),
        prepared_(prepared) {}

  const RunConstants& run() const { return run_; }
  EvalCounters& counters() { return counters_; }
  // What the result is made of; lives as long as the batch.
  Arena& arena() { return arena_; }
  // What is needed on the way; gone when the function is called for the next row.
  Arena& scratch() { return scratch_; }
  // What was known of an argument when the query was bound: kString for text that no field's text
  // can turn into a number.
  Type type(size_t argument) const { return types_[argument]; }
  template <class T>
  T& prepared() {
    return static_cast<T&>(*prepared_);
  }
  bool has_prepared() const { return prepared_ != nullptr; }

  // A text that lives as long as the batch.
  Value Text(std::string_view text) { return Value::Text(arena_.Copy(text)); }
  // A multivalue of these values; the texts must live as long as the batch already.
  Value Multi(std::span<const Value> values);
  // The text of an argument; numbers are written out. Not for null and multivalues.
  std::string_view TextOf(const Value& value);

 private:
  const RunConstants& run_;
  EvalCounters& counters_;
  Arena& arena_;
  Arena& scratch_;
  std::span<const Type> types_;
  Prepared* prepared_;
};

}  // namespace spelk::plan
