// Batches made by hand, and rows as text, for tests of what holds rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exec/operator.h"

namespace spelk::tests {

// A run with a budget of its own.
class TestRun {
 public:
  explicit TestRun(size_t memory = size_t{64} << 20U);
  const exec::RunContext& context() const { return context_; }
  exec::RunContext& context() { return context_; }
  MemoryBudget& budget() { return budget_; }
  Cancellation& cancel() { return cancel_; }
  Field field(std::string_view name) { return fields_.Intern(name); }

  using Cell = std::optional<std::string_view>;  // Texts; nothing is null.
  // A batch that owns its values, uncounted.
  Batch Make(const std::vector<std::string_view>& names,
             const std::vector<std::vector<Cell>>& rows);

 private:
  MemoryBudget budget_;
  FieldTable fields_;
  Cancellation cancel_;
  exec::RunWarnings warnings_;
  exec::RunContext context_;
};

// "a=1 b=x": the fields that a row has, in order.
std::string RowText(const Batch& batch, size_t row);

// Keeps the rows as text.
class Collected final : public exec::Output {
 public:
  absl::Status Push(Batch batch) override;
  const std::vector<std::string>& rows() const { return rows_; }
  size_t batches() const { return batches_; }

 private:
  std::vector<std::string> rows_;
  size_t batches_ = 0;
};

}  // namespace spelk::tests
