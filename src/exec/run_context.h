// RunContext: what one run shares: budget, constants, counters, limits.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/error_codes.h"
#include "base/memory.h"
#include "plan/entry.h"
#include "plan/eval/evaluator.h"
#include "plan/services.h"
#include "value/field.h"

namespace spelk::exec {

// Messages about a run, each kept once. Thread-safe.
class RunWarnings {
 public:
  void Add(std::string message);
  // "warning W0103: sort: kept the first …": what readers and programs may look for.
  void Add(ErrorCode code, std::string_view message);
  std::vector<std::string> Take();

 private:
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

// Lives as long as the run. Everything in it may be used from any worker.
struct RunContext {
  plan::EvalEnvironment evaluation;
  plan::Services services;  // What evaluation reaches, too.
  MemoryBudget* budget = nullptr;
  FieldTable* fields = nullptr;
  const plan::Registry* entries = nullptr;
  Cancellation* cancel = nullptr;
  RunWarnings* warnings = nullptr;
  std::string spill_directory;
  size_t batch_rows = 2048;
  // For tests: every state of a sink is saved and loaded once before it is merged.
  bool reload_states = false;
};

}  // namespace spelk::exec
