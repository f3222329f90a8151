// Completion scripts for shells, made from what the command line declares.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace spelk::cli {

// For bash, zsh and fish; nothing for other shells. `app` has all its subcommands and options.
std::optional<std::string> CompletionScript(std::string_view shell, const CLI::App& app);

}  // namespace spelk::cli
