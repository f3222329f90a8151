// What rules about conditions share.
#include "engine/lint/conditions.h"

#include <algorithm>
#include <optional>

#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::engine::lint {

namespace {

// Commands before which each field has the values of one event.
bool KeepsEvents(const ast::CommandCall& call) {
  constexpr std::string_view kCommands[] = {"search", "where",  "eval", "fields", "bin",
                                            "bucket", "rename", "rex",  "regex",  "sort"};
  return !call.macro && std::find(std::begin(kCommands), std::end(kCommands),
                                  LowerAscii(call.name.text)) != std::end(kCommands);
}

}  // namespace

bool MayHaveSeveral(std::string_view field) {
  constexpr std::string_view kNames[] = {
      "tag",         "eventtype",  "account_name", "user",    "logon_id",   "account_domain",
      "security_id", "message",    "src",          "dest",    "sourcetype", "host",
      "object_name", "permission", "privileges",   "category"};
  const std::string lower = LowerAscii(field);
  return lower.find("{}") != std::string::npos || lower.ends_with("s") ||
         std::find(std::begin(kNames), std::end(kNames), lower) != std::end(kNames);
}

bool SameValue(std::string_view a, std::string_view b) {
  if (FoldCase(a) == FoldCase(b)) return true;
  const std::optional<Number> x = ParseNumber(a);
  const std::optional<Number> y = ParseNumber(b);
  return x && y && x->value == y->value;
}

bool AmongEvents(const Visit& visit) {
  const auto& commands = visit.pipeline->commands;
  return !visit.pipeline->leading_pipe &&
         std::all_of(commands.begin(),
                     commands.begin() + static_cast<std::ptrdiff_t>(visit.position), &KeepsEvents);
}

bool InParentheses(const Visit& visit, Span span) {
  const std::string_view text = visit.search.text();
  const size_t before =
      span.begin == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", span.begin - 1);
  const size_t after = text.find_first_not_of(" \t\r\n", span.end);
  return before != std::string_view::npos && after != std::string_view::npos &&
         text[before] == '(' && text[after] == ')';
}

}  // namespace spelk::engine::lint
