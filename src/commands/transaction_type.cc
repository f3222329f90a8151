// Making transaction commands out of transaction types.
#include "commands/transaction_type.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/status.h"
#include "plan/saved_searches.h"
#include "syntax/unescape.h"

namespace spelk::commands {
namespace {

// Settings that are options of the command, as Splunk lists them (transactiontypes.conf).
constexpr std::string_view kOptions[] = {
    "maxspan", "maxpause", "maxevents", "connected", "unifyends",  "keepevicted",  "keeporphans",
    "mvlist",  "mvraw",    "delim",     "nullstr",   "maxopentxn", "maxopenevents"};
constexpr std::string_view kFilters[] = {"startswith", "endswith"};

constexpr std::string_view kOthers[] = {"fields", "search"};

template <size_t N>
bool IsOneOf(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// A setting that is misspelt or not known here changes nothing, which is not to go unseen.
void WarnOfOthers(const plan::Stanzas::Settings& settings, std::string_view type, Span span,
                  plan::Binder& binder) {
  const std::vector<std::string_view> known(std::begin(kOptions), std::end(kOptions));
  for (const auto& [key, value] : settings) {
    if (IsOneOf(key, kOptions) || IsOneOf(key, kFilters) || IsOneOf(key, kOthers)) continue;
    binder.Warn(
        ErrorCode::kDiffers, span,
        fmt::format("the setting {} of the transaction type '{}' has no effect here", key, type),
        plan::DidYouMean(plan::NearestNames(key, known)));
  }
}

// A value may stand in quotes, which keep the blanks around it.
std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// "terms", (terms) and eval(…) are written as in a search; other texts are terms.
std::string FilterText(std::string_view value) {
  const bool written =
      value.starts_with('"') || value.starts_with('(') || value.starts_with("eval(");
  return written ? std::string(value) : syntax::Quote(value);
}

}  // namespace

absl::StatusOr<plan::Stanzas::Settings> FindTransactionType(std::string_view name, Span span,
                                                            plan::Binder& binder) {
  constexpr plan::StanzaFile kFile = plan::StanzaFile::kTransactionTypes;
  const plan::SavedSearches* saved = binder.services().saved_searches;
  const plan::Stanzas* stanzas = saved == nullptr ? nullptr : &saved->stanzas();
  if (stanzas != nullptr) {
    if (auto found = stanzas->FindStanza(kFile, name)) return *std::move(found);
  }
  const std::vector<std::string> names =
      stanzas == nullptr ? std::vector<std::string>() : stanzas->StanzaNames(kFile);
  std::vector<std::string> notes =
      plan::DidYouMean(plan::NearestNames(name, {names.begin(), names.end()}));
  notes.emplace_back("transaction types come from the transactiontypes.conf of --app");
  return binder.Error(plan::kUnknownStanza, span,
                      fmt::format("there is no transaction type '{}'", name), std::move(notes));
}

std::string_view SettingOf(const plan::Stanzas::Settings& settings, std::string_view key) {
  for (const auto& [name, value] : settings) {
    if (name == key) return value;
  }
  return "";
}

std::vector<std::string> FieldsOfType(const plan::Stanzas::Settings& settings) {
  constexpr std::string_view kBetween = " \t\r\n,";
  std::vector<std::string> names;
  const std::string_view fields = Unquoted(SettingOf(settings, "fields"));
  for (size_t at = fields.find_first_not_of(kBetween); at != std::string_view::npos;) {
    const size_t end = std::min(fields.find_first_of(kBetween, at), fields.size());
    names.emplace_back(fields.substr(at, end - at));
    at = fields.find_first_not_of(kBetween, end);
  }
  return names;
}

absl::StatusOr<plan::NodePtr> BindTransactionType(const ast::CommandCall& call,
                                                  const ast::ArgumentOption& name,
                                                  plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::string type, binder.OptionText(name));
  SPELK_ASSIGN_OR_RETURN(const plan::Stanzas::Settings settings,
                         FindTransactionType(type, name.value->span, binder));
  WarnOfOthers(settings, type, name.value->span, binder);
  std::string text = "| transaction";
  const std::vector<const ast::Argument*> fields = binder.Positional(call);
  for (const ast::Argument* field : fields) text += fmt::format(" {}", binder.TextOf(field->span));
  if (fields.empty()) {
    for (const std::string& field : FieldsOfType(settings)) text += " " + syntax::Quote(field);
  }
  for (const std::string_view key : kOptions) {
    const std::string_view value = Unquoted(SettingOf(settings, key));
    if (value.empty() || binder.FindOption(call, key) != nullptr) continue;
    text += fmt::format(" {}={}", key, syntax::Quote(value));
  }
  for (const std::string_view key : kFilters) {
    const std::string_view value = SettingOf(settings, key);
    if (value.empty() || binder.FindOption(call, key) != nullptr) continue;
    text += fmt::format(" {}={}", key, FilterText(value));
  }
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option != nullptr && option != &name) {
      text += fmt::format(" {}", binder.TextOf(argument.span));
    }
  }
  text += fmt::format(" | eval transactiontype={}", syntax::Quote(type));
  plan::NodePtr rows = binder.TakeInput();
  if (rows == nullptr) rows = binder.NewScan(call.span);
  return binder.CommandsIn(text, call.span, fmt::format("transaction type {}", type),
                           std::move(rows));
}

}  // namespace spelk::commands
