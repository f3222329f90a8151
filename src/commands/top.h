// What top and rare share: they differ in which end of the counts they show.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

// Counts the combinations of `fields` in each group of `by` and keeps the most frequent ones, or
// the least frequent ones.
struct TopNode final : plan::Node {
  static constexpr std::string_view kName = "top";
  std::vector<Field> fields;
  std::vector<Field> by;
  uint64_t limit = 10;  // For each group; 0 keeps all.
  bool rarest = false;
  Field count_field;    // Null: not shown.
  Field percent_field;  // Likewise.
  bool use_other = false;
  Field partial_version;  // Partial rows are merged, with their counts.
  Field partial_count;
  std::string other;  // Stands for the combinations that are not shown.

  plan::Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("by", by);
    visit("limit", limit);
    visit("rarest", rarest);
    visit.MayBeNull("count_field", count_field);
    visit.MayBeNull("percent_field", percent_field);
    visit("use_other", use_other);
    visit("other", other);
    visit.Unprinted("partial_version", partial_version);
    visit.Unprinted("partial_count", partial_count);
  }
};

// `rarest` and `mode` tell the four commands apart.
absl::StatusOr<plan::NodePtr> BindTop(const ast::CommandCall& call, plan::Binder& binder,
                                      bool rarest,
                                      plan::AggregateMode mode = plan::AggregateMode::kWhole);
exec::OperatorPtr BuildTop(const plan::Node& node, const exec::RunContext& run);

inline constexpr Argument kTopArguments[] = {
    {.name = "N",
     .type = "int",
     .fallback = "10",
     .summary = "How many combinations to show in each group; 0 shows all."},
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Whose combinations of values are counted."},
    {.name = "limit",
     .type = "int",
     .fallback = "10",
     .summary = "The same as N.",
     .is_option = true},
    {.name = "countfield",
     .type = "field",
     .fallback = "count",
     .summary = "The name of the count.",
     .is_option = true},
    {.name = "percentfield",
     .type = "field",
     .fallback = "percent",
     .summary = "The name of the share.",
     .is_option = true},
    {.name = "showcount",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether the count is shown.",
     .is_option = true},
    {.name = "showperc",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether the share is shown.",
     .is_option = true},
    {.name = "useother",
     .type = "bool",
     .fallback = "f",
     .summary = "Adds a row for all that the limit left out.",
     .is_option = true},
    {.name = "otherstr",
     .type = "text",
     .fallback = "OTHER",
     .summary = "What that row holds in place of values.",
     .is_option = true},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "Counts and shares for each combination of these."}};

}  // namespace spelk::commands
