// Options of the searches in brackets of append, appendcols and union.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

inline constexpr Argument kSubsearchArgument = {.name = "subsearch",
                                                .type = "[search]",
                                                .fallback = "",
                                                .summary = "The search in brackets, run first."};
inline constexpr Argument kMaxOutOption = {
    .name = "maxout",
    .type = "int",
    .fallback = "50000",
    .summary = "How many rows of a subsearch are taken; 0 for 50000.",
    .is_option = true};
inline constexpr Argument kMaxTimeOption = {.name = "maxtime",
                                            .type = "int",
                                            .fallback = "60",
                                            .summary = "Seconds a subsearch may take.",
                                            .is_option = true,
                                            .no_effect = true};
inline constexpr Argument kTimeoutOption = {.name = "timeout",
                                            .type = "int",
                                            .fallback = "60",
                                            .summary = "Seconds to wait for a subsearch.",
                                            .is_option = true,
                                            .no_effect = true};
inline constexpr Argument kExtendTimeRangeOption = {
    .name = "extendtimerange",
    .type = "bool",
    .fallback = "f",
    .summary = "Whether the time range of the search covers that of the subsearch.",
    .is_option = true,
    .no_effect = true};

// maxout=, and the check of those that have no effect.
absl::StatusOr<plan::Binder::Most> BindSubsearchOptions(const ast::CommandCall& call,
                                                        plan::Binder& binder, bool extends = true);

}  // namespace spelk::commands
