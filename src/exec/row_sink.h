// Sinks whose states are stores of rows.
#pragma once

#include <string_view>
#include <utility>

#include "exec/operator.h"
#include "exec/sorter.h"
#include "exec/spool.h"

namespace spelk::exec {

// A sink whose state merges, saves and loads itself; what is left to say is how it takes rows and
// what it makes of them.
template <class State>
class StateSink : public Sink<State> {
 public:
  absl::Status Merge(State& into, State from) const override { return into.Merge(std::move(from)); }
  absl::Status Save(State& state, ByteWriter& out) const override { return state.Save(out); }
  absl::StatusOr<State> Load(ByteReader& in) const override {
    SPELK_ASSIGN_OR_RETURN(State state, this->NewState());
    SPELK_RETURN_IF_ERROR(state.Load(in));
    return state;
  }
};

// Keeps all rows in the order of their ranks.
class SpoolSink : public StateSink<Spool> {
 public:
  // `what` is named in messages about memory and outlives the sink.
  SpoolSink(std::string_view what, const RunContext& run) : what_(what), run_(run) {}
  absl::StatusOr<Spool> NewState() const override { return Spool(what_, run_); }
  absl::Status Update(Spool& rows, Batch batch, Position at) const override {
    return rows.Add(std::move(batch), at);
  }

 protected:
  const RunContext& run() const { return run_; }

 private:
  const std::string_view what_;
  const RunContext& run_;
};

// Keeps rows in the order that the options say.
class SorterSink : public StateSink<Sorter> {
 public:
  SorterSink(SorterOptions options, const RunContext& run)
      : options_(std::move(options)), run_(run) {}
  absl::StatusOr<Sorter> NewState() const override { return Sorter(options_, run_); }
  absl::Status Update(Sorter& rows, Batch batch, Position at) const override {
    return rows.Add(std::move(batch), at);
  }

 protected:
  const SorterOptions& options() const { return options_; }
  const RunContext& run() const { return run_; }

 private:
  const SorterOptions options_;
  const RunContext& run_;
};

}  // namespace spelk::exec
