// Binding of arguments by place and of clauses.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "plan/bind/binder.h"
#include "value/ascii.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/regex.h"

namespace spelk::plan {
namespace {

// A call that names the column which a statistic made: `sum(bytes)`, `count(eval(x>1))`.
std::optional<std::string> ColumnOfCall(const ast::Argument& argument, std::string_view source) {
  const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
  if (call == nullptr || call->arguments.size() != 1) return std::nullopt;
  const ast::Argument& inner = call->arguments.front();
  if (inner.alias) return std::nullopt;
  if (const auto* name = std::get_if<ast::Name>(&inner.value)) {
    return fmt::format("{}({})", call->name.text, name->text);
  }
  if (!std::holds_alternative<ast::ArgumentExpression>(inner.value)) return std::nullopt;
  return fmt::format("{}({})", call->name.text, TextOf(source, inner.span));
}

}  // namespace

std::vector<const ast::Argument*> Binder::Positional(const ast::CommandCall& call) const {
  std::vector<const ast::Argument*> positional;
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    if (std::holds_alternative<ast::ArgumentSign>(argument.value)) continue;
    positional.push_back(&argument);
  }
  return positional;
}

std::optional<uint64_t> Binder::WholeNumber(const ast::Argument& argument) {
  const auto* word = std::get_if<ast::Name>(&argument.value);
  return word == nullptr || word->quoted ? std::nullopt : ParseWholeNumber(word->text);
}

absl::StatusOr<uint64_t> Binder::Count(const ast::CommandCall& call, std::string_view name) {
  const std::vector<const ast::Argument*> positional = Positional(call);
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentSign>(argument.value)) {
      return Error(ErrorCode::kBadArgument, argument.span,
                   fmt::format("{} takes a whole number, 0 or more", name));
    }
  }
  if (positional.empty()) {
    const Argument* argument = FindArgument(name);
    SPELK_CHECK(argument != nullptr);
    return ParseWholeNumber(argument->fallback).value_or(0);
  }
  const auto* word = std::get_if<ast::Name>(&positional[0]->value);
  const std::optional<uint64_t> count =
      word == nullptr ? std::nullopt : ParseWholeNumber(word->text);
  if (!count) {
    return Error(ErrorCode::kBadArgument, positional[0]->span,
                 fmt::format("\"{}\" is no {}", TextOf(positional[0]->span), name),
                 {"it takes a whole number, 0 or more"});
  }
  if (positional.size() > 1) return Unexpected(*positional[1]);
  return *count;
}

absl::StatusOr<Field> Binder::FieldName(const ast::Argument& argument, bool patterns) {
  std::optional<std::string> name = ColumnOfCall(argument, source_.text());
  if (const auto* word = std::get_if<ast::Name>(&argument.value)) name = word->text;
  if (name) {
    if (name->empty()) {
      return Error(ErrorCode::kBadArgument, argument.span, "a field name is empty");
    }
    if (patterns || !IsPattern(*name)) return Intern(*name);
    return Error(ErrorCode::kBadArgument, argument.span,
                 fmt::format("wildcards are not allowed here: \"{}\"", *name));
  }
  if (const auto* macro = std::get_if<ast::MacroCall>(&argument.value)) {
    return Error(
        ErrorCode::kUnknownMacro, argument.span,
        fmt::format("the search specifies a macro '{}' that cannot be found", macro->name.text));
  }
  return Error(ErrorCode::kBadArgument, argument.span,
               fmt::format("expected a field name, found \"{}\"", TextOf(argument.span)));
}

absl::StatusOr<std::vector<Field>> Binder::FieldNames(
    const std::vector<const ast::Argument*>& arguments, bool patterns) {
  std::vector<Field> fields;
  for (const ast::Argument* argument : arguments) {
    if (argument->alias) {
      return Error(ErrorCode::kBadArgument, argument->alias->span, "AS has no meaning here");
    }
    SPELK_ASSIGN_OR_RETURN(const Field field, FieldName(*argument, patterns));
    fields.push_back(field);
  }
  return fields;
}

absl::StatusOr<Field> Binder::OneField(const ast::CommandCall& call) {
  const std::vector<const ast::Argument*> arguments = Positional(call);
  if (arguments.empty()) {
    return Error(ErrorCode::kMissingArgument, call.name.span, "a field is missing",
                 {fmt::format("usage: {}", entry_->signature)});
  }
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields, FieldNames(arguments));
  if (fields.size() == 1) return fields[0];
  return Error(ErrorCode::kBadArgument, arguments[1]->span,
               fmt::format("unexpected \"{}\": it takes one field", TextOf(arguments[1]->span)),
               {fmt::format("usage: {}", entry_->signature)});
}

absl::StatusOr<Binder::Named> Binder::OneNamedField(const ast::CommandCall& call) {
  SPELK_RETURN_IF_ERROR(NoSigns(call));
  const std::vector<const ast::Argument*> arguments = Positional(call);
  if (arguments.empty()) {
    return Error(ErrorCode::kMissingArgument, call.name.span, "a field is missing",
                 {fmt::format("usage: {}", entry_->signature)});
  }
  if (arguments.size() > 1) return Unexpected(*arguments[1], {"it takes one field"});
  Named named;
  SPELK_ASSIGN_OR_RETURN(named.field, FieldName(*arguments[0]));
  for (const ast::Argument& argument : call.arguments) {
    if (!argument.alias) continue;
    if (named.alias || argument.alias->text.empty() || IsPattern(argument.alias->text)) {
      return Error(ErrorCode::kBadArgument, argument.alias->span, "AS takes one name");
    }
    named.alias = Intern(argument.alias->text);
  }
  return named;
}

