// Operators: what a plan becomes to run. Three kinds; all are immutable and shared by the workers,
// which have states of their own.
#pragma once

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "base/status.h"
#include "exec/run_context.h"
#include "plan/rank.h"
#include "value/batch.h"

namespace spelk::exec {

using plan::Position;
using plan::RowRank;

// Whether more rows are wanted. Once an operator has enough, reading stops.
enum class Demand : uint8_t { kMore, kEnough };

// Where an operator's rows go.
class Output {
 public:
  virtual ~Output() = default;
  virtual absl::Status Push(Batch batch) = 0;
  // What follows wants no more rows: an operator may stop making them.
  virtual bool enough() const { return false; }
};

// A worker's state of an operator, without its type.
class OperatorState {
 public:
  virtual ~OperatorState() = default;
};
using OperatorStatePtr = std::unique_ptr<OperatorState>;

class Operator {
 public:
  virtual ~Operator() = default;
};

// ---------------------------------------------------------------- streaming: any worker, any batch

class StreamingOperator : public Operator {
 public:
  virtual absl::StatusOr<OperatorStatePtr> NewAnyState() const = 0;
  virtual absl::Status ProcessAny(Batch batch, OperatorState& state, Output& out) const = 0;
};

// Of an operator that needs none.
struct NoState {};

// `State` is scratch of one worker: evaluators, matchers. Rows come out in the order they came in.
template <class State>
class Streaming : public StreamingOperator {
 public:
  virtual absl::StatusOr<State> NewState() const = 0;
  virtual absl::Status Process(Batch batch, State& state, Output& out) const = 0;

  absl::StatusOr<OperatorStatePtr> NewAnyState() const final {
    SPELK_ASSIGN_OR_RETURN(State state, NewState());
    return std::make_unique<Holder>(std::move(state));
  }
  absl::Status ProcessAny(Batch batch, OperatorState& state, Output& out) const final {
    return Process(std::move(batch), static_cast<Holder&>(state).value, out);
  }

 private:
  struct Holder final : OperatorState {
    explicit Holder(State state) : value(std::move(state)) {}
    State value;
  };
};

// ---------------------------------------------------------------- sequential: batches in order,
// one worker

class SequentialOperator : public Operator {
 public:
  // All rows are needed even if those that it passes on no longer are: it writes them somewhere.
  virtual bool wants_all_rows() const { return false; }
  virtual absl::StatusOr<OperatorStatePtr> NewAnyState() const = 0;
  virtual absl::StatusOr<Demand> ProcessAny(Batch batch, OperatorState& state,
                                            Output& out) const = 0;
  virtual absl::Status FinishAny(OperatorState& state, Output& out) const = 0;
};

template <class State>
class Sequential : public SequentialOperator {
 public:
  virtual absl::StatusOr<State> NewState() const = 0;
  // kEnough: no further batch can change the result.
  virtual absl::StatusOr<Demand> Process(Batch batch, State& state, Output& out) const = 0;
  virtual absl::Status Finish(State& state, Output& out) const {
    (void)state;
    (void)out;
    return absl::OkStatus();
  }

  absl::StatusOr<OperatorStatePtr> NewAnyState() const final {
    SPELK_ASSIGN_OR_RETURN(State state, NewState());
    return std::make_unique<Holder>(std::move(state));
  }
  absl::StatusOr<Demand> ProcessAny(Batch batch, OperatorState& state, Output& out) const final {
    return Process(std::move(batch), static_cast<Holder&>(state).value, out);
  }
  absl::Status FinishAny(OperatorState& state, Output& out) const final {
    return Finish(static_cast<Holder&>(state).value, out);
  }

 private:
  struct Holder final : OperatorState {
    explicit Holder(State state) : value(std::move(state)) {}
    State value;
  };
};

// ---------------------------------------------------------------- sink: a state for each worker,
// merged

// Of the binary form of states. It changes when any state's form does.
inline constexpr uint8_t kStateVersion = 1;

class SinkOperator : public Operator {
 public:
  virtual absl::StatusOr<OperatorStatePtr> NewAnyState() const = 0;
  virtual absl::Status UpdateAny(OperatorState& state, Batch batch, Position at) const = 0;
  virtual absl::Status MergeAny(OperatorState& into, OperatorStatePtr from) const = 0;
  virtual absl::Status FinishAny(OperatorStatePtr state, Output& out) const = 0;
  virtual absl::Status SaveAny(OperatorState& state, ByteWriter& out) const = 0;
  virtual absl::StatusOr<OperatorStatePtr> LoadAny(ByteReader& in) const = 0;
};

// The state holds what a part of the input says of the result. Merging commutes: neither the order
// of merges nor how the input was divided shows in the result.
template <class State>
class Sink : public SinkOperator {
 public:
  virtual absl::StatusOr<State> NewState() const = 0;
  virtual absl::Status Update(State& state, Batch batch, Position at) const = 0;
  virtual absl::Status Merge(State& into, State from) const = 0;
  virtual absl::Status Finish(State state, Output& out) const = 0;
  // The binary form of a state; Load gives back one that merges and finishes the same.
  virtual absl::Status Save(State& state, ByteWriter& out) const = 0;
  virtual absl::StatusOr<State> Load(ByteReader& in) const = 0;

  absl::StatusOr<OperatorStatePtr> NewAnyState() const final {
    SPELK_ASSIGN_OR_RETURN(State state, NewState());
    return std::make_unique<Holder>(std::move(state));
  }
  absl::Status UpdateAny(OperatorState& state, Batch batch, Position at) const final {
    return Update(static_cast<Holder&>(state).value, std::move(batch), at);
  }
  absl::Status MergeAny(OperatorState& into, OperatorStatePtr from) const final {
    return Merge(static_cast<Holder&>(into).value, std::move(static_cast<Holder&>(*from).value));
  }
  absl::Status FinishAny(OperatorStatePtr state, Output& out) const final {
    return Finish(std::move(static_cast<Holder&>(*state).value), out);
  }
  absl::Status SaveAny(OperatorState& state, ByteWriter& out) const final {
    out.Byte(kStateVersion);
    return Save(static_cast<Holder&>(state).value, out);
  }
  absl::StatusOr<OperatorStatePtr> LoadAny(ByteReader& in) const final {
    if (in.Byte() != kStateVersion) {
      return absl::DataLossError("cannot load a partial result: it is of another version");
    }
    SPELK_ASSIGN_OR_RETURN(State state, Load(in));
    return std::make_unique<Holder>(std::move(state));
  }

 private:
  struct Holder final : OperatorState {
    explicit Holder(State state) : value(std::move(state)) {}
    State value;
  };
};

// ---------------------------------------------------------------- sources: rows out of nothing

// A generating command: makes its rows, without input, on one worker.
class SourceOperator : public Operator {
 public:
  virtual absl::Status Produce(Output& out) const = 0;
};

// Makes of each operator, as it is built, one that runs like it: how tests hold operators to what
// their nodes say. Thread-safe.
class OperatorWrapper {
 public:
  virtual ~OperatorWrapper() = default;
  virtual OperatorPtr Wrap(const plan::Node& node, OperatorPtr made,
                           const RunContext& run) const = 0;
};

// The ranks of a batch's rows: newest first where the batch has hidden::kTime, else by position.
class BatchRanks {
 public:
  BatchRanks(const Batch& batch, Position at);
  RowRank rank(size_t row) const;

 private:
  const Batch& batch_;
  const Column* times_;
  const Position at_;
};

}  // namespace spelk::exec
