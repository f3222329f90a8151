// RunContext: what the operators of one plan of a run are given.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostics.h"
#include "base/memory.h"
#include "plan/entry.h"
#include "plan/eval/evaluator.h"
#include "plan/services.h"
#include "value/field.h"

namespace spelk::exec {

// What is to be said about a run, each thing once. Thread-safe.
class RunWarnings {
 public:
  void Add(ErrorCode code, std::string message, std::vector<std::string> notes = {});
  void Add(Diagnostic warning);
  std::vector<Diagnostic> Take();
  std::vector<Diagnostic> all();

 private:
  std::mutex mutex_;
  std::vector<Diagnostic> warnings_;
};

class RowHandover;
class OperatorWrapper;
class NodeCounts;

// The time range of a plan, in seconds since the epoch; an end that is open is missing.
struct TimeRange {
  std::optional<double> earliest;  // Inclusive.
  std::optional<double> latest;    // Exclusive.
};

// One for each plan; lives as long as the run. Everything in it may be used from any worker. What
// is behind the pointers is common to the plans of a run but for the counters and the warnings.
struct RunContext {
  plan::EvalEnvironment evaluation;
  TimeRange time_range;
  RowHandover* handover = nullptr;    // Rows of plans that ran first.
  NodeCounts* node_counts = nullptr;  // Null unless the run counts.
  plan::Services services;            // What evaluation reaches, too.
  MemoryBudget* budget = nullptr;
  FieldTable* fields = nullptr;
  const plan::Registry* entries = nullptr;
  Cancellation* cancel = nullptr;
  RunWarnings* warnings = nullptr;
  std::string spill_directory;
  size_t batch_rows = 2048;
  // For tests: every state of a sink is saved and loaded once before it is merged.
  bool reload_states = false;
  const OperatorWrapper* wrapper = nullptr;  // For tests: what operators are wrapped into.
};

}  // namespace spelk::exec
