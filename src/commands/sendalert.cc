// sendalert: rows for an alert action.
#include <fmt/format.h>

#include "commands/action.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSendAlert(const ast::CommandCall& call, plan::Binder& binder) {
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  const auto* name = arguments.empty() ? nullptr : std::get_if<ast::Name>(&arguments[0]->value);
  if (name == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of an alert action is missing",
                        {"usage: sendalert <action> [param.<name>=<value>…]"});
  }
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1]);
  SPELK_RETURN_IF_ERROR(TextOfFreeOption(call, "", binder).status());
  return MakeAction(call, fmt::format("run the alert action {} with {{}}", name->text), "1 row",
                    "rows");
}

constexpr Argument kSendAlertArguments[] = {
    {.name = "action", .type = "text", .fallback = "", .summary = "The name of an alert action."},
    {.name = "option",
     .type = "name=value…",
     .fallback = "",
     .summary = "results_link, results_path, param.<name>: what the action is given."}};
constexpr Example kSendAlertExamples[] = {
    {.title = "Rows for an alert action",
     .input = R"({"user":"ana"})",
     .query = "table user | sendalert webhook param.url=\"https://example.com\"",
     .output = R"({"user":"ana"})"},
};

}  // namespace

extern constexpr CommandEntry kSendAlert = {
    .name = "sendalert",
    .signature = "sendalert <action> [<name>=<value>…]",
    .summary = "Runs an alert action in Splunk; here it says so.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kSendAlertArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and runs nothing; a warning says what Splunk would do.",
    .examples = kSendAlertExamples,
    .bind = &BindSendAlert,
};

}  // namespace spelk::commands
