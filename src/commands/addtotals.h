// What addtotals and addcoltotals share: they differ in which totals they add if not told.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

// Adds a field with the sum of each row, a row with the sums of the fields, or both.
struct TotalsNode final : plan::Node {
  static constexpr std::string_view kName = "totals";
  std::vector<Field> names;  // What is summed; patterns are interned like names.
  Field row_total;           // Null: rows get no sum.
  bool columns = false;
  Field label_field;  // Null: the row of sums has no label.
  std::string label;

  plan::Dataflow GetDataflow() const override;
  bool DependsOnOrder(const plan::FieldSet&, bool ignored) const override {
    return columns && !ignored;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit.MayBeNull("row_total", row_total);
    visit("columns", columns);
    visit.MayBeNull("label_field", label_field);
    visit("label", label);
  }
};

// The options that the command does not have hold what their fallbacks in the node say.
absl::StatusOr<std::unique_ptr<TotalsNode>> BindTotals(const ast::CommandCall& call,
                                                       plan::Binder& binder);
exec::OperatorPtr BuildTotals(const plan::Node& node, const exec::RunContext& run);

}  // namespace spelk::commands
