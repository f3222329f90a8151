// eval: computes fields from expressions.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

// count_{host} is the texts "count_" and "" around the field host.
void TakeNameApart(std::string_view target, plan::Binder& binder, plan::NamedExpr* named) {
  for (;;) {
    const size_t open = target.find('{');
    const size_t close = open == std::string_view::npos ? open : target.find('}', open);
    if (close == std::string_view::npos || close == open + 1) break;
    named->name_texts.emplace_back(target.substr(0, open));
    named->name_fields.push_back(binder.Intern(target.substr(open + 1, close - open - 1)));
    target.remove_prefix(close + 1);
  }
  if (!named->name_fields.empty()) named->name_texts.emplace_back(target);
}

absl::StatusOr<plan::NodePtr> BindEval(const ast::CommandCall& call, plan::Binder& binder) {
  if (call.assignments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "arguments are missing. usage: eval dest_key = expression");
  }
  auto extend = plan::Make<plan::ExtendNode>(call.span);
  for (const ast::Assignment& assignment : call.assignments) {
    if (assignment.macro) {
      return binder.Error(ErrorCode::kUnknownMacro, assignment.macro->name.span,
                          "the search specifies a macro '" + assignment.macro->name.text +
                              "' that cannot be found");
    }
    plan::NamedExpr named;
    if (!assignment.target.quoted) TakeNameApart(assignment.target.text, binder, &named);
    named.target = binder.Intern(assignment.target.text);
    SPELK_ASSIGN_OR_RETURN(named.value, binder.Expression(*assignment.value));
    if (named.value->type == plan::Type::kBoolean) {
      return binder.Error(ErrorCode::kBooleanAssigned, named.value->span,
                          "fields cannot be assigned a boolean result. instead, try "
                          "if([bool expr], [expr], [expr])");
    }
    extend->assignments.push_back(std::move(named));
  }
  return extend;
}

constexpr Argument kEvalArguments[] = {
    {.name = "field=expression",
     .type = "assignment",
     .fallback = "",
     .summary = "Assignments, separated by commas; later ones see earlier ones."}};
constexpr Example kEvalExamples[] = {
    {.title = "Assignments run from left to right",
     .input = R"({"bytes":2048})",
     .query = "eval kb=bytes/1024, text=kb.\" KB\"",
     .output = R"({"bytes":2048,"kb":2,"text":"2 KB"})"},
    {.title = "A field named by another field's value",
     .input = R"({"key":"color","value":"red"})",
     .query = "eval {key}=value | table key color",
     .output = R"({"key":"color","color":"red"})"},
};

}  // namespace

extern constexpr CommandEntry kEval = {
    .name = "eval",
    .signature = "eval <field>=<expression> [, <field>=<expression>]…",
    .summary = "Computes fields from expressions.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kAssignments, kNoClauses},
    .arguments = kEvalArguments,
    .examples = kEvalExamples,
    .bind = &BindEval,
};

}  // namespace spelk::commands
