// tscollect: rows for the tsidx files of tstats.
#include <fmt/format.h>

#include <string>

#include "commands/action.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindTscollect(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(binder.FieldNames(binder.Positional(call), true).status());
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "squashcase").status());
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "keepresults").status());
  SPELK_ASSIGN_OR_RETURN(const std::string name, binder.Text(call, "namespace"));
  const std::string where = name.empty() ? "" : fmt::format(" of the namespace {}", name);
  return MakeAction(call, fmt::format("write {{}} to the tsidx files{}", where), "1 row", "rows");
}

constexpr Argument kTscollectArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "*",
     .summary = "What is kept.",
     .no_effect = true},
    {.name = "namespace",
     .type = "text",
     .fallback = "",
     .summary = "Where the files are, by name.",
     .is_option = true},
    {.name = "squashcase",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether values are kept in lower case.",
     .is_option = true,
     .no_effect = true},
    {.name = "keepresults",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether Splunk passes the rows on, which always happens here.",
     .is_option = true,
     .no_effect = true}};
constexpr Example kTscollectExamples[] = {
    {.title = "Rows pass on",
     .input = R"({"metric_name":"cpu","_value":1,"host":"a"})",
     .query = "tscollect namespace=x | table host _value",
     .output = R"({"host":"a","_value":1})"}};

}  // namespace

extern constexpr CommandEntry kTscollect = {
    .name = "tscollect",
    .signature = "tscollect [namespace=<text>] [squashcase=<bool>] [keepresults=<bool>] [<field>…]",
    .summary = "Writes the rows to Splunk's tsidx files.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTscollectArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and writes nothing; a warning says what Splunk would do.",
    .examples = kTscollectExamples,
    .bind = &BindTscollect,
};

}  // namespace spelk::commands
