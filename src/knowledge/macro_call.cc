// Parting the arguments of a macro call, and putting them into a definition.
#include "knowledge/macro_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

// The end of the quoted text that begins at `begin`, after its closing quote.
size_t EndOfQuotes(std::string_view text, size_t begin) {
  size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

std::vector<std::string> PartAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  size_t depth = 0;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfQuotes(text, at);
      continue;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back(TrimBlanks(text.substr(begin, at - begin)));
      begin = at + 1;
    }
    ++at;
  }
  parts.emplace_back(TrimBlanks(text.substr(begin)));
  return parts;
}

std::string WithoutOuterQuotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' &&
                      EndOfQuotes(text, 0) == text.size() && text.back() == '"';
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// Which argument `name=value` is for; nothing for text that names none.
std::optional<size_t> NamedArgument(std::string_view text, const Macro& macro) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = TrimBlanks(text.substr(0, equals));
  const auto found = std::find(macro.arguments.begin(), macro.arguments.end(), name);
  if (found == macro.arguments.end()) return std::nullopt;
  return static_cast<size_t>(found - macro.arguments.begin());
}

}  // namespace

absl::StatusOr<MacroCall> ParseMacroCall(std::string_view text) {
  text = TrimBlanks(text);
  const size_t open = text.find('(');
  MacroCall call;
  call.name = TrimBlanks(text.substr(0, open));
  if (call.name.empty()) return absl::InvalidArgumentError("a macro call has no name");
  if (open == std::string_view::npos) return call;
  if (text.back() != ')') {
    return absl::InvalidArgumentError(
        fmt::format("the macro call '{}' does not end with \")\"", call.name));
  }
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  if (!TrimBlanks(inside).empty()) call.arguments = PartAtCommas(inside);
  return call;
}

absl::StatusOr<MacroArguments> BindArguments(const MacroCall& call, const Macro& macro) {
  if (macro.arguments.size() != call.arguments.size()) {
    return absl::InvalidArgumentError(fmt::format("the macro '{}({})' names {} arguments in args",
                                                  call.name, call.arguments.size(),
                                                  macro.arguments.size()));
  }
  std::vector<std::optional<std::string>> values(macro.arguments.size());
  std::vector<std::string_view> by_place;
  for (const std::string& argument : call.arguments) {
    const std::optional<size_t> named = NamedArgument(argument, macro);
    if (!named) {
      by_place.push_back(argument);
      continue;
    }
    if (values[*named]) {
      return absl::InvalidArgumentError(
          fmt::format("the macro call '{}' gives {} twice", call.name, macro.arguments[*named]));
    }
    values[*named] = WithoutOuterQuotes(TrimBlanks(argument.substr(argument.find('=') + 1)));
  }
  MacroArguments bound;
  size_t next = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) values[i] = WithoutOuterQuotes(by_place[next++]);
    bound.emplace_back(macro.arguments[i], std::move(*values[i]));
  }
  return bound;
}

absl::StatusOr<std::string> Substitute(std::string_view text, const MacroArguments& arguments,
                                       size_t most) {
  std::string out;
  while (!text.empty()) {
    const size_t open = std::min(text.find('$'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const size_t close = text.size() < 2 ? std::string_view::npos : text.find('$', 1);
    if (close == std::string_view::npos) {
      out += text;
      break;
    }
    const std::string_view name = text.substr(1, close - 1);
    const auto argument = std::find_if(arguments.begin(), arguments.end(),
                                       [&](const auto& each) { return each.first == name; });
    if (argument == arguments.end()) {
      out += text.substr(0, close);  // The next `$` may open another name.
      text.remove_prefix(close);
    } else {
      out += argument->second;
      text.remove_prefix(close + 1);
    }
    if (out.size() > most) break;
  }
  if (out.size() > most) {
    return absl::ResourceExhaustedError(fmt::format("longer than {} bytes", most));
  }
  return out;
}

namespace {

// As arguments are named; "$|b$" of a regular expression is none.
bool IsArgumentName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::optional<std::string> UnknownArgument(std::string_view definition,
                                           const std::vector<std::string>& arguments) {
  for (;;) {
    const size_t open = definition.find('$');
    if (open == std::string_view::npos) return std::nullopt;
    const size_t close = definition.find('$', open + 1);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view name = definition.substr(open + 1, close - open - 1);
    const bool known = std::find(arguments.begin(), arguments.end(), name) != arguments.end();
    if (!known && IsArgumentName(name)) return std::string(name);
    definition.remove_prefix(known ? close + 1 : close);
  }
}

}  // namespace spelk::knowledge
