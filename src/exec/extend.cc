// Extend: computes fields, left to right.
#include <algorithm>

#include "exec/core.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

// The last schema seen and what assigning one field makes of it.
struct Reshaping {
  SchemaPtr from;
  SchemaPtr to;
  size_t index = 0;
};

struct ExtendState {
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators;
  std::vector<Reshaping> reshapings;
};

// A batch with one more column, or one replaced.
void Assign(Field target, const Column& column, Reshaping& memo, Batch* batch) {
  if (memo.from != batch->schema()) {
    memo.from = batch->schema();
    if (const std::optional<size_t> index = batch->schema()->Find(target)) {
      memo.to = batch->schema();
      memo.index = *index;
    } else {
      std::vector<Field> fields = batch->schema()->fields();
      memo.index = fields.size();
      fields.push_back(target);
      memo.to = std::make_shared<Schema>(std::move(fields));
    }
  }
  std::vector<Column> columns = batch->columns();
  if (memo.index == columns.size()) {
    columns.push_back(column);
  } else {
    columns[memo.index] = column;
  }
  batch->Reshape(memo.to, std::move(columns));
}

class Extend final : public Streaming<ExtendState> {
 public:
  Extend(const plan::ExtendNode& node, const RunContext& run) : run_(run) {
    for (const plan::NamedExpr& assignment : node.assignments) {
      assignments_.push_back(
          {assignment.target, assignment.name_pieces, plan::Copy(*assignment.value)});
    }
  }

  absl::StatusOr<ExtendState> NewState() const override {
    ExtendState state;
    for (const plan::NamedExpr& assignment : assignments_) {
      SPELK_ASSIGN_OR_RETURN(std::unique_ptr<plan::Evaluator> evaluator,
                             plan::Evaluator::Make(*assignment.value, run_.evaluation));
      state.evaluators.push_back(std::move(evaluator));
    }
    state.reshapings.resize(assignments_.size());
    return state;
  }

  absl::Status Process(Batch batch, ExtendState& state, Output& out) const override {
    for (size_t i = 0; i < assignments_.size(); ++i) {
      Column column;
      SPELK_RETURN_IF_ERROR(state.evaluators[i]->EvaluateAssigned(batch, &column));
      if (assignments_[i].name_pieces.empty()) {
        Assign(assignments_[i].target, column, state.reshapings[i], &batch);
      } else {
        SPELK_RETURN_IF_ERROR(AssignByName(assignments_[i], column, &batch));
      }
    }
    return out.Push(std::move(batch));
  }

 private:
  // {field} in the target: every row may have a target of its own. A row where a named field is
  // null gets nothing.
  absl::Status AssignByName(const plan::NamedExpr& assignment, const Column& column,
                            Batch* batch) const {
    std::vector<std::pair<Field, std::vector<uint32_t>>> targets;
    for (size_t r = 0; r < batch->size(); ++r) {
      const auto row = static_cast<uint32_t>(batch->physical(r));
      const std::optional<std::string> name = NameFor(assignment, *batch, row);
      if (!name) continue;
      SPELK_ASSIGN_OR_RETURN(const Field field, run_.fields->TryIntern(*name));
      const auto found = std::find_if(targets.begin(), targets.end(),
                                      [&](const auto& target) { return target.first == field; });
      if (found == targets.end()) {
        targets.push_back({field, {row}});
      } else {
        found->second.push_back(row);
      }
    }
    for (const auto& [field, rows] : targets) {
      const Column* old = batch->Find(field);
      auto* values = batch->arena().AllocateArray<Value>(batch->physical_rows());
      SPELK_RETURN_IF_ERROR(batch->arena().status("eval"));
      for (size_t row = 0; row < batch->physical_rows(); ++row) {
        values[row] = old == nullptr ? Value::Null() : old->At(row);
      }
      for (const uint32_t row : rows) values[row] = column.At(row);
      Reshaping memo;
      Assign(field, Column::Values({values, batch->physical_rows()}), memo, batch);
    }
    return absl::OkStatus();
  }

  std::optional<std::string> NameFor(const plan::NamedExpr& assignment, const Batch& batch,
                                     uint32_t row) const {
    std::string name;
    for (size_t i = 0; i < assignment.name_pieces.size(); ++i) {
      if (i % 2 == 0) {
        name += assignment.name_pieces[i];
        continue;
      }
      const Column* column = batch.Find(run_.fields->Intern(assignment.name_pieces[i]));
      const Value value = column == nullptr ? Value::Null() : column->At(row);
      if (value.is_null()) return std::nullopt;
      name += TextOf(value);
    }
    if (name.empty()) return std::nullopt;
    return name;
  }

  std::vector<plan::NamedExpr> assignments_;
  const RunContext& run_;
};

}  // namespace

OperatorPtr BuildExtend(const plan::Node& node, const RunContext& run) {
  return std::make_unique<Extend>(plan::As<plan::ExtendNode>(node), run);
}

}  // namespace spelk::exec
