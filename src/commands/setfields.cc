// setfields: fields with the same value in each row.
#include <utility>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSetFields(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<plan::ExtendNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr || option->op != CompareOp::kEqual) {
      return binder.Unexpected(argument, {"write field=\"value\", field=\"value\""});
    }
    SPELK_ASSIGN_OR_RETURN(std::string text, binder.OptionText(*option));
    node->assignments.push_back({binder.Intern(option->name.text),
                                 {},
                                 {},
                                 plan::MakeLiteral(plan::Literal::Text(std::move(text)),
                                                   plan::Type::kString, argument.span)});
  }
  if (node->assignments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a field is missing",
                        {"usage: setfields field=\"value\", field=\"value\""});
  }
  return node;
}

constexpr Argument kSetFieldsArguments[] = {
    {.name = "field=value",
     .type = "text…",
     .fallback = "",
     .summary = "A field and the text that each row gets."}};
constexpr std::string_view kSetFieldsNotes[] = {"what a row had in the field is replaced"};
constexpr Example kSetFieldsExamples[] = {
    {.title = "Two fields",
     .input = R"({"a":1} {"a":2,"team":"x"})",
     .query = R"(setfields team="blue team", site=lab | table a team site)",
     .output =
         R"({"a":1,"team":"blue team","site":"lab"} {"a":2,"team":"blue team","site":"lab"})"},
};

}  // namespace

extern constexpr CommandEntry kSetFields = {
    .name = "setfields",
    .signature = "setfields <field>=<text>[, <field>=<text>]…",
    .summary = "Sets fields to the same text in every row.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kSetFieldsArguments,
    .notes = kSetFieldsNotes,
    .examples = kSetFieldsExamples,
    .bind = &BindSetFields,
};

}  // namespace spelk::commands
