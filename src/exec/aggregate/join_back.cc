// The sink behind eventstats, and its results in memory.
#include "exec/aggregate/join_back.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/row_sink.h"

namespace spelk::exec {

// ---------------------------------------------------------------- results

GroupResults::GroupResults(const RunContext& run, std::string_view what)
    : run_(&run),
      what_(what),
      arena_(std::make_shared<Arena>(run.budget)),
      reservation_(run.budget) {}

absl::Status GroupResults::Add(std::string_view key, std::span<const Value> results) {
  // An entry with its control byte, twice while the map grows.
  constexpr size_t kEntry = 3 * (sizeof(std::string_view) + sizeof(const Value*) + 1);
  if (!reservation_.Grow(kEntry)) return run_->budget->Exhausted(what_, kEntry);
  const std::string_view kept = arena_->Copy(key);
  auto* values = arena_->AllocateArray<Value>(std::max<size_t>(1, results.size()));
  SPELK_RETURN_IF_ERROR(arena_->status(what_));
  std::copy(results.begin(), results.end(), values);
  results_.emplace(kept, values);
  return absl::OkStatus();
}

absl::Status GroupResults::Fill(Aggregation& groups) {
  std::vector<Value> values;
  return groups.ForEachGroup(
      *arena_, [&](std::string_view key, uint64_t, const std::vector<AggregateColumn>& results) {
        values.clear();
        for (const AggregateColumn& result : results) values.push_back(result.value);
        if (fields_.size() != results.size()) {
          for (const AggregateColumn& result : results) fields_.push_back(result.field);
        }
        return Add(key, values);
      });
}

const Value* GroupResults::Find(std::string_view key) const {
  const auto found = results_.find(key);
  return found == results_.end() ? nullptr : found->second;
}

// ---------------------------------------------------------------- rows

absl::Status RowJoiner::Start(Batch batch) {
  batch_ = std::move(batch);
  started_ = true;
  columns_.clear();
  joined_.assign(batch_.physical_rows(), false);
  for (const Field field : fields_) {
    const Column* old = batch_.Find(field);
    auto* values = batch_.arena().AllocateArray<Value>(batch_.physical_rows());
    SPELK_RETURN_IF_ERROR(batch_.arena().status(what_));
    for (size_t row = 0; row < batch_.physical_rows(); ++row) {
      values[row] = old == nullptr ? Value::Null() : old->At(row);
    }
    columns_.push_back(values);
  }
  return absl::OkStatus();
}

Value RowJoiner::Joined(const Value& a, const Value& b) {
  if (a.is_null()) return b;
  if (b.is_null()) return a;
  auto* values = batch_.arena().AllocateArray<Value>(a.count() + b.count());
  if (values == nullptr) return Value::Null();
  std::copy(a.each().begin(), a.each().end(), values);
  std::copy(b.each().begin(), b.each().end(), values + a.count());
  return Value::Multi({values, a.count() + b.count()});
}

absl::Status RowJoiner::Append(size_t row, std::span<const Value> results) {
  const size_t physical = batch_.physical(row);
  for (size_t i = 0; i < columns_.size(); ++i) {
    Value& value = columns_[i][physical];
    value = joined_[physical] ? Joined(value, results[i]) : results[i];
  }
  joined_[physical] = true;
  return batch_.arena().status(what_);
}

Value RowJoiner::At(Field field, size_t physical) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i] == field) return columns_[i][physical];
  }
  const Column* column = batch_.Find(field);
  return column == nullptr ? Value::Null() : column->At(physical);
}

Batch RowJoiner::Finish() {
  started_ = false;
  std::vector<Field> fields = batch_.schema()->fields();
  std::vector<Column> columns = batch_.columns();
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Column column = Column::Values({columns_[i], batch_.physical_rows()});
    if (const std::optional<size_t> index = batch_.schema()->Find(fields_[i])) {
      columns[*index] = column;
    } else if (std::find(fields.begin(), fields.end(), fields_[i]) == fields.end()) {
      fields.push_back(fields_[i]);
      columns.push_back(column);
    }
  }
  const size_t placed = batch_.schema()->placed();
  batch_.Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
  return std::exchange(batch_, Batch());
}

