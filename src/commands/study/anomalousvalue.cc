// anomalousvalue: rows with values that are rare or far from the mean.
#include <string>
#include <utility>

#include "commands/chart/options.h"
#include "commands/study/anomalous_values.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindAnomalousValue(const ast::CommandCall& call,
                                                 plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<AnomalousValueNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string action, binder.Choice(call, "action"));
  node->action = ActionOf(action);
  SPELK_RETURN_IF_ERROR(ReadAnomalousValue(call, binder, node.get()));
  return node;
}

constexpr Argument kAnomalousValueArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Which fields are looked at."},
    {.name = "action",
     .type = "one of filter|annotate|summary",
     .fallback = "filter",
     .summary = "Only rows with such values; all rows; or a table about the fields.",
     .is_option = true},
    {.name = "pthresh",
     .type = "number from 0 to 1",
     .fallback = "0.01",
     .summary = "A value that is less likely is anomalous.",
     .is_option = true}};
constexpr auto kAllAnomalousValueArguments =
    JoinArguments(kAnomalousValueArguments, kAnomalousValueOptions);
constexpr std::string_view kAnomalousValueNotes[] = {
    "Anomaly_Score_Cat(field) is how frequent a value is; of a field that holds numbers alone "
    "Anomaly_Score_Num(field) is how likely one so far from the mean is in a normal distribution",
    "each of the two ways is left out by itself where maxanofreq or minnormfreq say so; of the "
    "latter the page of the Search Reference says that it is about anomalous values, too"};
constexpr Example kAnomalousValueExamples[] = {
    {.title = "A rare value",
     .input = R"({"k":"x"} {"k":"x"} {"k":"x"} {"k":"y"})",
     .query = "anomalousvalue minsupcount=1 maxanofreq=0.3 pthresh=0.3 k | table k Anomaly_Score*",
     .output = R"json({"k":"y","Anomaly_Score_Cat(k)":0.25})json"},
};

constexpr plan::NodeEntry kAnomalousValueNodes[] = {
    {&plan::TypeOf<AnomalousValueNode>, &BuildAnomalousValue}};

}  // namespace

extern constexpr CommandEntry kAnomalousValue = {
    .name = "anomalousvalue",
    .signature =
        "anomalousvalue [action=filter|annotate|summary] [pthresh=<number>] "
        "[maxanofreq=<number>] [minnormfreq=<number>] [minsupfreq=<number>] "
        "[minsupcount=<int>] [<field>…]",
    .summary = "Finds values that are rare or far from the others.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAllAnomalousValueArguments,
    .notes = kAnomalousValueNotes,
    .differs =
        "How Splunk computes it is not published; `spelk help anomalousvalue` tells how it is done "
        "here.",
    .examples = kAnomalousValueExamples,
    .nodes = kAnomalousValueNodes,
    .bind = &BindAnomalousValue,
};

}  // namespace spelk::commands
