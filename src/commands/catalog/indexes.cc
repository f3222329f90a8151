// Options that choose indexes.
#include "commands/catalog/indexes.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::commands {

absl::StatusOr<std::string> IndexTerms(const ast::CommandCall& call, plan::Binder& binder) {
  std::string terms;
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr || !EqualsIgnoringCase(option->name.text, "index")) continue;
    SPELK_ASSIGN_OR_RETURN(const std::string index, binder.OptionText(*option));
    terms += fmt::format("{}index={}", terms.empty() ? "(" : " OR ", syntax::Quote(index));
  }
  return terms.empty() ? "*" : terms + ")";
}

absl::Status CheckOptions(const ast::CommandCall& call,
                          std::initializer_list<std::string_view> single, plan::Binder& binder) {
  std::vector<std::string_view> seen;
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr) continue;
    SPELK_RETURN_IF_ERROR(binder.CheckOption(*option));
    for (const std::string_view name : single) {
      if (!EqualsIgnoringCase(option->name.text, name)) continue;
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
        return binder.Error(ErrorCode::kRepeatedOption, option->name.span,
                            fmt::format("option \"{}\" is given twice", name));
      }
      seen.push_back(name);
    }
  }
  return absl::OkStatus();
}

absl::Status NotFirst(const ast::CommandCall& call, plan::Binder& binder) {
  return binder.Error(ErrorCode::kNotFirst, call.name.span,
                      "this command must be the first command of a search");
}

}  // namespace spelk::commands
