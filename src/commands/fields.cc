// fields: keeps or removes fields.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindFields(const ast::CommandCall& call, plan::Binder& binder) {
  auto project = plan::Make<plan::ProjectNode>(call.span);
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const auto* sign = std::get_if<ast::ArgumentSign>(&call.arguments[i].value);
    if (sign == nullptr) continue;
    if (i > 0) {
      return binder.Error(ErrorCode::kBadArgument, call.arguments[i].span,
                          "+ or - stands before the whole list");
    }
    if (sign->sign == '-') project->mode = plan::ProjectMode::kRemove;
  }
  SPELK_ASSIGN_OR_RETURN(project->names, binder.FieldNames(binder.Positional(call), true));
  if (project->names.empty()) project->mode = plan::ProjectMode::kRemove;  // Nothing is taken away.
  return project;
}

constexpr Argument kFieldsArguments[] = {
    {.name = "+|-", .type = "sign", .fallback = "+", .summary = "Keep the fields, or remove them."},
    {.name = "field", .type = "field…", .fallback = "", .summary = "Names, which may hold `*`."}};
constexpr Example kFieldsExamples[] = {
    {.title = "Keep two fields",
     .input = R"({"a":1,"b":2,"c":3})",
     .query = "fields c a",
     .output = R"({"c":3,"a":1})"},
    {.title = "Remove some",
     .input = R"({"a":1,"src_ip":"x","src_port":2})",
     .query = "fields - src_*",
     .output = R"({"a":1})"},
};

}  // namespace

extern constexpr CommandEntry kFields = {
    .name = "fields",
    .signature = "fields [+|-] <field>…",
    .summary = "Keeps or removes fields.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFieldsArguments,
    .examples = kFieldsExamples,
    .bind = &BindFields,
};

}  // namespace spelk::commands
