// regex: keeps the rows in which a field matches a regular expression, or does not.
#include <utility>
#include <vector>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

plan::ExprPtr CallOf(std::string_view name, std::vector<plan::ExprPtr> arguments, Span span,
                     const plan::Binder& binder) {
  auto call = std::make_unique<plan::Expr>();
  call->kind = plan::ExprKind::kCall;
  call->type = plan::Type::kBoolean;
  call->span = span;
  call->function = binder.entries().Function(name);
  call->arguments = std::move(arguments);
  return call;
}

// What matches is what match() says: a multivalue does if one of its values does, and a field that
// is absent never does, so that != keeps the row.
plan::ExprPtr Condition(Field field, std::string pattern, bool negated, Span span,
                        const plan::Binder& binder) {
  std::vector<plan::ExprPtr> arguments;
  arguments.push_back(plan::MakeField(field, span));
  arguments.push_back(
      plan::MakeLiteral(plan::Literal::Text(std::move(pattern)), plan::Type::kString, span));
  plan::ExprPtr match = CallOf("match", std::move(arguments), span, binder);
  if (!negated) return match;
  std::vector<plan::ExprPtr> absent;
  absent.push_back(plan::MakeField(field, span));
  std::vector<plan::ExprPtr> either;
  either.push_back(CallOf("isnull", std::move(absent), span, binder));
  either.push_back(plan::MakeNot(std::move(match)));
  return plan::MakeLogical(plan::ExprKind::kOr, std::move(either));
}

constexpr std::string_view kRegexUsage = "usage: regex <field> (=|!=) <regex>";

absl::StatusOr<plan::NodePtr> BindRegex(const ast::CommandCall& call, plan::Binder& binder) {
  if (call.arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, kRegexUsage);
  }
  Field field = binder.Intern("_raw");
  bool negated = false;
  std::string pattern;
  const ast::Argument* value = &call.arguments[0];
  const auto* option = std::get_if<ast::ArgumentOption>(&value->value);
  if (option != nullptr) {
    const bool equality = option->op == CompareOp::kEqual || option->op == CompareOp::kNotEqual;
    if (!equality || option->name.text.empty()) {
      return binder.Error(ErrorCode::kBadArgument, value->span, kRegexUsage);
    }
    field = binder.Intern(option->name.text);
    negated = option->op == CompareOp::kNotEqual;
    SPELK_ASSIGN_OR_RETURN(pattern, binder.OptionText(*option));
    value = option->value.get();
  } else {
    const auto* text = std::get_if<ast::Name>(&value->value);
    if (text == nullptr || value->alias) {
      return binder.Error(ErrorCode::kBadArgument, value->span, kRegexUsage);
    }
    pattern = text->text;
  }
  if (call.arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, call.arguments[1].span, kRegexUsage);
  }
  SPELK_RETURN_IF_ERROR(binder.CheckRegex(pattern, value->span));
  auto filter = plan::Make<plan::FilterNode>(call.span);
  filter->predicate = Condition(field, std::move(pattern), negated, call.span, binder);
  return filter;
}

constexpr Argument kRegexArguments[] = {
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "What is looked at, with = for rows that match and != for the others."},
    {.name = "regex",
     .type = "regular expression",
     .fallback = "",
     .summary = "A Perl-compatible expression in quotes; it may match anywhere in the text."}};
constexpr std::string_view kRegexNotes[] = {"!= keeps rows without the field, = does not",
                                            "a multivalue matches if one of its values does"};
constexpr Example kRegexExamples[] = {
    {.title = "Keep what matches",
     .input = R"({"m":"a warning"} {"m":"fine"} {"m":"an error"})",
     .query = R"(regex m="error|warning")",
     .output = R"({"m":"a warning"} {"m":"an error"})"},
    {.title = "Keep what does not",
     .input = R"({"m":"a warning"} {"m":"fine"} {"k":1})",
     .query = R"(regex m!="^a ")",
     .output = R"({"m":"fine"} {"k":1})"},
};

}  // namespace

extern constexpr CommandEntry kRegex = {
    .name = "regex",
    .signature = "regex [<field>=|<field>!=]\"<regex>\"",
    .summary = "Keeps rows in which a field matches a regular expression, or does not.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kRegexArguments,
    .notes = kRegexNotes,
    .examples = kRegexExamples,
    .bind = &BindRegex,
};

}  // namespace spelk::commands
