// AggregationPlan: how the statistics of a command are carried out; made once, shared by all
// states.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/group_table.h"
#include "plan/nodes.h"
#include "value/time_span.h"

namespace spelk::exec {

// How the values of the BY fields were written: string wins where values of one text differ.
struct TypesState {
  uint64_t types = 0;
  bool any = false;

  void Add(uint64_t more) {
    types = any ? (types & more) : more;  // String is 0; number and literal never share a text.
    any = true;
  }
  void Add(const plan::AggregateInput&, plan::AggregateMemory&) {}
  void Merge(const TypesState& other, plan::AggregateMemory&) {
    if (other.any) Add(other.types);
  }
  Value Result(plan::AggregateResult&) const { return Value::Integer(static_cast<int64_t>(types)); }
  void Save(ByteWriter& out) const {
    out.Bool(any);
    out.Fixed(types);
  }
  void Load(ByteReader& in, plan::AggregateMemory&) {
    any = in.Bool();
    types = in.Fixed<uint64_t>();
  }
};

// Counts values that are no numbers, for allnum.
struct TextCountState {
  uint64_t texts = 0;

  void Add(const plan::AggregateInput& input, plan::AggregateMemory&) {
    if (!NumberOf(input.value)) ++texts;
  }
  void Merge(const TextCountState& other, plan::AggregateMemory&) { texts += other.texts; }
  Value Result(plan::AggregateResult&) const { return Value::Integer(static_cast<int64_t>(texts)); }
  void Save(ByteWriter& out) const { out.Fixed(texts); }
  void Load(ByteReader& in, plan::AggregateMemory&) { texts = in.Fixed<uint64_t>(); }
};

// What a group is called in another aggregation.
using RenameGroup = std::function<std::string(std::string_view group)>;

// What an aggregation has to do with partial rows.
struct PartialRows {
  Field version;  // By which they are known among the rows; null: they are rows as others.
  plan::AggregateMode mode = plan::AggregateMode::kWhole;  // Whether it gives such rows itself.
};

// Immutable.
class AggregationPlan {
 public:
  // `calls` outlive the plan; `what` is the command, for messages. Calls with a pattern take
  // neither the BY fields nor those of `split`.
  static absl::StatusOr<std::unique_ptr<const AggregationPlan>> Make(
      const std::vector<plan::AggregateCall>& calls, const std::vector<Field>& by, bool all_numbers,
      bool distinct_split_values, const RunContext& run, std::string_view what,
      std::vector<Field> split = {}, PartialRows partial = {});

  struct Call {
    const plan::AggregateEntry* entry;
    const plan::AggregateCall* call;
    size_t state = 0;              // Index in the layout.
    size_t text_count = SIZE_MAX;  // allnum: the state that counts values which are no numbers.
    bool boolean = false;          // The argument is a Boolean expression: only true counts.

    bool needs_rank() const { return entry->needs != plan::AggregateNeeds::kValue; }
    const plan::PartialForm& form() const { return entry->ops().partial; }
    // The fields of its state in partial rows; not for sparklines and patterns.
    std::span<const Field> partials() const {
      if (call->partials.empty()) return {};
      return std::span(call->partials).subspan(text_count == SIZE_MAX ? 0 : 1);
    }
  };
  // A call with a pattern: one result for each field that it takes, kept in a table of its own by
  // field name.
  struct PatternCall {
    Call call;
    std::unique_ptr<GroupLayout> layout;
  };

  // sparkline(): the call for each span, whose states are kept by span and group. Without a span it
  // is chosen for the range of time.
  struct SparkCall {
    Call call;
    std::unique_ptr<GroupLayout> layout;
    std::optional<TimeSpan> span;
  };

  const std::vector<Call>& calls() const { return calls_; }
  const std::vector<SparkCall>& spark_calls() const { return spark_calls_; }
  const std::vector<PatternCall>& pattern_calls() const { return pattern_calls_; }
  const GroupLayout& layout() const { return *layout_; }
  const std::vector<Field>& by() const { return by_; }
  bool distinct_split_values() const { return distinct_; }
  const RunContext& run() const { return *run_; }
  const std::string& what() const { return what_; }
  // The command's _time, which earliest, latest … go by.
  Field time() const { return time_; }
  size_t types_state() const { return types_state_; }
  // The calls in the order written: an index into calls(), past their number into pattern_calls(),
  // past those into spark_calls().
  const std::vector<size_t>& order() const { return order_; }

  const PartialRows& partial() const { return partial_; }
  bool gives_partial_rows() const { return partial_.mode == plan::AggregateMode::kPartial; }

  // What the states of a call give, `states` being a group's; null under allnum if it saw text. The
  // first estimate of a run is told as a warning.
  Value ResultOf(const Call& call, const GroupLayout& layout, const char* states,
                 Arena& arena) const;
  // The column for a field that a call with a pattern takes.
  absl::StatusOr<Field> OutputOf(const plan::AggregateCall& call, std::string_view field) const;
  // True if a call with a pattern takes the field: not the BY fields.
  bool Takes(const PatternCall& call, Field field) const;

 private:
  std::vector<Call> calls_;
  std::vector<PatternCall> pattern_calls_;
  std::vector<SparkCall> spark_calls_;
  std::vector<size_t> order_;
  std::unique_ptr<GroupLayout> layout_;
  plan::AggregateMost most_;
  std::vector<Field> by_;
  std::vector<Field> split_;
  bool distinct_ = false;
  PartialRows partial_;
  size_t types_state_ = 0;  // How the BY values were written.
  Field time_;
  const RunContext* run_ = nullptr;
  std::string what_;
};

}  // namespace spelk::exec