namespace {

// Passes rows on with the results of their groups.
class JoinBackOutput final : public Output {
 public:
  JoinBackOutput(const AggregationPlan& plan, const GroupResults& results, Output& out)
      : plan_(plan), results_(results), out_(out), joiner_(results.fields(), plan.what()) {}

  absl::Status Push(Batch batch) override {
    batch.memory()->pins.push_back(results_.arena());
    SPELK_RETURN_IF_ERROR(joiner_.Start(std::move(batch)));
    GroupKeys keys(joiner_.batch(), plan_.by(), false);
    for (size_t r = 0; r < joiner_.batch().size(); ++r) {
      SPELK_RETURN_IF_ERROR(keys.ForRow(r, [&](std::string_view key, uint64_t) {
        const Value* values = results_.Find(key);
        return values == nullptr ? absl::OkStatus()
                                 : joiner_.Append(r, {values, results_.fields().size()});
      }));
    }
    return out_.Push(joiner_.Finish());
  }
  bool enough() const override { return out_.enough(); }

 private:
  const AggregationPlan& plan_;
  const GroupResults& results_;
  Output& out_;
  RowJoiner joiner_;
};

class JoinBackSink final : public StateSink<JoinBackState> {
 public:
  JoinBackSink(const plan::AggregateNode& node, std::string_view what, const RunContext& run)
      : what_(what), run_(run) {
    for (const plan::AggregateCall& call : node.aggregates) calls_.push_back(plan::CopyCall(call));
    plan_ = AggregationPlan::Make(calls_, node.by, node.all_numbers, false, run, what);
  }

  absl::StatusOr<JoinBackState> NewState() const override {
    SPELK_RETURN_IF_ERROR(plan_.status());
    SPELK_ASSIGN_OR_RETURN(Aggregation groups, Aggregation::Make(**plan_));
    return JoinBackState{std::move(groups), Sorter({.keep_time = true, .what = what_}, run_)};
  }
  absl::Status Update(JoinBackState& state, Batch batch, Position at) const override {
    SPELK_RETURN_IF_ERROR(state.groups.Update(batch, at));
    return state.rows.Add(std::move(batch), at);
  }
  absl::Status Finish(JoinBackState state, Output& out) const override {
    if (!state.groups.has_spilled()) {
      GroupResults results(run_, what_);
      absl::Status status = results.Fill(state.groups);
      if (status.ok()) {
        JoinBackOutput joined(**plan_, results, out);
        return state.rows.Emit(joined);
      }
      if (!absl::IsResourceExhausted(status)) return status;
    }
    return JoinBackOnDisk(std::move(state), **plan_, out);
  }

 private:
  const std::string_view what_;  // The name of an entry.
  const RunContext& run_;
  std::vector<plan::AggregateCall> calls_;
  absl::StatusOr<std::unique_ptr<const AggregationPlan>> plan_;
};

}  // namespace

absl::Status JoinBackState::Merge(JoinBackState other) {
  SPELK_RETURN_IF_ERROR(groups.Merge(std::move(other.groups)));
  return rows.Merge(std::move(other.rows));
}

absl::Status JoinBackState::Save(ByteWriter& out) {
  SPELK_RETURN_IF_ERROR(groups.Save(out));
  return rows.Save(out);
}

absl::Status JoinBackState::Load(ByteReader& in) {
  SPELK_RETURN_IF_ERROR(groups.Load(in));
  return rows.Load(in);
}

OperatorPtr BuildJoinBack(const plan::AggregateNode& node, std::string_view what,
                          const RunContext& run) {
  return std::make_unique<JoinBackSink>(node, what, run);
}

}  // namespace spelk::exec
