// Evaluator: runs a bound expression over the rows of a batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "base/cancel.h"
#include "plan/eval/call.h"
#include "plan/expr.h"
#include "value/batch.h"
#include "value/compare.h"

namespace spelk::plan {

// What an expression gave: over how many rows it was computed, and for how many it was true or
// false.
struct ExprCount {
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> is_true{0};
  std::atomic<uint64_t> is_false{0};
};

// Counters of the expressions of one plan, by their ids. The references stay.
class ExprCounts {
 public:
  explicit ExprCounts(uint32_t last_id) : counts_(size_t{last_id} + 1) {}
  ExprCount& Of(uint32_t id) { return counts_[id < counts_.size() ? id : 0]; }

 private:
  std::deque<ExprCount> counts_;
};

// What evaluation needs beside the expression.
struct EvalEnvironment {
  RunConstants constants;
  EvalCounters* counters = nullptr;
  ExprCounts* expr_counts = nullptr;     // Null unless the run counts.
  const Cancellation* cancel = nullptr;  // May be null.
};

// The batch being evaluated. Results are allocated from its arena.
class EvalContext {
 public:
  EvalContext(const Batch& batch, const EvalEnvironment& environment)
      : batch_(batch), environment_(environment) {}

  const Batch& batch() const { return batch_; }
  Arena& arena() const { return batch_.arena(); }
  size_t physical_rows() const { return batch_.physical_rows(); }
  const EvalEnvironment& environment() const { return environment_; }

  // Arrays with an entry for each physical row. Null when memory is used up.
  Value* NewValues() const { return arena().AllocateArray<Value>(physical_rows()); }
  Truth* NewTruths() const { return arena().AllocateArray<Truth>(physical_rows()); }

 private:
  const Batch& batch_;
  const EvalEnvironment& environment_;
};

// Physical rows to work on, ascending unless the batch was reordered.
using Rows = std::span<const uint32_t>;

// One node of a running expression. Belongs to one worker: it may keep scratch memory between
// batches.
class EvalNode {
 public:
  virtual ~EvalNode() = default;
  // Gives a column whose entries at `rows` are the values; other entries mean nothing.
  virtual absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out);
  // Writes truth[row] for `rows`.
  virtual absl::Status Test(const EvalContext& context, Rows rows, Truth* truth);
};
using EvalNodePtr = std::unique_ptr<EvalNode>;

// Whether a value is true where a condition is wanted: a Boolean, or true and false out of a JSON
// text. Anything else is neither.
Truth TruthOf(const Value& value);

// Makes nodes out of expressions; given to functions that make nodes of their own.
class EvalFactory {
 public:
  explicit EvalFactory(const EvalEnvironment& environment) : environment_(environment) {}
  const EvalEnvironment& environment() const { return environment_; }
  // Null after a failure, which status() tells.
  EvalNodePtr Make(const Expr& expr);
  std::vector<EvalNodePtr> MakeAll(const std::vector<ExprPtr>& exprs);
  void Fail(const absl::Status& status) { status_.Update(status); }
  const absl::Status& status() const { return status_; }

 private:
  EvalNodePtr MakeUncounted(const Expr& expr);

  const EvalEnvironment& environment_;
  absl::Status status_;
};

class Evaluator {
 public:
  // The environment must outlive the evaluator.
  static absl::StatusOr<std::unique_ptr<Evaluator>> Make(const Expr& expr,
                                                         const EvalEnvironment& environment);

  // The values for the selected rows.
  absl::Status Evaluate(const Batch& batch, Column* out);
  // The same as eval assigns them: a number rounded to the significant digits that limit it (eval,
  // "Rounding"), a Boolean as text.
  absl::Status EvaluateAssigned(const Batch& batch, Column* out);
  // Leaves the rows selected for which the expression is true.
  absl::Status Filter(Batch* batch);

 private:
  explicit Evaluator(const EvalEnvironment& environment) : environment_(environment) {}
  Rows SelectedRows(const Batch& batch);

  const EvalEnvironment& environment_;
  EvalNodePtr root_;
  bool settles_ = false;  // Values may have digits, or be Booleans.
  std::vector<uint32_t> identity_;
};

// The value of an expression that reads no field, for constant folding and macros; not rounded, as
// it may be a part of an expression. The result's text lives in the arena. What takes more than a
// MiB fails.
absl::StatusOr<Value> EvaluateConstant(const Expr& expr, const EvalEnvironment& environment,
                                       Arena& arena);

}  // namespace spelk::plan
