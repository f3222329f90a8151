// What stats and sistats share, and in part eventstats and streamstats.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

absl::StatusOr<plan::NodePtr> BindStats(const ast::CommandCall& call, plan::Binder& binder,
                                        plan::AggregateMode mode);

inline constexpr Argument kAllNumOption = {
    .name = "allnum",
    .type = "bool",
    .fallback = "f",
    .summary = "A numeric statistic of a field with any other text gives nothing.",
    .is_option = true};

inline constexpr Argument kStatsArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "count, dc(field), values(field) AS name, avg(eval(…)), sum(*bytes) …"},
    kAllNumOption,
    {.name = "dedup_splitvals",
     .type = "bool",
     .fallback = "f",
     .summary = "A value that a multivalue BY field holds twice counts once.",
     .is_option = true},
    {.name = "delim",
     .type = "text",
     .fallback = " ",
     .summary = "How Splunk shows multivalues.",
     .is_option = true,
     .no_effect = true},
    {.name = "partitions",
     .type = "int",
     .fallback = "1",
     .summary = "Parallel groups.",
     .is_option = true,
     .no_effect = true},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "One row for each combination of values."}};

}  // namespace spelk::commands
