// meventcollect: data points for a metrics index, out of events.
#include "commands/action.h"

namespace spelk::commands {
namespace {

constexpr Argument kMeventcollectArguments[] = {
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
constexpr Example kMeventcollectExamples[] = {
    {.title = "Rows pass on",
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
    .arguments = kMeventcollectArguments,
    .notes = kActionNotes,
    .differs = "Passes the rows on and writes nothing; a warning says what Splunk would do.",
    .examples = kMeventcollectExamples,
    .bind = &BindDataPoints,
};

}  // namespace spelk::commands
