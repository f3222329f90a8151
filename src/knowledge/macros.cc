// The table of macros.
#include "knowledge/macros.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "knowledge/macro_call.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::knowledge {
namespace {

std::string StanzaOf(std::string_view name, size_t arguments) {
  return arguments == 0 ? std::string(name) : fmt::format("{}({})", name, arguments);
}

std::vector<std::string> NamesIn(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = TrimBlanks(list.substr(0, comma));
    if (!name.empty()) names.emplace_back(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

}  // namespace

bool Macros::IsOpenFilter(const MacroCall& call) const {
  return call.arguments.empty() && call.name.ends_with("_filter") && Overloads(call.name).empty();
}

MacroValue MacroValue::Of(const Value& value, bool boolean) {
  MacroValue result;
  switch (value.kind()) {
    case ValueKind::kNull:
      result.kind = boolean ? Kind::kFalse : Kind::kNull;
      break;
    case ValueKind::kBool:
      result.kind = value.boolean() ? Kind::kTrue : Kind::kFalse;
      break;
    default:
      result.kind = Kind::kText;
      for (const Value& each : value.each()) {
        if (!result.text.empty()) result.text += ' ';
        result.text += TextOf(each);
      }
  }
  return result;
}

Macros::Macros() {
  Macro comment;
  comment.arguments = {"text"};
  Add("comment(1)", std::move(comment));
}

void Macros::Add(std::string stanza, Macro macro) {
  by_stanza_.insert_or_assign(std::move(stanza), std::move(macro));
}

void Macros::AddAll(const Conf& conf) {
  for (const Stanza& stanza : conf.stanzas()) {
    if (stanza.name == Conf::kDefault) continue;
    Macro macro;
    macro.definition = stanza.Text("definition");
    macro.defined = stanza.Find("definition") != nullptr;
    if (!stanza.settings.empty()) macro.place = conf.PlaceOf(stanza.settings.front());
    macro.arguments = NamesIn(stanza.Text("args"));
    macro.is_eval = IsTrue(stanza.Text("iseval"));
    macro.validation = stanza.Text("validation");
    macro.error_message = stanza.Text("errormsg");
    Add(stanza.name, std::move(macro));
  }
}

absl::Status Macros::AddDefinition(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view head = TrimBlanks(text.substr(0, equals));
  const size_t open = head.find('(');
  const bool closed = open == std::string_view::npos || head.ends_with(')');
  const std::string_view name = TrimBlanks(head.substr(0, open));
  if (equals == std::string_view::npos || name.empty() || !closed) {
    return absl::InvalidArgumentError(fmt::format(
        "a macro is defined by name=definition or name(a, b)=definition, not \"{}\"", text));
  }
  Macro macro;
  macro.definition = TrimBlanks(text.substr(equals + 1));
  macro.place = "--macro";
  if (open != std::string_view::npos) {
    macro.arguments = NamesIn(head.substr(open + 1, head.size() - open - 2));
  }
  std::string stanza = StanzaOf(name, macro.arguments.size());
  Add(std::move(stanza), std::move(macro));
  return absl::OkStatus();
}

void Macros::AddSavedSearches(const Conf& conf) {
  for (const Stanza& stanza : conf.stanzas()) {
    const Setting* search = stanza.Find("search");
    if (stanza.name == Conf::kDefault || search == nullptr) continue;
    SavedSearch saved{stanza.name, search->value, conf.PlaceOf(*search),
                      IsTrue(stanza.Text("disabled"))};
    saved_searches_.insert_or_assign(stanza.name, std::move(saved));
  }
}

const SavedSearch* Macros::FindSavedSearch(std::string_view name) const {
  const auto found = saved_searches_.find(name);
  return found == saved_searches_.end() ? nullptr : &found->second;
}

const Macro* Macros::Find(std::string_view name, size_t arguments) const {
  const auto found = by_stanza_.find(StanzaOf(name, arguments));
  return found == by_stanza_.end() ? nullptr : &found->second;
}

std::string Macros::Overloads(std::string_view name) const {
  std::vector<std::string> stanzas;
  for (const auto& [stanza, macro] : by_stanza_) {
    if (stanza == name || (stanza.starts_with(name) && stanza[name.size()] == '(')) {
      stanzas.push_back(stanza);
    }
  }
  std::sort(stanzas.begin(), stanzas.end());
  return fmt::format("{}", fmt::join(stanzas, ", "));
}

void Macros::Check(const Source& source, const std::vector<Token>& tokens,
                   Diagnostics& diagnostics) const {
  for (const Token& token : tokens) {
    if (token.type != "MACRO" && token.type != "STAGE_MACRO") continue;
    std::string_view text = TextOf(source.text(), token.span);
    text = text.substr(1, text.size() - 2);
    const absl::StatusOr<MacroCall> call = ParseMacroCall(text);
    if (!call.ok()) {
      diagnostics.Warn(ErrorCode::kUndefinedMacro, token.span,
                       std::string(MessageOf(call.status())));
    } else if (Find(call->name, call->arguments.size()) == nullptr && !IsOpenFilter(*call)) {
      const std::string others = Overloads(call->name);
      diagnostics.Warn(ErrorCode::kUndefinedMacro, token.span,
                       fmt::format("the macro '{}' is not defined",
                                   StanzaOf(call->name, call->arguments.size())),
                       {others.empty() ? "macros come from the app folders that --app names"
                                       : fmt::format("defined are {}", others)});
    }
  }
}

}  // namespace spelk::knowledge
