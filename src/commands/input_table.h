// What inputlookup and inputcsv share: rows of a table, alone or after the rows that there are.
#pragma once

#include <string_view>

#include "commands/entry.h"

namespace spelk::commands {

struct InputTableNode final : plan::Node {
  static constexpr std::string_view kName = "input-table";
  std::string table;
  bool file = false;        // A file by its name, with or without ".csv".
  bool append = false;      // After the rows of the input.
  uint64_t start = 0;       // Rows of the table that are left out …
  uint64_t most = 0;        // … and how many follow.
  plan::ExprPtr predicate;  // Of WHERE; null: all rows.
  std::vector<Field> columns;
  bool open = false;  // The columns are known when it runs.

  plan::Dataflow GetDataflow() const override;
  bool DependsOnOrder(const plan::FieldSet&, bool ignored) const override {
    return append && !ignored;
  }
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override;
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("table", table);
    visit("file", file);
    visit("append", append);
    visit("start", start);
    visit("most", most);
    visit.MayBeNull("predicate", predicate);
    visit("columns", columns);
    visit("open", open);
  }
};

// `file`: inputcsv.
absl::StatusOr<plan::NodePtr> BindInputTable(const ast::CommandCall& call, plan::Binder& binder,
                                             bool file);
exec::OperatorPtr BuildInputTable(const plan::Node& node, const exec::RunContext& run);

inline constexpr Argument kInputStrict = {
    .name = "strict",
    .type = "bool",
    .fallback = "f",
    .summary = "Whether an error ends the search; here every error does.",
    .is_option = true,
    .no_effect = true};
inline constexpr Argument kInputAppend = {.name = "append",
                                          .type = "bool",
                                          .fallback = "f",
                                          .summary = "The rows come after those that there are.",
                                          .is_option = true};
inline constexpr Argument kInputStart = {.name = "start",
                                         .type = "int",
                                         .fallback = "0",
                                         .summary = "How many rows of the table are left out.",
                                         .is_option = true};
inline constexpr Argument kInputMax = {.name = "max",
                                       .type = "int",
                                       .fallback = "1000000000",
                                       .summary = "How many rows are read.",
                                       .is_option = true};
inline constexpr Argument kInputWhere = {
    .name = "WHERE",
    .type = "search terms",
    .fallback = "",
    .summary = "Of the rows that are read those stay for which the terms are true."};

}  // namespace spelk::commands
