// Event types and tags: what conditions hold for an event, by name.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/scan/rule_runner.h"
#include "plan/eval/evaluator.h"

namespace spelk::exec {
namespace {

// Adds the text of each condition that is true to what the field has.
class ClassifyRunner final : public RuleRunner {
 public:
  explicit ClassifyRunner(const plan::ComputedColumns& rule) : rule_(rule) {}

  absl::Status Prepare(const Schema& schema, const RunContext& run) {
    target_ = *schema.Find(rule_.targets.front());
    for (const plan::RuleChoice& choice : rule_.choices) {
      SPELK_ASSIGN_OR_RETURN(evaluators_.emplace_back(),
                             plan::Evaluator::Make(*choice.condition, run.evaluation));
    }
    return absl::OkStatus();
  }

  absl::Status Run(const std::vector<uint32_t>& rows, ScanColumns* columns) override {
    Arena& arena = columns->memory()->arena;
    const std::vector<Column> before = columns->columns();
    columns->Share();
    found_.assign(columns->physical_rows(), {});
    for (size_t c = 0; c < evaluators_.size(); ++c) {
      Batch batch(columns->schema(), before, columns->physical_rows(), columns->memory());
      batch.Select(rows);
      SPELK_RETURN_IF_ERROR(evaluators_[c]->Filter(&batch));
      for (const uint32_t row : *batch.selection()) found_[row].push_back(static_cast<uint32_t>(c));
    }
    auto* values = arena.AllocateArray<Value>(columns->physical_rows());
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    std::vector<uint32_t> changed;
    for (const uint32_t row : rows) {
      if (found_[row].empty()) continue;
      changed.push_back(row);
      values[row] = Joined(before[target_].At(row), found_[row], arena);
    }
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    return columns->Change(target_, changed, Column::Values({values, columns->physical_rows()}));
  }

 private:
  Value Joined(const Value& own, const std::vector<uint32_t>& choices, Arena& arena) const {
    auto* all = arena.AllocateArray<Value>(own.count() + choices.size());
    if (all == nullptr) return Value::Null();
    size_t count = 0;
    for (const Value& each : own.each()) all[count++] = each;
    for (const uint32_t choice : choices) {
      const std::string& text = rule_.choices[choice].text;
      // The event may have been told already.
      const bool there = std::any_of(all, all + count, [&](const Value& each) {
        return each.is_text() && each.text() == text;
      });
      if (!there) all[count++] = Value::Text(text);
    }
    return Value::Multi({all, count});
  }

  const plan::ComputedColumns& rule_;
  size_t target_ = 0;
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators_;
  std::vector<std::vector<uint32_t>> found_;  // Choices, by row.
};

}  // namespace

absl::StatusOr<RuleRunnerPtr> MakeClassifyRunner(const plan::ComputedColumns& rule,
                                                 const Schema& schema, const RunContext& run) {
  auto runner = std::make_unique<ClassifyRunner>(rule);
  SPELK_RETURN_IF_ERROR(runner->Prepare(schema, run));
  return runner;
}

}  // namespace spelk::exec
