// MacroCall: the text between two backquotes, taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/macros.h"

namespace spelk::knowledge {

struct MacroCall {
  std::string name;
  // As written, without the blanks around them.
  std::vector<std::string> arguments;
};

// "who(eve, 3)": arguments are parted at commas outside quotes and brackets. InvalidArgument says
// what is wrong with the text.
absl::StatusOr<MacroCall> ParseMacroCall(std::string_view text);

// The value of each argument that a macro names, by place or written name=value; outer quotes are
// dropped. InvalidArgument for a name given twice or not at all.
absl::StatusOr<MacroArguments> BindArguments(const MacroCall& call, const Macro& macro);

// The text with every $name$ of an argument replaced, in quotes too; what comes in is not looked at
// again. ResourceExhausted beyond `most` bytes.
absl::StatusOr<std::string> Substitute(std::string_view text, const MacroArguments& arguments,
                                       size_t most);

// The first $name$ of a definition that is none of its arguments; nothing if there is none.
std::optional<std::string> UnknownArgument(std::string_view definition,
                                           const std::vector<std::string>& arguments);

}  // namespace spelk::knowledge
