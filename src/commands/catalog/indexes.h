// What the commands that tell of indexes share: options that choose them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "commands/entry.h"

namespace spelk::commands {

// Search terms for index=, which may be given several times; `*` without it.
absl::StatusOr<std::string> IndexTerms(const ast::CommandCall& call, plan::Binder& binder);
// Of a command that looks at its options itself: each must be known, and the `single` ones may be
// given once.
absl::Status CheckOptions(const ast::CommandCall& call,
                          std::initializer_list<std::string_view> single, plan::Binder& binder);
// The error of a generating command that is not the first of its search.
absl::Status NotFirst(const ast::CommandCall& call, plan::Binder& binder);

inline constexpr Argument kIndexOption = {
    .name = "index",
    .type = "text…",
    .fallback = "*",
    .summary =
        "Only events of these indexes; it may be given more than once, and * is any run of "
        "characters.",
    .is_option = true};
inline constexpr Argument kServerOption = {.name = "splunk_server",
                                           .type = "text",
                                           .fallback = "",
                                           .summary = "Which of Splunk's servers.",
                                           .is_option = true,
                                           .no_effect = true};
inline constexpr Argument kServerGroupOption = {.name = "splunk_server_group",
                                                .type = "text",
                                                .fallback = "",
                                                .summary = "Which of Splunk's servers.",
                                                .is_option = true,
                                                .no_effect = true,
                                                .repeats = true};

}  // namespace spelk::commands
