// anomalousvalue: rows with values that are rare or far from the mean.
#include <optional>
#include <string>
#include <utility>

#include "commands/study/anomalous_values.h"

namespace spelk::commands {
namespace {

absl::StatusOr<double> Share(const ast::CommandCall& call, std::string_view name, double fallback,
                             plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> share, binder.Decimal(call, name));
  if (!share) return fallback;
  if (*share >= 0 && *share <= 1) return *share;
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  return binder.BadOption(*option, binder.TextOf(option->value->span));
}

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<AnomalousValueNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string action, binder.Choice(call, "action"));
  node->action = ActionOf(action);
  SPELK_ASSIGN_OR_RETURN(node->threshold, Share(call, "pthresh", 0.01, binder));
  SPELK_ASSIGN_OR_RETURN(node->most_anomalous, Share(call, "maxanofreq", 0.05, binder));
  SPELK_ASSIGN_OR_RETURN(node->least_normal, Share(call, "minnormfreq", 0.01, binder));
  SPELK_ASSIGN_OR_RETURN(node->least_support, Share(call, "minsupfreq", 0.05, binder));
  SPELK_ASSIGN_OR_RETURN(const int64_t count, binder.Integer(call, "minsupcount"));
  node->least_count = static_cast<uint64_t>(count);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  return node;
}

constexpr Argument kArguments[] = {
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
     .is_option = true},
    {.name = "maxanofreq",
     .type = "number from 0 to 1",
     .fallback = "0.05",
     .summary = "A field more of whose values are anomalous is left out.",
     .is_option = true},
    {.name = "minnormfreq",
     .type = "number from 0 to 1",
     .fallback = "0.01",
     .summary = "So is one fewer of whose values are normal,",
     .is_option = true},
    {.name = "minsupfreq",
     .type = "number from 0 to 1",
     .fallback = "0.05",
     .summary = "one that is in a smaller share of the rows,",
     .is_option = true},
    {.name = "minsupcount",
     .type = "int",
     .fallback = "100",
     .summary = "and one that is in fewer rows.",
     .is_option = true}};
constexpr std::string_view kNotes[] = {
    "of a field that holds numbers alone a value is as likely as one so far from the mean is in a "
    "normal distribution; of any other field, as it is frequent",
    "a row gets the probability in Anomaly_Score_Num(field) or Anomaly_Score_Cat(field)"};
constexpr Example kExamples[] = {
    {.title = "A rare value",
     .input = R"({"k":"x"} {"k":"x"} {"k":"x"} {"k":"y"})",
     .query = "anomalousvalue minsupcount=1 maxanofreq=0.3 pthresh=0.3 k | table k Anomaly_Score*",
     .output = R"json({"k":"y","Anomaly_Score_Cat(k)":0.25})json"},
};

constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<AnomalousValueNode>, &BuildAnomalousValue}};

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
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