void Binder::NoteDelimiter(Field field, std::string delimiter) {
  std::erase_if(delimiters_, [field](const Delimiter& known) { return known.field == field; });
  delimiters_.push_back({field, std::move(delimiter), true});
}

std::optional<std::string> Binder::DelimiterOf(Field field) const {
  for (const Delimiter& known : delimiters_) {
    if (known.field == field) return known.text;
  }
  return std::nullopt;
}

// Drops those of the fields that a node changes.
void Binder::ForgetDelimiters(const Node& bound) {
  const Dataflow flow = bound.GetDataflow();
  std::erase_if(delimiters_, [&](const Delimiter& known) {
    return !known.is_new && (!flow.passes || flow.writes.Has(known.field));
  });
}

const ast::Clause* Binder::FindClause(const ast::CommandCall& call, ast::ClauseWord word) const {
  for (const ast::Clause& clause : call.clauses) {
    if (clause.word == word) return &clause;
  }
  return nullptr;
}

absl::StatusOr<std::vector<Field>> Binder::By(const ast::CommandCall& call) {
  std::vector<const ast::Argument*> arguments;
  const ast::Clause* by = nullptr;
  for (const ast::Clause& clause : call.clauses) {
    if (clause.word != ast::ClauseWord::kBy) continue;
    if (by != nullptr) return Error(ErrorCode::kBadArgument, clause.span, "BY is given twice");
    by = &clause;
    for (const ast::Argument& argument : clause.arguments) {
      // Unlike a column's name elsewhere, a call here is most likely meant to be computed.
      if (std::holds_alternative<ast::ArgumentCall>(argument.value)) {
        return Error(ErrorCode::kBadArgument, argument.span,
                     fmt::format("expected a field name, found \"{}\"", TextOf(argument.span)),
                     {"BY takes fields; compute it with eval first, or quote a column's name"});
      }
      if (!std::holds_alternative<ast::ArgumentOption>(argument.value))
        arguments.push_back(&argument);
    }
  }
  if (by != nullptr && arguments.empty()) {
    return Error(ErrorCode::kMissingArgument, by->span, "no field follows BY");
  }
  SPELK_ASSIGN_OR_RETURN(std::vector<Field> fields, FieldNames(arguments));
  for (size_t i = 0; i < fields.size(); ++i) {
    if (std::find(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(i), fields[i]) !=
        fields.begin() + static_cast<std::ptrdiff_t>(i)) {
      return Error(ErrorCode::kBadArgument, arguments[i]->span,
                   fmt::format("the BY field '{}' is repeated", fields[i].name()));
    }
  }
  return fields;
}

absl::StatusOr<SortKey> Binder::OneSortKey(const ast::Argument& argument) {
  constexpr std::pair<std::string_view, SortBy> kForms[] = {{"auto", SortBy::kAuto},
                                                            {"num", SortBy::kNumber},
                                                            {"str", SortBy::kText},
                                                            {"ip", SortBy::kAddress}};
  SortKey key;
  const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
  for (const auto& [name, by] : kForms) {
    if (call == nullptr || call->arguments.size() != 1) break;
    if (!EqualsIgnoringCase(call->name.text, name)) continue;
    key.by = by;
    SPELK_ASSIGN_OR_RETURN(key.field, FieldName(call->arguments[0]));
    return key;
  }
  // Any other call is the name of a column: sort - sum(bytes).
  SPELK_ASSIGN_OR_RETURN(key.field, FieldName(argument));
  return key;
}

absl::Status Binder::Unexpected(const ast::Argument& argument, std::vector<std::string> notes) {
  return Error(ErrorCode::kBadArgument, argument.span,
               fmt::format("unexpected \"{}\"", TextOf(argument.span)), std::move(notes));
}

absl::Status Binder::NoSigns(const ast::CommandCall& call, std::vector<std::string> notes) {
  for (const ast::Argument& argument : call.arguments) {
    const auto* sign = std::get_if<ast::ArgumentSign>(&argument.value);
    if (sign == nullptr) continue;
    return Error(ErrorCode::kBadArgument, argument.span,
                 fmt::format("unexpected \"{}\"", sign->sign), std::move(notes));
  }
  return absl::OkStatus();
}

absl::Status Binder::NoArguments(const ast::CommandCall& call) {
  for (const ast::Argument& argument : call.arguments) {
    if (!std::holds_alternative<ast::ArgumentOption>(argument.value)) return Unexpected(argument);
  }
  return absl::OkStatus();
}

absl::Status Binder::CheckRegex(std::string_view pattern, Span span) {
  const absl::StatusOr<Regex> regex = Regex::Compile(pattern);
  if (regex.ok()) return absl::OkStatus();
  // As Splunk words it, which for the command regex is another sentence.
  const std::string wrong =
      entry_ != nullptr && entry_->name == "regex"
          ? fmt::format("the regex '{}' is invalid", pattern)
          : fmt::format("encountered the following error while compiling the regex '{}'", pattern);
  return Error(ErrorCode::kBadRegex, span,
               fmt::format("{}: regex: {}", wrong, MessageOf(regex.status())));
}

}  // namespace spelk::plan
