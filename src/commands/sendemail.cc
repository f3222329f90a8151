// sendemail: rows for a mail.
#include <fmt/format.h>

#include "commands/action.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSendEmail(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_ASSIGN_OR_RETURN(const std::string to, TextOfFreeOption(call, "to", binder));
  if (to.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the address is missing",
                        {"usage: sendemail to=\"ana@example.com\""});
  }
  return MakeAction(call, fmt::format("mail {{}} to {}", to), "1 row", "rows");
}

constexpr Argument kSendEmailArguments[] = {
    {.name = "option",
     .type = "name=value…",
     .fallback = "",
     .summary = "to=\"<addresses>\", and cc, bcc, subject, message, format, sendresults … as "
                "Splunk has them."}};
constexpr Example kSendEmailExamples[] = {
    {.title = "Rows for a mail",
     .input = R"({"user":"ana"})",
     .query = "table user | sendemail to=\"soc@example.com\" subject=\"log-ons\"",
     .output = R"({"user":"ana"})"},
};

constexpr plan::NodeEntry kSendEmailNodes[] = {{&plan::TypeOf<ActionNode>, &BuildAction}};

}  // namespace

extern constexpr CommandEntry kSendEmail = {
    .name = "sendemail",
    .signature = "sendemail to=\"<addresses>\" [<name>=<value>…]",
    .summary = "Mails rows in Splunk; here it says so.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kSendEmailArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and sends nothing; a warning says what Splunk would do.",
    .examples = kSendEmailExamples,
    .nodes = kSendEmailNodes,
    .bind = &BindSendEmail,
};

}  // namespace spelk::commands
