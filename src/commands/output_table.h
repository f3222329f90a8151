// What outputlookup and outputcsv share: rows become a table and are passed on.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

enum class TableText : uint8_t {
  kLines,        // The values of a multivalue stand in one cell, a line each.
  kBlanks,       // With blanks between them.
  kMultivalues,  // They stay values.
};
constexpr size_t EnumSize(TableText) { return 3; }
std::string_view NameOf(TableText text);

struct OutputTableNode final : plan::Node {
  static constexpr std::string_view kName = "output-table";
  std::string lookup;  // As the search calls it.
  std::string table;   // The file or collection.
  std::string file;    // Its name as a file.
  bool collection = false;
  bool append = false;
  std::string key_column;         // Collections: rows with the same key are replaced.
  bool update = true;             // Otherwise they stay as they are.
  uint64_t most = 0;              // Rows that are written; 0: all.
  bool create_empty = false;      // Without rows there is an empty table …
  bool override_if_empty = true;  // … or none; otherwise what was there stays.
  TableText text = TableText::kLines;

  plan::Dataflow GetDataflow() const override;
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override;
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  bool DependsOnOrder(const plan::FieldSet&, bool) const override { return true; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("lookup", lookup);
    visit("table", table);
    visit("file", file);
    visit("collection", collection);
    visit("append", append);
    visit("key_column", key_column);
    visit("update", update);
    visit("most", most);
    visit("create_empty", create_empty);
    visit("override_if_empty", override_if_empty);
    visit("text", text);
  }
};

// The name of the table to write and what its options append, create_empty, override_if_empty say.
absl::StatusOr<std::unique_ptr<OutputTableNode>> BindOutputTable(const ast::CommandCall& call,
                                                                 std::string_view name, Span place,
                                                                 plan::Binder& binder);
exec::OperatorPtr BuildOutputTable(const plan::Node& node, const exec::RunContext& run);

inline constexpr Argument kOutputAppend = {
    .name = "append",
    .type = "bool",
    .fallback = "f",
    .summary = "Rows are added to those that there are, in the columns that there are.",
    .is_option = true};
inline constexpr Argument kOutputCreateEmpty = {
    .name = "create_empty",
    .type = "bool",
    .fallback = "f",
    .summary = "Whether there is an empty table where there are no rows.",
    .is_option = true};
inline constexpr Argument kOutputOverride = {
    .name = "override_if_empty",
    .type = "bool",
    .fallback = "t",
    .summary = "Whether the table that there is goes where there are no rows.",
    .is_option = true};
inline constexpr std::string_view kOutputMemoryNote =
    "without --allow-write the table stays in memory, where later searches of the same run read "
    "it; "
    "with --allow-write DIR it becomes a file in that folder as well, when the search has "
    "succeeded";

}  // namespace spelk::commands
