// Completion scripts for shells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spelk::cli {

// For bash, zsh and fish; nothing for other shells.
std::optional<std::string> CompletionScript(std::string_view shell);

}  // namespace spelk::cli
