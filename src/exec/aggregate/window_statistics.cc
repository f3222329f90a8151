// The sequential operator behind streamstats.
#include "exec/aggregate/window_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/aggregate/join_back.h"

namespace spelk::exec {
namespace {

// A condition of reset_before or reset_after. Most look at the row as it came in and are tested for
// a whole batch; one that looks at results is tested row by row.
class ResetCondition {
 public:
  static absl::StatusOr<ResetCondition> Make(const plan::Expr* expr,
                                             const std::vector<Field>& results, bool open_results,
                                             const RunContext& run) {
    ResetCondition condition;
    if (expr == nullptr) return condition;
    SPELK_ASSIGN_OR_RETURN(condition.evaluator_, plan::Evaluator::Make(*expr, run.evaluation));
    plan::FieldSet read;
    plan::CollectFields(*expr, &read);
    condition.fields_ = read.fields();
    condition.by_row_ = open_results || read.MayOverlap(plan::FieldSet::Of(results));
    return condition;
  }

  bool by_row() const { return evaluator_ != nullptr && by_row_; }

  absl::Status Test(const Batch& batch) {
    holds_.assign(batch.physical_rows(), false);
    if (evaluator_ == nullptr || by_row_) return absl::OkStatus();
    Batch left = batch;
    SPELK_RETURN_IF_ERROR(evaluator_->Filter(&left));
    for (size_t r = 0; r < left.size(); ++r) holds_[left.physical(r)] = true;
    return absl::OkStatus();
  }
  bool Holds(size_t physical) const { return holds_[physical]; }

  // For one row: `value_of` gives the values of its fields.
  template <class ValueOf>
  absl::StatusOr<bool> HoldsFor(const Batch& batch, ValueOf value_of) {
    std::vector<Column> columns;
    for (const Field field : fields_) columns.push_back(Column::Constant(value_of(field), 1));
    Batch row(std::make_shared<Schema>(fields_), std::move(columns), 1, batch.memory());
    SPELK_RETURN_IF_ERROR(evaluator_->Filter(&row));
    return !row.empty();
  }

 private:
  std::unique_ptr<plan::Evaluator> evaluator_;
  std::vector<Field> fields_;
  bool by_row_ = false;
  std::vector<bool> holds_;  // Of the batch, by physical row.
};

// time_window counts on rows that come in the order of their time, in either direction.
class TimeDirection {
 public:
  absl::Status Check(double time, std::string_view what) {
    const bool wrong = seen_ && (direction_ > 0 ? time < last_ : direction_ < 0 && time > last_);
    if (wrong) {
      return absl::InvalidArgumentError(
          fmt::format("{}: time_window needs rows in the order of their _time", what));
    }
    if (seen_ && direction_ == 0 && time != last_) direction_ = time > last_ ? 1 : -1;
    seen_ = true;
    last_ = time;
    return absl::OkStatus();
  }

 private:
  bool seen_ = false;
  double last_ = 0;
  int direction_ = 0;
};

struct RunningState {
  explicit RunningState(AggregateArguments of) : arguments(std::move(of)) {}
  AggregateArguments arguments;
  std::unique_ptr<WindowSlots> slots;
  std::unique_ptr<WindowGroups> groups;
  ResetCondition before;
  ResetCondition after;
  TimeDirection direction;
  std::optional<std::string> last_key;
};

class WindowStatistics final : public Sequential<RunningState> {
 public:
  WindowStatistics(const RunningOptions& options, const RunContext& run)
      : options_(options), run_(run) {
    for (const plan::AggregateCall& call : options.list->aggregates) {
      calls_.push_back(plan::CopyCall(call));
    }
    plan_ = AggregationPlan::Make(calls_, options.list->by, options.list->all_numbers, false, run,
                                  options.what);
  }

  absl::StatusOr<RunningState> NewState() const override {
    SPELK_RETURN_IF_ERROR(plan_.status());
    const AggregationPlan& plan = **plan_;
    SPELK_ASSIGN_OR_RETURN(AggregateArguments arguments, AggregateArguments::Make(plan));
    RunningState state(std::move(arguments));
    state.slots = std::make_unique<WindowSlots>(plan);
    state.groups =
        std::make_unique<WindowGroups>(*state.slots, options_.window, run_, options_.what);
    std::vector<Field> outputs;
    for (const AggregationPlan::Call& call : plan.calls()) outputs.push_back(call.call->output);
    const bool open = !plan.pattern_calls().empty();
    SPELK_ASSIGN_OR_RETURN(state.before,
                           ResetCondition::Make(options_.reset_before, {}, false, run_));
    SPELK_ASSIGN_OR_RETURN(state.after,
                           ResetCondition::Make(options_.reset_after, outputs, open, run_));
    return state;
  }

