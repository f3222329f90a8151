// meventcollect: data points for a metrics index, out of events.
#include <fmt/format.h>

#include <string>

#include "commands/action.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(binder.FieldNames(binder.Positional(call)).status());
  SPELK_ASSIGN_OR_RETURN(const std::string index, binder.Text(call, "index"));
  if (index.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a metrics index is missing",
                        {"usage: meventcollect index=metrics"});
  }
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "split").status());
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "spool").status());
  return MakeAction(call, fmt::format("write {{}} to the metrics index {}", index), "1 data point",
                    "data points");
}

constexpr Argument kArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Dimensions, or the measurements with split.",
     .no_effect = true},
    {.name = "index",
     .type = "text",
     .fallback = "",
     .summary = "The metrics index.",
     .is_option = true},
    {.name = "file",
     .type = "text",
     .fallback = "",
     .summary = "Splunk's file for the data points.",
     .is_option = true,
     .no_effect = true},
    {.name = "split",
     .type = "one of true|t|1|false|f|0|allnums",
     .fallback = "false",
     .summary = "Whether each measurement is a data point of its own.",
     .is_option = true,
     .no_effect = true},
    {.name = "spool",
     .type = "bool",
     .fallback = "true",
     .summary = "Where the file is put.",
     .is_option = true,
     .no_effect = true},
    {.name = "prefix_field",
     .type = "field",
     .fallback = "",
     .summary = "A dimension that names begin with.",
     .is_option = true,
     .no_effect = true},
    {.name = "host",
     .type = "text",
     .fallback = "",
     .summary = "Their host.",
     .is_option = true,
     .no_effect = true},
    {.name = "source",
     .type = "text",
     .fallback = "",
     .summary = "Their source.",
     .is_option = true,
     .no_effect = true},
    {.name = "sourcetype",
     .type = "text",
     .fallback = "mcollect_stash",
     .summary = "Their sourcetype.",
     .is_option = true,
     .no_effect = true}};
constexpr Example kExamples[] = {{.title = "Rows pass on",
                                  .input = R"({"metric_name":"cpu","_value":1,"host":"a"})",
                                  .query = "meventcollect index=metrics host | table host _value",
                                  .output = R"({"host":"a","_value":1})"}};

}  // namespace

extern constexpr CommandEntry kMeventcollect = {
    .name = "meventcollect",
    .signature = "meventcollect index=<text> [split=<bool>|allnums] [<option>…] [<field>…]",
    .summary = "Writes the events to one of Splunk's metrics indexes.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and writes nothing; a warning says what Splunk would do.",
    .examples = kExamples,
    .bind = &Bind,
};

}  // namespace spelk::commands
