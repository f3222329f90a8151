// table: exactly the named columns.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindTable(const ast::CommandCall& call, plan::Binder& binder) {
  auto project = plan::Make<plan::ProjectNode>(call.span);
  project->mode = plan::ProjectMode::kTable;
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(project->names, binder.FieldNames(binder.Positional(call), true));
  if (project->names.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "must specify at least one valid field name (can contain wildcards)");
  }
  return project;
}

constexpr Argument kTableArguments[] = {
    {.name = "field", .type = "field…", .fallback = "", .summary = "Names, which may hold `*`."}};
constexpr Example kTableExamples[] = {
    {.title = "Columns in the order named",
     .input = R"({"a":1,"b":2,"c":3})",
     .query = "table c a",
     .output = R"({"c":3,"a":1})"},
};

}  // namespace

extern constexpr CommandEntry kTable = {
    .name = "table",
    .signature = "table <field>…",
    .summary = "Keeps exactly these columns, in this order.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTableArguments,
    .examples = kTableExamples,
    .bind = &BindTable,
};

}  // namespace spelk::commands