  absl::StatusOr<Demand> Process(Batch batch, RunningState& state, Output& out) const override {
    SPELK_RETURN_IF_ERROR(state.slots->Learn(batch));
    SPELK_RETURN_IF_ERROR(state.before.Test(batch));
    SPELK_RETURN_IF_ERROR(state.after.Test(batch));
    SPELK_ASSIGN_OR_RETURN(const std::vector<AggregateArgument> arguments,
                           state.arguments.Of(batch));
    BatchRun run(*this, state, arguments);
    SPELK_ASSIGN_OR_RETURN(Batch joined, run.JoinBack(std::move(batch)));
    SPELK_RETURN_IF_ERROR(state.groups->Account());
    SPELK_RETURN_IF_ERROR(out.Push(std::move(joined)));
    return Demand::kMore;
  }

 private:
  // One batch on its way through.
  class BatchRun {
   public:
    BatchRun(const WindowStatistics& op, RunningState& state,
             const std::vector<AggregateArgument>& arguments)
        : op_(op),
          state_(state),
          arguments_(arguments),
          order_(state.slots->InOrder()),
          joiner_(Fields(), op.options_.what) {}

    absl::StatusOr<Batch> JoinBack(Batch batch) {
      SPELK_RETURN_IF_ERROR(joiner_.Start(std::move(batch)));
      GroupKeys keys(joiner_.batch(), (*op_.plan_)->by(), false);
      times_ = joiner_.batch().Find((*op_.plan_)->time());
      FindColumns();
      std::vector<std::string> row_keys;
      const auto collect = [&](std::string_view key, uint64_t) {
        row_keys.emplace_back(key);
        return absl::OkStatus();
      };
      for (size_t r = 0; r < joiner_.batch().size(); ++r) {
        row_keys.clear();
        SPELK_RETURN_IF_ERROR(keys.ForRow(r, collect));
        if (!row_keys.empty()) SPELK_RETURN_IF_ERROR(JoinBackRow(r, row_keys));
      }
      return joiner_.Finish();
    }

   private:
    std::vector<Field> Fields() const {
      std::vector<Field> fields;
      for (const size_t slot : order_) fields.push_back(state_.slots->slots()[slot].output);
      return fields;
    }

    void FindColumns() {
      for (size_t slot = 0; slot < state_.slots->slots().size(); ++slot) {
        if (slot < arguments_.size()) {
          columns_.push_back(arguments_[slot].present ? &arguments_[slot].column : nullptr);
        } else {
          columns_.push_back(joiner_.batch().Find(state_.slots->slots()[slot].field));
        }
      }
    }

    absl::Status JoinBackRow(size_t r, const std::vector<std::string>& keys) {
      const size_t physical = joiner_.batch().physical(r);
      row_.time.reset();
      if (times_ != nullptr) row_.time = NumberOf(times_->At(physical));
      if (op_.options_.window.seconds > 0) {
        if (!row_.time) return absl::OkStatus();  // Nobody can say what lies around it.
        SPELK_RETURN_IF_ERROR(state_.direction.Check(row_.time->value, op_.options_.what));
      }
      if (state_.before.Holds(physical) || KeyChanged(keys)) state_.groups->Clear();
      row_.values.clear();
      for (const Column* column : columns_) {
        row_.values.push_back(column == nullptr ? Value::Null() : column->At(physical));
      }
      state_.slots->Note(row_.values);
      state_.groups->StartRow(row_.time);
      for (const std::string& key : keys) {
        SPELK_RETURN_IF_ERROR(state_.groups->AddTo(key, row_, joiner_.batch().arena(), &results_));
        in_order_.clear();
        for (const size_t slot : order_) {
          in_order_.push_back(state_.slots->has_result(slot) ? results_[slot] : Value::Null());
        }
        SPELK_RETURN_IF_ERROR(joiner_.Append(r, in_order_));
      }
      return ResetAfter(physical);
    }

    bool KeyChanged(const std::vector<std::string>& keys) {
      if (!op_.options_.reset_on_change) return false;
      std::string all;
      for (const std::string& key : keys) AppendKeyPart(key, all);
      const bool changed = state_.last_key && *state_.last_key != all;
      state_.last_key = std::move(all);
      return changed;
    }

    absl::Status ResetAfter(size_t physical) {
      bool reset = state_.after.Holds(physical);
      if (state_.after.by_row()) {
        const auto value_of = [&](Field field) { return joiner_.At(field, physical); };
        SPELK_ASSIGN_OR_RETURN(reset, state_.after.HoldsFor(joiner_.batch(), value_of));
      }
      if (reset) state_.groups->Clear();
      return absl::OkStatus();
    }

    const WindowStatistics& op_;
    RunningState& state_;
    const std::vector<AggregateArgument>& arguments_;
    const std::vector<size_t> order_;
    RowJoiner joiner_;
    const Column* times_ = nullptr;
    std::vector<const Column*> columns_;  // Of the slots.
    RunningRow row_;
    std::vector<Value> results_;
    std::vector<Value> in_order_;
  };

  const RunningOptions options_;
  const RunContext& run_;
  std::vector<plan::AggregateCall> calls_;
  absl::StatusOr<std::unique_ptr<const AggregationPlan>> plan_;
};

}  // namespace

OperatorPtr BuildRunningStatistics(const RunningOptions& options, const RunContext& run) {
  return std::make_unique<WindowStatistics>(options, run);
}

}  // namespace spelk::exec
