// where: keeps the rows for which an expression is true.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindWhere(const ast::CommandCall& call, plan::Binder& binder) {
  if (call.expression == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "an expression is missing",
                        {"usage: where <expression>"});
  }
  auto filter = plan::Make<plan::FilterNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(filter->predicate, binder.Predicate(*call.expression));
  return filter;
}

constexpr Argument kWhereArguments[] = {
    {.name = "expression", .type = "expression", .fallback = "", .summary = "What must be true."}};
constexpr Example kWhereExamples[] = {
    {.title = "Fields compare with each other",
     .input = R"({"a":2,"b":10} {"a":3,"b":1})",
     .query = "where a < b",
     .output = R"({"a":2,"b":10})"},
    {.title = "A comparison with a missing field is null, and not kept",
     .input = R"({"a":1} {"b":1})",
     .query = "where a != 2",
     .output = R"({"a":1})"},
};

}  // namespace

extern constexpr CommandEntry kWhere = {
    .name = "where",
    .signature = "where <expression>",
    .summary = "Keeps rows for which an eval expression is true.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kExpression, kNoClauses},
    .arguments = kWhereArguments,
    .examples = kWhereExamples,
    .bind = &BindWhere,
};

}  // namespace spelk::commands
