// sort: puts rows in order.
#include <algorithm>

#include "commands/entry.h"
#include "value/ascii.h"

namespace spelk::commands {
namespace {

bool IsDescending(const ast::Argument& argument) {
  const auto* word = std::get_if<ast::Name>(&argument.value);
  if (word == nullptr || word->quoted) return false;
  return EqualsIgnoringCase(word->text, "d") || EqualsIgnoringCase(word->text, "desc");
}

// A sign belongs to the field that follows it.
absl::Status CheckSign(const ast::CommandCall& call, size_t index, plan::Binder& binder) {
  const ast::Argument* next =
      index + 1 < call.arguments.size() ? &call.arguments[index + 1] : nullptr;
  const bool field = next != nullptr && !std::holds_alternative<ast::ArgumentSign>(next->value) &&
                     !std::holds_alternative<ast::ArgumentOption>(next->value);
  if (field) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadArgument, call.arguments[index].span,
                      "no field follows the sign");
}

// `sort by x`, `sort x asc`: other languages have these words, sort takes them for fields.
void WarnOfClauseWord(const ast::Argument& argument, plan::Binder& binder) {
  constexpr std::string_view kWords[] = {"by", "BY", "asc", "ASC", "desc", "DESC"};
  const auto* word = std::get_if<ast::Name>(&argument.value);
  if (word == nullptr || word->quoted) return;
  if (std::find(std::begin(kWords), std::end(kWords), word->text) == std::end(kWords)) return;
  binder.Warn(
      ErrorCode::kClauseAsField, argument.span, "'" + word->text + "' is the name of a field here",
      {"fields follow sort without BY; - before a field, or desc at the end, turns it round"});
}

absl::StatusOr<plan::NodePtr> BindSort(const ast::CommandCall& call, plan::Binder& binder) {
  auto sort = plan::Make<plan::SortNode>(call.span);
  uint64_t limit = binder.MostOf(plan::kSortCount);
  bool limited = binder.FindOption(call, "limit") != nullptr;
  SPELK_ASSIGN_OR_RETURN(const int64_t option, binder.Integer(call, "limit"));
  if (limited) limit = static_cast<uint64_t>(option);
  bool descending = false;
  bool reversed = false;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::Argument& argument = call.arguments[i];
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    if (const auto* sign = std::get_if<ast::ArgumentSign>(&argument.value)) {
      SPELK_RETURN_IF_ERROR(CheckSign(call, i, binder));
      descending = sign->sign == '-';
      continue;
    }
    const std::optional<uint64_t> number = plan::Binder::WholeNumber(argument);
    if (sort->keys.empty() && number && !limited && !descending) {
      limit = *number;
      limited = true;
      continue;
    }
    if (i + 1 == call.arguments.size() && !sort->keys.empty() && IsDescending(argument)) {
      reversed = true;
      continue;
    }
    WarnOfClauseWord(argument, binder);
    SPELK_ASSIGN_OR_RETURN(plan::SortKey key, binder.OneSortKey(argument));
    key.descending = descending;
    descending = false;
    sort->keys.push_back(key);
  }
  if (sort->keys.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "you must specify fields to sort");
  }
  for (plan::SortKey& key : sort->keys) key.descending = key.descending != reversed;
  if (limit != 0 && limit != UINT64_MAX) sort->limit = limit;
  sort->default_limit = !limited && sort->limit;
  return sort;
}

constexpr Argument kSortArguments[] = {{.name = "count",
                                        .type = "int",
                                        .fallback = "10000",
                                        .summary = "How many rows to keep; 0 keeps all."},
                                       {.name = "limit",
                                        .type = "int",
                                        .fallback = "10000",
                                        .summary = "The same as an option.",
                                        .is_option = true},
                                       {.name = "field",
                                        .type = "[+|-] field, or auto(), num(), str(), ip() of one",
                                        .fallback = "",
                                        .summary = "What to sort by; - is descending."},
                                       {.name = "desc",
                                        .type = "d|desc",
                                        .fallback = "",
                                        .summary = "At the end: turns the directions round."}};
constexpr std::string_view kSortNotes[] = {
    "without a count the first 10,000 rows are kept, with a warning if there were more",
    "ties keep the order of the rows; a multivalue sorts by its first value",
    "numbers come before addresses, addresses before other text, rows without the field last"};
constexpr Example kSortExamples[] = {
    {.title = "Numbers as numbers, highest first",
     .input = R"({"n":9} {"n":10} {"n":1})",
     .query = "sort - n",
     .output = R"({"n":10} {"n":9} {"n":1})"},
    {.title = "The first row only",
     .input = R"({"host":"b"} {"host":"a"})",
     .query = "sort 1 host",
     .output = R"({"host":"a"})"},
};

}  // namespace

extern constexpr CommandEntry kSort = {
    .name = "sort",
    .signature = "sort [<count>] [+|-]<field> [, [+|-]<field>]… [desc]",
    .summary = "Puts rows in order.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kSortArguments,
    .notes = kSortNotes,
    .examples = kSortExamples,
    .bind = &BindSort,
};

}  // namespace spelk::commands
