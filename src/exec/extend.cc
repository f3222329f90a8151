// Extend: computes fields, left to right.
#include <algorithm>

#include "exec/column_setter.h"
#include "exec/core.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

// Assignments with nothing but fixed names among them share a setter, and so one schema.
struct Stretch {
  size_t begin = 0;
  size_t end = 0;
  ColumnsSetter setter;
};

struct ExtendState {
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators;
  std::vector<Stretch> stretches;
};

class Extend final : public Streaming<ExtendState> {
 public:
  Extend(const plan::ExtendNode& node, const RunContext& run) : run_(run) {
    for (const plan::NamedExpr& assignment : node.assignments) {
      assignments_.push_back({assignment.target, assignment.name_texts, assignment.name_fields,
                              plan::Copy(*assignment.value)});
    }
  }

  absl::StatusOr<ExtendState> NewState() const override {
    ExtendState state;
    for (const plan::NamedExpr& assignment : assignments_) {
      SPELK_ASSIGN_OR_RETURN(std::unique_ptr<plan::Evaluator> evaluator,
                             plan::Evaluator::Make(*assignment.value, run_.evaluation));
      state.evaluators.push_back(std::move(evaluator));
    }
    for (size_t begin = 0; begin < assignments_.size();) {
      std::vector<Field> targets;
      size_t end = begin;
      for (; end < assignments_.size() && assignments_[end].name_fields.empty(); ++end) {
        targets.push_back(assignments_[end].target);
      }
      const bool by_name = end == begin;
      if (by_name) ++end;
      state.stretches.push_back({begin, end, ColumnsSetter(std::move(targets))});
      begin = end;
    }
    return state;
  }

  absl::Status Process(Batch batch, ExtendState& state, Output& out) const override {
    for (Stretch& stretch : state.stretches) {
      SPELK_RETURN_IF_ERROR(stretch.setter.Prepare("eval", &batch));
      for (size_t i = stretch.begin; i < stretch.end; ++i) {
        Column column;
        SPELK_RETURN_IF_ERROR(state.evaluators[i]->EvaluateAssigned(batch, &column));
        if (assignments_[i].name_fields.empty()) {
          stretch.setter.Set(i - stretch.begin, column, &batch);
        } else {
          SPELK_RETURN_IF_ERROR(AssignByName(assignments_[i], column, &batch));
        }
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
      Value* values = CopyColumn(*batch, field);
      if (values == nullptr) return batch->arena().status("eval");
      for (const uint32_t row : rows) values[row] = column.At(row);
      ColumnSetter(field).Set(Column::Values({values, batch->physical_rows()}), batch);
    }
    return absl::OkStatus();
  }

  static std::optional<std::string> NameFor(const plan::NamedExpr& assignment, const Batch& batch,
                                            uint32_t row) {
    std::string name = assignment.name_texts.front();
    for (size_t i = 0; i < assignment.name_fields.size(); ++i) {
      const Column* column = batch.Find(assignment.name_fields[i]);
      const Value value = column == nullptr ? Value::Null() : column->At(row);
      if (value.is_null()) return std::nullopt;
      name += TextOf(value);
      name += assignment.name_texts[i + 1];
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
