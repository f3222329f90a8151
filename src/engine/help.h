// Help: the entries as text for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plan/entry.h"
#include "syntax/parse.h"

namespace spelk::engine {

// `spelk help [NAME]`: the overview, or one command, function, statistic, topic, limit or code of a
// message. NotFound proposes similar names.
absl::StatusOr<std::string> Help(const plan::Registry& entries, std::string_view name);
// Names of commands, functions and statistics that begin with the prefix, sorted.
std::vector<std::string> Complete(const plan::Registry& entries, std::string_view prefix);
// Likewise, and those of topics and codes: what Help explains.
std::vector<std::string> CompleteHelp(const plan::Registry& entries, std::string_view prefix);
// The whole reference as Markdown: what `./dev docs` writes.
std::string Reference(const plan::Registry& entries);
// One token a line, for `explain --stage tokens`.
std::string PrintTokens(const std::vector<Token>& tokens, std::string_view text);

}  // namespace spelk::engine
