// searchtxn: the transactions of a type that meet search terms.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "commands/transaction_type.h"
#include "plan/data_model.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// The text after the command, word by word.
class SearchText {
 public:
  SearchText(std::string_view text, uint32_t begin) : text_(text), begin_(begin) { SkipBlanks(); }

  struct Word {
    std::string_view text;
    Span span;
  };
  // What stands up to the next blank.
  Word Peek() const {
    const size_t end = std::min(text_.find_first_of(kBlanks, at_), text_.size());
    return {text_.substr(at_, end - at_),
            {begin_ + static_cast<uint32_t>(at_), begin_ + static_cast<uint32_t>(end)}};
  }
  // A word, or what stands in quotes, without them.
  Word TakeName() {
    const size_t quote = text_.substr(at_).starts_with('"') ? text_.find('"', at_ + 1) : at_;
    if (quote == at_ || quote == std::string_view::npos) {
      const Word word = Peek();
      Skip(word.text.size());
      return word;
    }
    const Word name = {
        text_.substr(at_ + 1, quote - at_ - 1),
        {begin_ + static_cast<uint32_t>(at_), begin_ + static_cast<uint32_t>(quote) + 1}};
    Skip(quote + 1 - at_);
    return name;
  }
  void Skip(size_t count) {
    at_ += count;
    SkipBlanks();
  }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  std::string_view text_;
  const uint32_t begin_;
  size_t at_ = 0;
};

absl::Status BadValue(std::string_view name, std::string_view value, std::string_view takes,
                      Span span, plan::Binder& binder) {
  return binder.Error(ErrorCode::kBadOptionValue, span,
                      fmt::format("option {} does not take \"{}\"", name, value),
                      {fmt::format("it takes {}", takes)});
}

// True for an option, which is right, before the terms.
absl::StatusOr<bool> ReadOption(const SearchText::Word& word, plan::Binder& binder) {
  const size_t equals = word.text.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = word.text.substr(0, equals);
  const std::string_view value = word.text.substr(equals + 1);
  if (EqualsIgnoringCase(name, "max_terms") || EqualsIgnoringCase(name, "maxterms")) {
    int64_t terms = 0;
    const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), terms);
    const bool number = error == std::errc() && at == value.data() + value.size();
    if (number && terms >= 1 && terms <= 1000) return true;
    return BadValue(name, value, "a whole number from 1 to 1000", word.span, binder);
  }
  const bool disjunct = EqualsIgnoringCase(name, "use_disjunct");
  if (!disjunct && !EqualsIgnoringCase(name, "eventsonly")) return false;
  const std::optional<bool> flag = plan::ParseFlag(value);
  if (!flag) return BadValue(name, value, "true or false", word.span, binder);
  if (*flag == disjunct) return true;
  return binder.Error(ErrorCode::kUnbuiltOption, word.span,
                      fmt::format("the option '{}' is not built yet", word.text),
                      {disjunct ? "the terms are looked for in whole transactions; put `search "
                                  "TERMS` before `transaction name=TYPE` to look in single events"
                                : "search for the events themselves, without searchtxn"});
}

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  const uint32_t begin = call.name.span.end;
  SearchText text(binder.TextOf({begin, call.span.end}), begin);
  const SearchText::Word type = text.TakeName();
  if (type.text.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a transaction type is missing",
                        {"write | searchtxn TYPE TERMS"});
  }
  SPELK_ASSIGN_OR_RETURN(const plan::Stanzas::Settings settings,
                         FindTransactionType(type.text, type.span, binder));
  while (true) {
    const SearchText::Word word = text.Peek();
    SPELK_ASSIGN_OR_RETURN(const bool is_option, ReadOption(word, binder));
    if (!is_option) break;
    text.Skip(word.text.size());
  }
  if (text.rest().empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the terms to look for in the transactions are missing",
                        {"write | searchtxn TYPE TERMS; * takes all transactions"});
  }
  const std::string label = fmt::format("transaction type {}", type.text);
  std::string terms(SettingOf(settings, "search"));
  if (binder.services().models != nullptr) {
    absl::StatusOr<std::string> expanded = binder.services().models->ExpandMacros(terms);
    if (!expanded.ok()) {
      return binder.Error(ErrorCode::kUnknownMacro, type.span,
                          fmt::format("{}: {}", label, MessageOf(expanded.status())));
    }
    terms = *std::move(expanded);
  }
  return binder.SearchIn(
      fmt::format("search {} | transaction name={} | search {}", terms.empty() ? "*" : terms,
                  syntax::Quote(type.text), text.rest()),
      call.span, label);
}

constexpr Argument kArguments[] = {
    {.name = "type",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of the transactiontypes.conf of an app."},
    {.name = "terms",
     .type = "search terms",
     .fallback = "",
     .summary = "What the transactions must meet, as search has it."},
    {.name = "max_terms",
     .type = "int, 1 to 1000",
     .fallback = "1000",
     .summary = "How many values Splunk follows; all are followed here.",
     .is_option = true,
     .no_effect = true},
    {.name = "use_disjunct",
     .type = "bool",
     .fallback = "true",
     .summary = "The terms may be met by different events of a transaction; false is refused.",
     .is_option = true},
    {.name = "eventsonly",
     .type = "bool",
     .fallback = "false",
     .summary = "The events alone, without transaction; true is refused.",
     .is_option = true}};
constexpr std::string_view kNotes[] = {
    "the same as `search SETTING | transaction name=TYPE | search TERMS` with the setting search "
    "of the stanza",
    "options stand between the type and the terms"};
constexpr Example kExamples[] = {
    {.title = "Sessions of a user",
     .input = R"({"_time":3,"id":1,"act":"out"} {"_time":2,"id":2,"user":"bob"})"
              R"( {"_time":1,"id":1,"user":"ana"})",
     .query = "| searchtxn session user=ana | table id user act duration transactiontype",
     .output = R"({"id":1,"user":"ana","act":"out","duration":2,"transactiontype":"session"})"},
};

}  // namespace

extern constexpr CommandEntry kSearchTxn = {
    .name = "searchtxn",
    .signature =
        "| searchtxn <type> [max_terms=<int>] [use_disjunct=<bool>] [eventsonly=<bool>] "
        "<terms>",
    .summary = "Gives the transactions of a transaction type that meet search terms.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kSearch, kNoClauses},
    .arguments = kArguments,
    .notes = kNotes,
    .differs =
        "All values are followed, not max_terms of them; use_disjunct=f and eventsonly=t are "
        "refused.",
    .examples = kExamples,
    .bind = &Bind,
};

}  // namespace spelk::commands
